"""A text through a language model, with what every head looked at on the way."""

from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from models._attention_anatomy import Anatomy, take_apart
from models._attention_off import Off, Pairs, heads_off, write_off
from models._errors import InputError
from models._gate import turn
from models._load import device_of, load
from models._ranges import Range, checked
from models._reading import Reading, read
from models._spec import ModelSpec
from models.networks import hub_language_models, mini_bert
from models.networks._language import LanguageModel, tokenizer_of

__all__ = [
    "LANGUAGE_MODELS",
    "LONGEST",
    "MODELS",
    "Answer",
    "Attention",
    "Candidate",
    "Loaded",
    "ModelName",
    "Which",
    "answer_at",
    "as_attention",
    "attend",
    "open_text",
    "place_asked",
]

ModelName = Literal[
    "mini_bert",
    "bert-base-uncased",
    "distilbert-base-uncased",
    "bert-base-chinese",
    "bert-base-multilingual-cased",
    "roberta-base",
    "gpt2",
]
LANGUAGE_MODELS: tuple[LanguageModel, ...] = (
    mini_bert.MODEL,
    hub_language_models.BERT_UNCASED,
    hub_language_models.DISTILBERT,
    hub_language_models.BERT_CHINESE,
    hub_language_models.BERT_MULTILINGUAL,
    hub_language_models.ROBERTA,
    hub_language_models.GPT2,
)
MODELS: tuple[ModelSpec, ...] = tuple(each.spec for each in LANGUAGE_MODELS)
LONGEST = 128  # tokens, the special ones among them; a heatmap of more is not seen by anyone
CANDIDATES = 5
Which = Annotated[int, Range(0, LONGEST - 1)]  # of the hidden words, in their order, from 0


@dataclass(frozen=True)
class Candidate:
    """A token the network would put in a place."""

    token: str  # as the vocabulary writes it
    word: str  # as it reads in a text
    number: int  # in the vocabulary
    probability: float


@dataclass(frozen=True)
class Answer:
    """What the network would put in one place."""

    place: int  # of the hidden token; where the next token is asked for, of the last one
    candidates: tuple[Candidate, ...]  # the most probable first


@dataclass(frozen=True, eq=False)
class Attention:
    """Who looked at whom: the weights of every head of every layer on one text."""

    weights: NDArray[np.float32]  # (layers, heads, query, key) each row adds up to 1
    tokens: tuple[str, ...]  # as the vocabulary writes them: "play", "##ing"
    labels: tuple[str, ...]  # the characters each stands for: "play", "ing"; "[CLS]"
    special: NDArray[np.bool_]  # (tokens,) added by the network: [CLS], [SEP]
    causal: bool  # whether a token sees only what stands before it
    off: Pairs  # (layer, head) of those switched off
    answers: tuple[Answer, ...]  # one per hidden word; of a causal network the next token
    model: ModelName
    reading: Reading  # the text; ``reading.cut`` tokens at its end did not fit

    @property
    def off_code(self) -> str:
        """What is switched off, as ``attend`` reads it and an address carries it: ``2-1,3``."""
        return write_off(self.off, self.weights.shape[1])


@dataclass(frozen=True, eq=False)
class Loaded:
    """A text and the network that is to read it."""

    model: LanguageModel
    network: Any
    anatomy: Anatomy
    reading: Reading

    def embed(self) -> torch.Tensor:
        """The text as it comes into the first layer, (1, tokens, width)."""
        place = device_of(self.network)
        ids, segments = (
            torch.from_numpy(each).to(place)[None]
            for each in (self.reading.ids, self.reading.segments)
        )
        return self.anatomy.embed(ids, segments if self.model.segments else None)

    def keep(self, off: Pairs) -> torch.Tensor | None:
        """(layers, heads) what each head's output is multiplied by; None: nothing is off."""
        if not off:
            return None
        kept = torch.ones(len(self.anatomy.layers), self.anatomy.heads)
        kept[tuple(zip(*off, strict=True))] = 0
        return kept.to(device_of(self.network))

    def log_probabilities(self, states: torch.Tensor) -> torch.Tensor:
        """Of every token of the vocabulary, for states (n, width) out of the last layer."""
        scores = self.model.head(self.network, self.anatomy.close(states))
        return scores.float().log_softmax(-1)

    def word(self, number: int) -> str:
        """How a token of the vocabulary reads in a text."""
        return tokenizer_of(self.model).decode([number], skip_special_tokens=False).strip()


@checked
def attend(
    text: str, model: ModelName = "mini_bert", pair: str | None = None, off: Off = ()
) -> Attention:
    """Have a network read a text and note what every head looks at.

    Args:
        text: Up to 128 tokens; what is longer loses its end. ``[MASK]`` hides a word.
        model: The network.
        pair: A second text after the first.
        off: Heads to switch off: ``2-1,3`` for head 1 of layer 2 and all of layer 3, counted from
            0, or a list of (layer, head) and layers. What such a head has gathered is replaced by
            zeros; what it looks at is shown all the same.

    Returns:
        The weights, the tokens, and what the network would put in each hidden place.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask_token``, ``off_unreadable``,
            ``no_such_head``.
    """
    loaded = open_text(text, model, pair)
    anatomy, reading = loaded.anatomy, loaded.reading
    pairs = heads_off(off, len(anatomy.layers), anatomy.heads)
    with turn(), torch.inference_mode():
        after, kept = zip(*anatomy.run(loaded.embed(), loaded.keep(pairs)), strict=True)
        answers = _answers(loaded, after[-1][0])
        together = torch.cat(kept).float().cpu().numpy()
    return Attention(
        weights=together,
        tokens=reading.tokens,
        labels=tuple(map(reading.shown, range(len(reading.tokens)))),
        special=reading.special,
        causal=anatomy.causal,
        off=pairs,
        answers=answers,
        model=model,
        reading=reading,
    )


def open_text(text: str, model: ModelName, pair: str | None = None) -> Loaded:
    """Load a network and cut a text into what it reads."""
    found = next(each for each in LANGUAGE_MODELS if each.spec.name == model)
    network = load(found.spec)
    reading = read(text, found, pair or None, LONGEST)
    return Loaded(found, network, take_apart(found.body_of(network)), reading)


def place_asked(loaded: Loaded, which: int = 0) -> int:
    """The place whose token is asked for: a hidden word, or the end where the next one is.

    Raises:
        InputError: ``no_mask``, ``mask_cut`` (it did not fit), ``no_such_mask``.
    """
    reading = loaded.reading
    places = (len(reading.tokens) - 1,) if loaded.anatomy.causal else reading.masks
    if which < len(places):
        return places[which]
    hidden = (reading.text + (reading.pair or "")).count("[MASK]")
    if which < hidden:
        raise InputError("mask_cut", limit=LONGEST)
    if not places:
        raise InputError("no_mask")
    raise InputError("no_such_mask", value=which, last=len(places) - 1)


def answer_at(loaded: Loaded, place: int, logs: torch.Tensor) -> Answer:
    """Name the most probable tokens of a place, given the logarithms of all probabilities."""
    tokenizer = tokenizer_of(loaded.model)
    best = logs.topk(min(CANDIDATES, len(logs)))
    candidates = tuple(
        Candidate(
            token=tokenizer.id_to_token(number) or "",
            word=loaded.word(number),
            number=number,
            probability=float(np.exp(value)),
        )
        for number, value in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    )
    return Answer(place, candidates)


def as_attention(
    attention: Attention | str, model: ModelName, pair: str | None = None
) -> Attention:
    """Take a text for what a network looks at in it.

    Raises:
        InputError: ``not_a_text``, ``attention_shape``; what ``attend`` raises.
    """
    if isinstance(attention, str):
        return attend(attention, model, pair)
    if not isinstance(attention, Attention):
        raise InputError("not_a_text", parameter="attention")
    _check(attention)
    return attention


def _check(attention: Attention) -> None:
    """Refuse what has come from outside with parts that do not belong together."""
    weights, count = attention.weights, len(attention.tokens)
    fits = weights.ndim == 4 and weights.shape[2:] == (count, count) and 0 not in weights.shape
    reading = attention.reading
    lines = (attention.special, *(getattr(reading, each.name) for each in fields(reading)[3:7]))
    if not fits or any(len(each) != count for each in (*lines, attention.labels, reading.tokens)):
        raise InputError("attention_shape", shape=str(weights.shape), tokens=count)


def _answers(loaded: Loaded, states: torch.Tensor) -> tuple[Answer, ...]:
    places = loaded.reading.masks
    if loaded.anatomy.causal:
        places = (len(states) - 1,)
    if not places:
        return ()
    logs = loaded.log_probabilities(states[list(places)])
    return tuple(answer_at(loaded, *each) for each in zip(places, logs, strict=True))
