"""Ask a network for hidden words, and only there: the head is applied at no other place.

The choice of networks stands here as well, because every public function of the demo names one.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from models._errors import InputError
from models._gate import turn
from models._readers import (
    READERS,
    find_model,
    inputs_of,
    network_of,
    rows_at_once,
    transformer_of,
)
from models._reading import MASK, Reading, clean, read
from models.networks._language import LanguageModel, tokenizer_of

__all__ = [
    "MODELS",
    "Asked",
    "ModelName",
    "ask_in_turn",
    "log_probabilities",
    "mask_number",
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
MODELS: tuple[LanguageModel, ...] = tuple(each for each in READERS if each.mask is not None)
MOST_HIDDEN = 128  # each becomes a row of probabilities, one for every word


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
    layers = transformer_of(model)
    inputs = inputs_of(reading, model, ids)
    rows = len(inputs["input_ids"])
    asked = torch.as_tensor(places, device=inputs["input_ids"].device).expand(rows, -1)
    with turn(), torch.inference_mode():
        states = layers.states_at(layers.embed(**inputs), asked)
        scores = find_model(model).head(network_of(model), states)
        return scores.float().log_softmax(-1).cpu()


@dataclass(frozen=True, eq=False)
class Asked:
    """How probable a token is in each of many variants of a reading."""

    own: NDArray[np.float32]  # (rows,) natural logarithm of the probability of the token
    best: NDArray[np.float32]  # (rows,) of the most probable token
    numbers: NDArray[np.int64]  # (rows,) which one that is
    above: NDArray[np.int64]  # (rows,) how many tokens are more probable than the own one


def ask_in_turn(
    reading: Reading,
    model: ModelName,
    ids: NDArray[np.int64],
    places: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> Generator[Asked]:
    """Ask for one token in each of many variants of a reading, a batch at a time.

    Args:
        reading: The tokens.
        model: The network.
        ids: (rows, tokens) the variants.
        places: (rows,) where to ask.
        numbers: (rows,) the tokens that are asked about.

    Yields:
        After each batch the answers so far, of the first rows.
    """
    many = rows_at_once(ids.shape[1], model)
    parts = []
    for start in range(0, len(ids), many):
        part = slice(start, start + many)
        logs = log_probabilities(reading, model, places[part, None], ids[part])[:, 0]
        own = logs.gather(1, torch.from_numpy(numbers[part, None]))
        best, which = logs.max(-1)
        parts.append((own[:, 0], best, which, (logs > own).sum(-1)))
        joined = [torch.cat(each).numpy() for each in zip(*parts, strict=True)]
        yield Asked(*joined)


def mask_number(model: ModelName) -> int:
    """The id of the token that hides a word."""
    kind = find_model(model)
    number = tokenizer_of(kind).token_to_id(kind.mask or "")
    if number is None:
        raise TypeError(f"{model} hides no words")
    return number
