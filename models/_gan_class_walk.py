"""From class to class while the latent stays: what is the same style in every class?

A class reaches the generator as vectors that it has learned: the scales and shifts of its
normalisations, and an offset of its first layer. Between two classes each of them is the weighted
mean of both, which the generator was never trained on; what it makes of it shows how it has
arranged the classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_latent import MOST, Latents, Point, Truncation
from models._gan_network import ModelName, find_gan, paint_between, place_of, read_label
from models._gan_walk import Steps, changes_of, stops
from models._images import Pixels
from models._ranges import checked

__all__ = ["ClassWalk", "class_walk"]


@dataclass(frozen=True, eq=False)
class ClassWalk:
    """Pictures of one latent while the class goes from one to the next."""

    images: Pixels  # (N, side, side, channels)
    latent: Latents  # (D,) the same for all
    positions: NDArray[np.float32]  # (N,) whole numbers where a class is reached, from 0
    weights: NDArray[np.float32]  # (N, classes) share of each class in the condition
    stations: tuple[int, ...]  # the classes in the order they are reached
    changes: NDArray[np.float32]  # (N - 1,) mean difference of neighbouring pictures, grey levels


@checked
def class_walk(
    seed: Point = 1,
    steps: Steps = 8,
    stations: Sequence[int] | None = None,
    model: ModelName = "gan_digits",
    truncation: Truncation = 1.0,
) -> ClassWalk:
    """Let the class go from one to the next while the latent stays.

    Args:
        seed: A seed, or a latent (D,).
        steps: Pictures from one class to the next.
        stations: Numbers of the classes in their order, at least two; None: all.
        model: The generator.
        truncation: What a latent drawn from a seed is multiplied by.

    Returns:
        The pictures, at most 256, and the mixture behind each.

    Raises:
        InputError: ``seed_range``, ``latent_shape``, ``latent_values``, ``class_range``,
            ``stations_count``.
    """
    known = len(find_gan(model).classes)
    order = _read_stations(range(known) if stations is None else stations, model, steps)
    latent = place_of(seed, model, truncation)
    positions = stops(len(order), steps)
    legs = np.minimum(positions.astype(int), len(order) - 2)
    corners = np.eye(known, dtype=np.float32)[list(order)]
    share = (positions - legs)[:, None]
    weights = ((1 - share) * corners[legs] + share * corners[legs + 1]).astype(np.float32)
    images = paint_between(np.repeat(latent[None], len(weights), 0), weights, model)
    return ClassWalk(images, latent, positions, weights, order, changes_of(images))


def _read_stations(given: Sequence[int], model: ModelName, steps: int) -> tuple[int, ...]:
    most = MOST // steps
    several = list(given) if isinstance(given, Sequence | np.ndarray) else []
    if isinstance(given, str) or not 2 <= len(several) <= most:
        raise InputError("stations_count", count=len(several), limit=most)
    read = [read_label(each, model) for each in several]
    if None in read:
        raise InputError("class_range", value="None", last=len(find_gan(model).classes) - 1)
    return tuple(number for number in read if number is not None)
