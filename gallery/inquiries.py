"""What the page on looking into a network asks of its model in one go, so that it can be kept.

``answer`` keeps what a function returns; these return what takes several calls, or a film.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import get_args

from gallery import controls
from gallery.demos import Control, Language
from gallery.photo import open_sample, samples
from models import cnn_visualization as cnn
from models._images import Pixels

__all__ = [
    "FIRST",
    "METHODS",
    "Verdict",
    "choose_class",
    "judge",
    "most_exciting",
    "ordinary_layers",
    "sanity",
    "sketch",
]

FIRST = "first"  # the class that the network names first
METHODS: tuple[cnn.Method, ...] = get_args(cnn.Method)
SKETCHED = 16  # steps


@dataclass(frozen=True)
class Verdict:
    """How one method did in both tests."""

    method: cnn.Method
    deletion: float
    insertion: float
    similarity: float  # after the last layer was randomised
    similarity_all: float  # after all were


def choose_class(
    words: Control,
    model: cnn.ModelName,
    answered: cnn.Classification,
    language: Language,
    default: str = FIRST,
) -> int:
    """Any class of a network, the likeliest on top.

    Args:
        words: The control's words; its option ``first`` is put before the first answer's name.
        model: The network.
        answered: What it said about the photo.
        language: Language of the names.
        default: Code of the class chosen to begin with.
    """
    names = [getattr(one, language) for one in cnn.classes(model)]
    likeliest = [int(number) for number in answered.probabilities.argsort()[::-1]]
    labels = {str(number): names[number] for number in likeliest}
    labels[FIRST] = f"{words.option(FIRST)}: {names[likeliest[0]]}"
    listed = Control(words.key, words.label, words.help, labels)
    chosen = controls.choice(listed, [FIRST, *map(str, likeliest)], default)
    return likeliest[0] if chosen == FIRST else int(chosen)


def ordinary_layers(rows: Sequence[cnn.LayerRow]) -> list[cnn.LayerRow]:
    """The layers whose values are maps, with more than one place."""
    return [row for row in rows if len(row.shape) == 3 and row.shape[1] > 1]


def most_exciting(
    model: cnn.ModelName, layer: str, channel: int, side: int
) -> list[tuple[str, cnn.Excitement]]:
    """The samples of the gallery that excite a channel most, by their keys."""
    keys = list(samples())
    photos: list[Pixels] = [open_sample(key).pixels for key in keys]
    found = cnn.exciting_patches(photos, model, layer, channel, 6, side)
    return [(keys[one.photo], one) for one in found]


def sanity(
    photo: Pixels, model: cnn.ModelName, method: cnn.Method, target: int, stages: int = 5
) -> list[cnn.Randomised]:
    """The maps after the weights were randomised from the top, all of them."""
    return list(cnn.randomise(photo, model, method, target, stages=stages))


def sketch(model: cnn.ModelName, layer: str | None, channel: int, side: int) -> list[cnn.Frame]:
    """The first steps of a film, quick enough to be there at once."""
    return list(cnn.maximise(model, layer, channel, SKETCHED, side))


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
