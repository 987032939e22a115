"""What a network is and where its weights come from, as plain data.

Importing a spec costs nothing: no weights are opened and no network is built until ``load(spec)``.
"""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

__all__ = ["WEIGHTS", "Embedded", "Hub", "HubFile", "ModelSpec", "Torchvision", "read_card"]

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"


@dataclass(frozen=True)
class Embedded:
    """Weights that travel with the gallery: a folder of ``weights/`` with a ``card.json``."""

    folder: str


@dataclass(frozen=True)
class Torchvision:
    """Weights of torchvision, named as its enum does: ``ResNet18_Weights.IMAGENET1K_V1``."""

    name: str


@dataclass(frozen=True)
class Hub:
    """Weights on the Hugging Face hub, pinned to a commit (40 hexadecimal digits)."""

    repo_id: str
    revision: str


@dataclass(frozen=True)
class HubFile(Hub):
    """One file of a repository on the hub that is no safetensors, pinned by its hash as well.

    ``build`` of its ``ModelSpec`` is given the file and reads it: ONNX, for OpenCV.
    """

    file: str
    sha256: str


@dataclass(frozen=True)
class ModelSpec:
    """A network: how to build it, where its weights are, and what is known of it.

    ``build`` returns an untrained ``nn.Module`` (called under torch's meta device or CPU); for
    weights from the hub it is given the folder with ``config.json`` and the tokenizer's files;
    ``metrics`` are measured on held-out data, as fractions of 1 (``top1``: 0.529) unless the
    name ends in a unit.
    """

    name: str
    title: str
    build: "Callable[..., nn.Module]"
    weights: Embedded | Torchvision | Hub
    licence: str
    size_bytes: int
    trained_on: str
    metrics: Mapping[str, float] = field(default_factory=dict, hash=False)

    @classmethod
    def from_card(cls, folder: str, build: "Callable[..., nn.Module]") -> "ModelSpec":
        """Describe an embedded network by the card that lies beside its weights."""
        card = read_card(folder)
        return cls(
            name=card["name"],
            title=card["title"],
            build=build,
            weights=Embedded(folder),
            licence=card["licence"],
            size_bytes=sum(entry["bytes"] for entry in card["files"].values()),
            trained_on=card["trained_on"],
            metrics=card["metrics"],
        )

    @property
    def is_embedded(self) -> bool:
        """Whether it works without any network."""
        return isinstance(self.weights, Embedded)


@functools.cache
def read_card(folder: str) -> dict[str, Any]:
    """Read ``weights/<folder>/card.json``.

    Keys: name, title, files (file name -> sha256, bytes), trained_on, licence, parameters,
    metrics (name -> number), recipe (the command that trained it), evaluation (the command that
    measured it); beyond these what is particular to one network: per_class, or for a language
    model baselines, tokens (seen in training), plain (sentences answered sensibly, and asked),
    limits (those that are not).
    """
    card: dict[str, Any] = json.loads((WEIGHTS / folder / "card.json").read_text("utf-8"))
    return card
