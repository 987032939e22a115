"""The nearest training picture: if a generator copied, it would be seen here.

The distance between two pictures is the root of the mean squared difference of their pixels, in
grey levels. Beside it stands how near to each other real pictures are: a sample that is as far from
every training picture as these are from one another was not copied from any of them. (Only those
training pictures are searched that travel with the weights.)
"""

import functools
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_network import Labels, ModelName, find_gan
from models._gan_sight import show_to
from models._images import Note, Pixels
from models._ranges import Range, checked
from models.networks._gan_files import TrainingPictures, training_pictures

__all__ = ["Neighbours", "kept_pictures", "nearest"]

COMPARED = 200  # training pictures of a class whose own nearest neighbours are looked up


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training pictures nearest to one picture, the nearest first."""

    images: Pixels  # (count, side, side, channels)
    distances: NDArray[np.float32]  # (count,) root mean squared difference, grey levels
    labels: Labels  # (count,)
    numbers: NDArray[np.int64]  # (count,) place among those searched
    shown: Pixels  # (side, side, channels) the picture as it was compared
    notes: tuple[Note, ...]  # what was done to it to get there
    searched: int  # training pictures
    real_distances: NDArray[np.float32]  # (200,) of training pictures of the nearest's class, each
    # to its nearest other one, ascending
    nearer_than: float  # share of those that are farther from their nearest than this picture


@checked
def nearest(
    image: Pixels, model: ModelName = "gan_digits", count: Annotated[int, Range(1, 24)] = 3
) -> Neighbours:
    """Find the training pictures most like a picture.

    Args:
        image: uint8 (side, side, channels) such as one of ``sample``'s, or any picture; it is then
            brought to the form of the training pictures.
        model: Whose training pictures.
        count: How many.

    Returns:
        The pictures, their distances, and how near real pictures are to each other.

    Raises:
        InputError: ``photo_shape``, ``no_training_pictures``.
    """
    kept = kept_pictures(model)
    seen = show_to(image, model)
    distances = _distances(seen.pictures[0], kept.pixels)
    numbers = np.argsort(distances, kind="stable")[:count]
    usual = _usual(model, int(kept.labels[numbers[0]]))
    return Neighbours(
        images=kept.pixels[numbers],
        distances=distances[numbers],
        labels=kept.labels[numbers],
        numbers=numbers,
        shown=seen.pictures[0],
        notes=seen.notes[0],
        searched=len(kept.labels),
        real_distances=usual,
        nearer_than=float((usual > distances[numbers[0]]).mean()),
    )


def kept_pictures(model: ModelName) -> TrainingPictures:
    """The training pictures that travel with the weights.

    Raises:
        InputError: ``no_training_pictures`` where their licence lets none be kept.
    """
    kind = find_gan(model)
    kept = training_pictures(kind)
    if kept is None:
        raise InputError("no_training_pictures", model=kind.spec.title)
    return kept


def _distances(picture: Pixels, others: Pixels) -> NDArray[np.float32]:
    """Of one picture to each other one, (N,); whole numbers until the root, so a copy has 0."""
    apart = others.reshape(len(others), -1).astype(np.int32) - picture.reshape(-1).astype(np.int32)
    squares = np.einsum("np,np->n", apart, apart)
    return np.asarray(np.sqrt(squares / apart.shape[1]), np.float32)


@functools.lru_cache(maxsize=32)
def _usual(model: ModelName, label: int) -> NDArray[np.float32]:
    """Distances of some training pictures of a class to their nearest other one, ascending."""
    kept = kept_pictures(model)
    members = np.flatnonzero(kept.labels == label)
    chosen = members[np.linspace(0, len(members) - 1, COMPARED).astype(int)]
    rows = kept.pixels.reshape(len(kept.pixels), -1).astype(np.float32)
    lengths = np.einsum("np,np->n", rows, rows)
    squares = lengths[chosen, None] + lengths - 2 * rows[chosen] @ rows.T
    squares[np.arange(len(chosen)), chosen] = np.inf
    return np.sort(np.sqrt(squares.min(1).clip(0) / rows.shape[1]))
