"""What is to be seen on the gallery's own photos: boxes drawn by hand, by the names COCO uses."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gallery.photo import SAMPLES

__all__ = ["TrueBox", "labelled", "true_boxes"]

FILE: Path = SAMPLES / "boxes.toml"


@dataclass(frozen=True)
class TrueBox:
    """One object of a photo."""

    key: str  # COCO's name
    box: tuple[int, int, int, int]  # x1 y1 x2 y2 in pixels of the photo


def true_boxes(sample: str | None) -> tuple[TrueBox, ...] | None:
    """Everything that was drawn on a sample; ``None`` where nobody has looked it through."""
    return None if sample is None else _read().get(sample)


def labelled() -> tuple[str, ...]:
    """The samples that hold at least one object, in the order of the file."""
    return tuple(key for key, boxes in _read().items() if boxes)


@functools.cache
def _read() -> Mapping[str, tuple[TrueBox, ...]]:
    table = tomllib.loads(FILE.read_text("utf-8"))
    return {
        key: tuple(TrueBox(name, (x1, y1, x2, y2)) for name, x1, y1, x2, y2 in entry["boxes"])
        for key, entry in table.items()
    }
