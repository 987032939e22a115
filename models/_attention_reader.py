"""The language models of the demo, opened and set before a text."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import torch

from models._attention_off import Pairs
from models._errors import InputError
from models._load import device_of
from models._ranges import Range
from models._readers import READERS, find_model, inputs_of, network_of, transformer_of
from models._reading import MASK, Reading, clean, read
from models._spec import ModelSpec
from models._transformer import Transformer
from models._vocabulary import Candidate, best_of, vocabulary_of
from models.networks._language import LanguageModel

__all__ = [
    "LONGEST",
    "MODELS",
    "Answer",
    "Loaded",
    "ModelName",
    "Which",
    "answer_at",
    "ask",
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
MODELS: tuple[ModelSpec, ...] = tuple(each.spec for each in READERS)
LONGEST = 128  # tokens, the special ones among them; a heatmap of more is not seen by anyone
CANDIDATES = 5
Which = Annotated[int, Range(0, LONGEST - 1)]  # of the hidden words, in their order, from 0


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
    body: Transformer
    reading: Reading

    def embed(self) -> torch.Tensor:
        """The text as it comes into the first layer, (1, tokens, width)."""
        return self.body.embed(**inputs_of(self.reading, self.name))

    @property
    def name(self) -> str:
        """Of the network."""
        return self.model.spec.name

    @property
    def places(self) -> tuple[int, ...]:
        """Where a token is predicted: at the hidden words, or behind the last token."""
        if self.body.causal:
            return (len(self.reading.tokens) - 1,)
        return self.reading.masks

    def keep(self, off: Pairs) -> torch.Tensor | None:
        """(layers, heads) what each head's output is multiplied by; None: nothing is off."""
        if not off:
            return None
        kept = torch.ones(len(self.body.layers), self.body.heads)
        kept[tuple(zip(*off, strict=True))] = 0
        return kept.to(device_of(self.network))

    def log_probabilities(self, states: torch.Tensor) -> torch.Tensor:
        """Of every token of the vocabulary, for states (n, width) out of the last layer."""
        scores = self.model.head(self.network, self.body.close(states))
        return scores.float().log_softmax(-1)

    def word(self, number: int) -> str:
        """How a token of the vocabulary reads in a text."""
        return vocabulary_of(self.name).shown[number]


def open_text(text: str, model: ModelName, pair: str | None = None) -> Loaded:
    """Load a network and cut a text into what it reads.

    What is wrong with a text is said before a network is opened.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask_token``.
    """
    found = find_model(model)
    if _hidden(text, pair) and found.mask is None:
        raise InputError("no_mask_token", model=found.spec.title)
    network = network_of(model)
    reading = read(text, found, pair or None, LONGEST)
    return Loaded(found, network, transformer_of(model), reading)


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


def _hidden(text: str, pair: str | None) -> int:
    """How many words are hidden in the texts, whether they fit or not."""
    return sum(clean(each).count(MASK) for each in ([text, pair] if pair else [text]))


def answer_at(loaded: Loaded, place: int, logs: torch.Tensor) -> Answer:
    """Name the most probable tokens of a place, given the logarithms of all probabilities."""
    return Answer(place, best_of(logs, loaded.name, CANDIDATES))
