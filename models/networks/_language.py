"""What a network that reads text needs beside its weights: its tokenizer and where its parts are.

A demo offers a tuple of ``LanguageModel``. Every one of them is a network of transformers: a body
that turns tokens into states, layer by layer, and a head that turns a state into a score for every
token of the vocabulary.
"""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models._errors import HubUnavailable, WeightsCorrupt, WeightsMissing
from models._hub import hub_folder
from models._spec import WEIGHTS, Embedded, Hub, ModelSpec, read_card

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from torch import nn

__all__ = ["LanguageModel", "tokenizer_of", "vocabulary_scores"]

TOKENIZER = "tokenizer.json"
FEW = 16  # states that are asked for a word
PARTS = 16  # of a vocabulary, multiplied side by side


def vocabulary_scores(decoder: "nn.Linear", states: "torch.Tensor") -> "torch.Tensor":
    """The product with the vocabulary: a score for every token of it.

    Of few states, a processor takes two to five times as long for one product with the whole
    matrix as for products with parts of it, side by side; what comes out is the same.

    Args:
        decoder: The last matrix of a head.
        states: (..., width).
    """
    import torch

    width = states.shape[-1]
    flat = states.reshape(-1, width)
    if not 0 < len(flat) <= FEW or states.device.type != "cpu":
        scores: torch.Tensor = decoder(states)
        return scores
    each = len(decoder.weight) // PARTS
    parts = decoder.weight[: PARTS * each].view(PARTS, each, width)
    scores = torch.bmm(parts, flat.t().expand(PARTS, width, len(flat)))  # (parts, each, states)
    scores = scores.permute(2, 0, 1).reshape(len(flat), -1)
    if len(decoder.weight) > PARTS * each:
        rest = torch.mm(flat, decoder.weight[PARTS * each :].t())
        scores = torch.cat([scores, rest], 1)
    if decoder.bias is not None:
        scores = scores + decoder.bias
    return scores.view(*states.shape[:-1], -1)


def _bert_head(network: Any, states: "torch.Tensor") -> "torch.Tensor":
    head = network.cls.predictions
    return vocabulary_scores(head.decoder, head.transform(states))


@dataclass(frozen=True)
class LanguageModel:
    """A network that reads text.

    ``head(network, states)`` maps states (n, width) to scores (n, vocabulary), before softmax.
    """

    spec: ModelSpec
    body: str = "bert"  # attribute of the network that turns tokens into states
    head: "Callable[[Any, torch.Tensor], torch.Tensor]" = _bert_head
    mask: str | None = "[MASK]"  # its mask token; None: it has none
    first: str | None = "[CLS]"  # what stands before every text
    last: str | None = "[SEP]"  # what stands after every text
    between: int = 1  # how many of ``last`` stand between two texts
    segments: bool = True  # whether it is told which token belongs to the second text
    follows: bool = True  # whether it has a head for "does the second text follow the first"
    causal: bool = False  # whether a token sees only what stands before it
    longest: int = 512  # tokens

    def body_of(self, network: "nn.Module") -> Any:
        """The part of the network that turns tokens into states."""
        return getattr(network, self.body)


def tokenizer_of(model: LanguageModel) -> "Tokenizer":
    """Open the tokenizer of a network whose weights are there (``load`` it first).

    Special tokens that stand in a text, like ``[SEP]``, are read as plain characters.

    Raises:
        WeightsMissing: Its file is not in its folder.
        WeightsCorrupt: The file is not what the card says.
        HubUnavailable: It has to come from a hub that is away or sent something broken.
    """
    weights = model.spec.weights
    if isinstance(weights, Embedded):
        return _embedded(model.spec.title, WEIGHTS, weights.folder)
    if not isinstance(weights, Hub):
        raise TypeError(f"{model.spec.name} has no tokenizer")
    return _from_hub(model.spec.title, weights, os.environ.get("HF_HUB_CACHE"))


@functools.lru_cache(maxsize=8)
def _embedded(title: str, weights: Path, folder: str) -> "Tokenizer":
    import hashlib

    try:
        content = (weights / folder / TOKENIZER).read_bytes()
    except OSError as error:
        raise WeightsMissing(model=title) from error
    if hashlib.sha256(content).hexdigest() != read_card(folder)["files"][TOKENIZER]["sha256"]:
        raise WeightsCorrupt(model=title, file=TOKENIZER)
    return _plain(content.decode("utf-8"))


@functools.lru_cache(maxsize=8)
def _from_hub(title: str, weights: Hub, cache: str | None) -> "Tokenizer":
    """Open it once: finding its folder holds every file in it, the weights too, to its hash."""
    folder = hub_folder(title, weights.repo_id, weights.revision, lambda *_: None)
    try:
        return _plain((folder / TOKENIZER).read_text("utf-8"))
    except Exception as error:  # the library raises bare exceptions
        raise HubUnavailable("hub_corrupt", model=title) from error


def _plain(text: str) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer: Tokenizer = Tokenizer.from_str(text)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer
