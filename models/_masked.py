"""Ask a network for hidden words, and only there: the head is applied at no other place.

The choice of networks stands here as well, because every public function of the demo names one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from models._encoder import embed, states_at
from models._errors import InputError
from models._gate import turn
from models._load import device_of, load
from models._reading import MASK, Reading, clean, read
from models.networks import mini_bert
from models.networks._language import LanguageModel, tokenizer_of
from models.networks.hub_language_models import (
    BERT_CHINESE,
    BERT_MULTILINGUAL,
    BERT_UNCASED,
    DISTILBERT,
    ROBERTA,
)

__all__ = [
    "MODELS",
    "Asked",
    "ModelName",
    "ask_each",
    "find_model",
    "inputs_of",
    "log_probabilities",
    "mask_number",
    "network_of",
    "read_hidden",
    "read_plain",
]

ModelName = Literal[
    "mini_bert",
    "bert-base-uncased",
    "distilbert-base-uncased",
    "bert-base-chinese",
    "bert-base-multilingual-cased",
    "roberta-base",
]
MODELS: tuple[LanguageModel, ...] = (
    mini_bert.MODEL,
    BERT_UNCASED,
    DISTILBERT,
    BERT_CHINESE,
    BERT_MULTILINGUAL,
    ROBERTA,
)
BY_NAME = {each.spec.name: each for each in MODELS}
AT_ONCE = 2048  # tokens in a batch: enough to keep two cores busy, few enough for their caches
ROWS_AT_ONCE = 64  # each becomes a row of probabilities, one for every word of the vocabulary
MOST_HIDDEN = 128  # so does every hidden word


def find_model(model: ModelName) -> LanguageModel:
    """The language model of a name."""
    return BY_NAME[model]


def network_of(model: ModelName) -> Any:
    """The shared instance of a network: for reading only."""
    return load(find_model(model).spec)


def read_plain(text: str, model: ModelName, most: int | None = None) -> Reading:
    """Cut a text into tokens; what is wrong with it is said before a network is opened.

    Raises:
        InputError: ``text_empty``, ``text_too_long``.
    """
    clean(text)
    network_of(model)
    return read(text, find_model(model), most=most)


def read_hidden(
    text: str, model: ModelName, most: int | None = None, hidden_at_most: int = MOST_HIDDEN
) -> Reading:
    """Cut a text with hidden words into tokens.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_mask``, ``mask_cut``,
            ``masks_too_many``.
    """
    hidden = clean(text).count(MASK)
    if not hidden:
        raise InputError("no_mask", mask=MASK)
    reading = read_plain(text, model, most)
    if len(reading.masks) < hidden:
        raise InputError("mask_cut", tokens=len(reading.ids), cut=reading.cut, mask=MASK)
    if hidden > hidden_at_most:
        raise InputError("masks_too_many", count=hidden, limit=hidden_at_most)
    return reading


def inputs_of(
    reading: Reading, model: ModelName, ids: NDArray[np.int64] | None = None
) -> dict[str, torch.Tensor]:
    """What the body of a network is called with.

    Args:
        reading: The tokens.
        model: The network.
        ids: (rows, tokens) variants of the reading's ids; None: these themselves.
    """
    place = device_of(network_of(model))
    rows = torch.from_numpy(np.atleast_2d(reading.ids if ids is None else ids)).to(place)
    inputs = {"input_ids": rows}
    if find_model(model).segments:
        segments = torch.from_numpy(reading.segments).to(place)
        inputs["token_type_ids"] = segments.expand(rows.shape)
    return inputs


def log_probabilities(
    reading: Reading,
    model: ModelName,
    places: Sequence[int] | NDArray[np.int64],
    ids: NDArray[np.int64] | None = None,
) -> torch.Tensor:
    """Run the network once, its last layer and the head only where something is asked.

    Args:
        reading: The tokens.
        model: The network.
        places: (asked,) tokens that are asked for, or (rows, asked) of each variant.
        ids: (rows, tokens) variants of the reading's ids; None: one row, the reading itself.

    Returns:
        float32 (rows, asked, vocabulary), natural logarithms.
    """
    network, kind = network_of(model), find_model(model)
    inputs = inputs_of(reading, model, ids)
    rows = len(inputs["input_ids"])
    asked = torch.as_tensor(places, device=inputs["input_ids"].device).expand(rows, -1)
    with turn(), torch.inference_mode():
        states = states_at(network, kind, embed(network, kind, inputs), asked)
        return kind.head(network, states).float().log_softmax(-1).cpu()


@dataclass(frozen=True, eq=False)
class Asked:
    """How probable a token is in each of many variants of a reading."""

    own: NDArray[np.float32]  # (rows,) natural logarithm of the probability of the token
    best: NDArray[np.float32]  # (rows,) of the most probable token
    numbers: NDArray[np.int64]  # (rows,) which one that is
    above: NDArray[np.int64]  # (rows,) how many tokens are more probable than the own one


def ask_each(
    reading: Reading,
    model: ModelName,
    ids: NDArray[np.int64],
    places: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> Asked:
    """Ask for one token in each of many variants of a reading, a batch at a time.

    Args:
        reading: The tokens.
        model: The network.
        ids: (rows, tokens) the variants.
        places: (rows,) where to ask.
        numbers: (rows,) the tokens that are asked about.
    """
    many = max(1, min(AT_ONCE // ids.shape[1], ROWS_AT_ONCE))
    parts = []
    for start in range(0, len(ids), many):
        part = slice(start, start + many)
        logs = log_probabilities(reading, model, places[part, None], ids[part])[:, 0]
        own = logs.gather(1, torch.from_numpy(numbers[part, None]))
        best, which = logs.max(-1)
        parts.append((own[:, 0], best, which, (logs > own).sum(-1)))
    joined = [torch.cat(each).numpy() for each in zip(*parts, strict=True)]
    return Asked(*joined)


def mask_number(model: ModelName) -> int:
    """The id of the token that hides a word."""
    kind = find_model(model)
    number = tokenizer_of(kind).token_to_id(kind.mask or "")
    if number is None:
        raise TypeError(f"{model} hides no words")
    return number
