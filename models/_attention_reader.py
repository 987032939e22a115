"""The language models of the demo, opened and set before a text."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import torch

from models._attention_anatomy import Anatomy, take_apart
from models._attention_off import Pairs
from models._errors import InputError
from models._load import device_of, load
from models._ranges import Range
from models._reading import MASK, Reading, clean, read
from models._spec import ModelSpec
from models.networks import hub_language_models, mini_bert
from models.networks._language import LanguageModel, tokenizer_of

__all__ = [
    "LANGUAGE_MODELS",
    "LONGEST",
    "MODELS",
    "Answer",
    "Candidate",
    "Loaded",
    "ModelName",
    "Which",
    "answer_at",
    "ask",
    "find_model",
    "open_text",
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

    @property
    def places(self) -> tuple[int, ...]:
        """Where a token is predicted: at the hidden words, or behind the last token."""
        if self.anatomy.causal:
            return (len(self.reading.tokens) - 1,)
        return self.reading.masks

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


def open_text(text: str, model: ModelName, pair: str | None = None) -> Loaded:
    """Load a network and cut a text into what it reads.

    What is wrong with a text is said before a network is opened.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask_token``.
    """
    found = find_model(model)
    if _hidden(text, pair) and found.mask is None:
        raise InputError("no_mask_token", model=found.spec.title)
    network = load(found.spec)
    reading = read(text, found, pair or None, LONGEST)
    return Loaded(found, network, take_apart(found.body_of(network)), reading)


def ask(text: str, model: ModelName, pair: str | None = None, which: int = 0) -> tuple[Loaded, int]:
    """Open a text and find the place whose token is asked for: a hidden word, or what comes next.

    Raises:
        InputError: ``no_mask``, ``no_such_mask``, ``mask_cut`` (it did not fit); what
            ``open_text`` raises.
    """
    hidden = 1 if find_model(model).causal else _hidden(text, pair)
    if not hidden:
        raise InputError("no_mask")
    if which >= hidden:
        raise InputError("no_such_mask", value=which, last=hidden - 1)
    loaded = open_text(text, model, pair)
    if which >= len(loaded.places):
        raise InputError("mask_cut", tokens=LONGEST)
    return loaded, loaded.places[which]


def find_model(model: ModelName) -> LanguageModel:
    """The language model of a name."""
    return next(each for each in LANGUAGE_MODELS if each.spec.name == model)


def _hidden(text: str, pair: str | None) -> int:
    """How many words are hidden in the texts, whether they fit or not."""
    return sum(clean(each).count(MASK) for each in ([text, pair] if pair else [text]))


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
