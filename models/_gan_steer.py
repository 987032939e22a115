"""Moving one sample along the generator's principal directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_directions import MOST_DIRECTIONS, Stage, find_basis
from models._gan_effects import STRONGEST, Span
from models._gan_judge import recognise, score
from models._gan_latent import Latents, Point, Truncation, lengths_of
from models._gan_network import Label, ModelName, label_of, paint, place_of
from models._gan_samples import Samples
from models._gan_traits import measure_traits
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["Move", "move_along", "steer"]


@dataclass(frozen=True, eq=False)
class Move:
    """One sample, moved along one direction."""

    images: Pixels  # (N, side, side, channels)
    latents: Latents  # (N, D)
    strengths: NDArray[np.float32]  # (N,) standard deviations; 0 is the sample itself
    lengths: NDArray[np.float32]  # (N,) of the latents
    label: int
    traits: Mapping[str, NDArray[np.float32]]  # name -> (N,)
    probabilities: NDArray[np.float32]  # (N,) the classifier's of the class asked for, 0..1
    scores: NDArray[np.float32]  # (N,) the discriminator's


@checked
def move_along(
    seed: Point = 1,
    direction: Annotated[int, Range(0, MOST_DIRECTIONS - 1)] = 0,
    span: Span = 3.0,
    steps: Annotated[int, Range(3, 65, 2)] = 13,
    model: ModelName = "gan_digits",
    stage: Stage = 1,
    label: Label = None,
    truncation: Truncation = 1.0,
) -> Move:
    """Move one sample along a direction and measure every picture.

    Args:
        seed: A seed, or a latent (D,).
        direction: Number of the direction; 0 is the strongest.
        span: How far to either side, in standard deviations of the latent.
        steps: Pictures; with an odd number the middle one is the sample itself.
        model: The generator.
        stage: As ``directions``.
        label: Number of the class; None: that of the seed as ``sample`` has it. Directions are
            those of all classes.
        truncation: What a latent drawn from a seed is multiplied by.

    Returns:
        The pictures and what was measured on each.

    Raises:
        InputError: ``seed_range``, ``latent_shape``, ``latent_values``, ``stage_range``,
            ``class_range``, ``direction_range``.
    """
    start = place_of(seed, model, truncation)
    number = label_of(seed, label, model)
    labels = np.full(steps, number)
    vector = _vectors(model, stage, direction)[direction]
    strengths = np.linspace(-span, span, steps).astype(np.float32)
    latents = start + strengths[:, None] * vector
    images = paint(latents, labels, model)
    return Move(
        images=images,
        latents=latents,
        strengths=strengths,
        lengths=lengths_of(latents),
        label=number,
        traits=measure_traits(images),
        probabilities=recognise(images, model)[1][:, number],
        scores=score(images, labels, model),
    )


@checked
def steer(
    seed: Point = 1,
    moves: Sequence[float] = (0.0,),
    model: ModelName = "gan_digits",
    stage: Stage = 1,
    label: Label = None,
    truncation: Truncation = 1.0,
) -> Samples:
    """Move one sample along several directions at once.

    Args:
        seed: A seed, or a latent (D,).
        moves: How far along each direction, the strongest first, in standard deviations, -6 to 6.
        model: The generator.
        stage: As ``directions``.
        label: Number of the class; None: that of the seed as ``sample`` has it.
        truncation: What a latent drawn from a seed is multiplied by.

    Returns:
        One picture and its latent.

    Raises:
        InputError: ``seed_range``, ``latent_shape``, ``latent_values``, ``stage_range``,
            ``class_range``, ``moves_list``, ``direction_range``.
    """
    strengths = _read_moves(moves)
    start = place_of(seed, model, truncation)
    labels = np.array([label_of(seed, label, model)])
    vectors = _vectors(model, stage, len(strengths) - 1)
    latents = (start + strengths @ vectors[: len(strengths)])[None]
    seeds = (int(seed) if np.ndim(seed) == 0 else -1,)
    return Samples(paint(latents, labels, model), latents, labels, seeds, lengths_of(latents))


def _vectors(model: ModelName, stage: int, number: int) -> Latents:
    """The directions of all classes, if there is one of that number."""
    vectors = find_basis(model, stage, None).vectors
    if number >= len(vectors):
        raise InputError("direction_range", value=number, last=len(vectors) - 1)
    return vectors


def _read_moves(given: Sequence[float]) -> NDArray[np.float32]:
    limit = Range(-STRONGEST, STRONGEST)
    several = list(given) if isinstance(given, Sequence | np.ndarray) else []
    fit = all(isinstance(each, int | float | np.number) and each in limit for each in several)
    if not 1 <= len(several) <= MOST_DIRECTIONS or not fit:
        raise InputError("moves_list", limit=MOST_DIRECTIONS, strongest=STRONGEST)
    return np.array(several, np.float32)
