"""The networks that read text, by their names: opened, taken apart, and given something to read."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from models._load import device_of, load
from models._reading import Reading
from models._transformer import Transformer, take_apart
from models.networks import hub_language_models as hub
from models.networks import mini_bert
from models.networks._language import LanguageModel

__all__ = [
    "READERS",
    "Effort",
    "effort_of",
    "find_model",
    "inputs_of",
    "network_of",
    "rows_at_once",
    "runs_of",
    "transformer_of",
]

READERS: tuple[LanguageModel, ...] = (
    mini_bert.MODEL,
    hub.BERT_UNCASED,
    hub.DISTILBERT,
    hub.BERT_CHINESE,
    hub.BERT_MULTILINGUAL,
    hub.ROBERTA,
    hub.GPT2,
)
BY_NAME = {each.spec.name: each for each in READERS}
AT_ONCE = 2048  # tokens in a batch: enough to keep two cores busy, few enough for their caches
SECONDS = 0.2  # that such a batch of the smallest network takes on two cores
GRAPHICS = 30  # how much faster a graphics processor is, or more
SMALL = 6 * 256**2  # size of MiniBERT
ROWS_AT_ONCE = 64  # each becomes a row of probabilities, one for every word of the vocabulary


def find_model(model: str) -> LanguageModel:
    """The language model of a name."""
    return BY_NAME[model]


def network_of(model: str) -> Any:
    """The shared instance of a network: for reading only."""
    return load(find_model(model).spec)


def transformer_of(model: str) -> Transformer:
    """A network's layers."""
    return take_apart(find_model(model).body_of(network_of(model)))


def inputs_of(
    reading: Reading, model: str, ids: NDArray[np.int64] | None = None
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


def rows_at_once(tokens: int, model: str) -> int:
    """How many rows of so many tokens make a batch that keeps nobody waiting for a second.

    A processor works as long on one row of a large network as on many of a small one.
    """
    most = AT_ONCE // max(1, tokens)
    if _on_processor(model):
        most = int(most / _times_small(model))
    return max(1, min(most, ROWS_AT_ONCE))


def runs_of(rows: int, tokens: int, model: str) -> int:
    """How many such batches so many rows make."""
    return -(-rows // rows_at_once(tokens, model))


class Effort(NamedTuple):
    """What it takes to answer something that a network has to be asked for often."""

    runs: int  # of the network: how many results will come
    seconds: float  # roughly, on two cores or a graphics processor


def effort_of(runs: int, tokens: float, model: str) -> Effort:
    """The effort of so many runs with so many tokens in all of them together."""
    seconds = SECONDS * tokens / AT_ONCE * _times_small(model)
    return Effort(runs, seconds if _on_processor(model) else seconds / GRAPHICS)


def _on_processor(model: str) -> bool:
    return device_of(network_of(model)).type == "cpu"


def _times_small(model: str) -> float:
    """How often MiniBERT could read in the time that a network takes."""
    return max(1.0, transformer_of(model).size / SMALL)
