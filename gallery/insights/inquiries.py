"""What the page asks of its model in one go, so that ``answer`` can keep it."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import get_args

from gallery.photo import open_sample, samples
from models import cnn_visualization as cnn
from models._images import Pixels

__all__ = ["METHODS", "STAGES", "Verdict", "judge", "most_exciting", "sanity", "sketch"]

METHODS: tuple[cnn.Method, ...] = get_args(cnn.Method)
SKETCHED = 32  # steps
STAGES = 5  # of randomisation


@dataclass(frozen=True)
class Verdict:
    """How one method did in both tests."""

    method: cnn.Method
    deletion: float
    insertion: float
    similarity: float  # after the last layer was randomised
    similarity_all: float  # after all were


def most_exciting(
    model: cnn.ModelName, layer: str, channel: int, side: int
) -> list[tuple[str, cnn.Excitement]]:
    """The samples of the gallery that excite a channel most, by their keys."""
    keys = list(samples())
    photos: list[Pixels] = [open_sample(key).pixels for key in keys]
    found = cnn.exciting_patches(photos, model, layer, channel, 6, side)
    return [(keys[one.photo], one) for one in found]


def sanity(
    photo: Pixels, model: cnn.ModelName, method: cnn.Method, target: int, stages: int = STAGES
) -> list[cnn.Randomised]:
    """The maps after the weights were randomised from the top, all of them."""
    return list(cnn.randomise(photo, model, method, target, stages=stages))


def sketch(model: cnn.ModelName, layer: str | None, channel: int) -> list[cnn.Frame]:
    """A short film of small pictures, quick enough to be there at once."""
    return list(cnn.maximise(model, layer, channel, SKETCHED))


def judge(photo: Pixels, model: cnn.ModelName, target: int) -> Generator[Verdict]:
    """Put every method to both tests, one after the other."""
    for method in METHODS:
        found = cnn.attribute(photo, model, method, target)
        areas = cnn.deletion_insertion(photo, found, model, steps=16).areas
        stages = sanity(photo, model, method, target, stages=2)
        yield Verdict(
            method,
            areas["deletion"],
            areas["insertion"],
            stages[0].similarity,
            stages[-1].similarity,
        )
