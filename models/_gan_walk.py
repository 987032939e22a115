"""Walks through the latent space: between samples, through several, and by arithmetic."""

import itertools
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_latent import (
    MOST,
    Latents,
    Path,
    Point,
    Seeds,
    Shell,
    Truncation,
    between,
    lengths_of,
    read_seeds,
    shell,
)
from models._gan_network import (
    Label,
    Labels,
    ModelName,
    label_of,
    paint,
    place_of,
)
from models._gan_samples import Samples
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["Steps", "Walk", "arithmetic", "changes_of", "interpolate", "stops", "walk"]

Steps = Annotated[int, Range(2, 64)]
DEFAULT_LOOP = (1, 2, 3, 4)


@dataclass(frozen=True, eq=False)
class Walk:
    """Pictures along a way."""

    images: Pixels  # (N, side, side, channels)
    latents: Latents  # (N, D)
    labels: Labels  # (N,)
    positions: NDArray[np.float32]  # (N,) whole numbers at the stations, from 0
    lengths: NDArray[np.float32]  # (N,) of the latents
    changes: NDArray[np.float32]  # (N - 1,) mean difference of neighbouring pictures, grey levels
    shell: Shell  # how long random latents are


@checked
def interpolate(
    a: Point = 1,
    b: Point = 2,
    steps: Annotated[int, Range(2, 128)] = 9,
    path: Path = "spherical",
    model: ModelName = "gan_digits",
    label: Label = None,
    truncation: Truncation = 1.0,
) -> Walk:
    """Walk from one sample to another.

    Args:
        a: Where it begins: a seed, or a latent (D,).
        b: Where it ends.
        steps: Pictures, both ends included.
        path: ``spherical`` stays where samples are, ``linear`` takes the short cut through the
            middle, where latents are shorter than nearly all the generator was trained on.
        model: The generator.
        label: Number of the class of all pictures; None: that of ``a`` as ``sample`` has it
            (0 for a latent).
        truncation: What latents drawn from seeds are multiplied by; those given stay as they are.

    Returns:
        The pictures, latents and their lengths; the ends are the ends.

    Raises:
        InputError: ``seed_range``, ``latent_shape``, ``latent_values``, ``class_range``.
    """
    ends = np.stack([place_of(each, model, truncation) for each in (a, b)])
    return _along(ends, steps - 1, path, model, label_of(a, label, model))


@checked
def walk(
    seeds: Seeds = DEFAULT_LOOP,
    steps: Steps = 8,
    path: Path = "spherical",
    model: ModelName = "gan_digits",
    label: Label = None,
    truncation: Truncation = 1.0,
    closed: bool = True,
) -> Walk:
    """Walk through several samples, and back to the first.

    Args:
        seeds: At least two.
        steps: Pictures from one to the next.
        path: As ``interpolate``.
        model: The generator.
        label: Number of the class of all pictures; None: that of the first seed.
        truncation: What latents are multiplied by.
        closed: Whether it goes back to the first, so that it can be shown in a loop; the first
            picture is then not repeated at the end.

    Returns:
        The pictures, latents and their lengths, at most 256.

    Raises:
        InputError: ``seeds_count``, ``seed_range``, ``class_range``, ``walk_too_short``.
    """
    chosen = read_seeds(seeds, MOST // steps)
    if len(chosen) < 2:
        raise InputError("walk_too_short")
    stations = np.stack([place_of(seed, model, truncation) for seed in chosen])
    number = label_of(chosen[0], label, model)
    if not closed:
        return _along(stations, steps, path, model, number)
    return _along(np.concatenate([stations, stations[:1]]), steps, path, model, number, True)


@checked
def arithmetic(
    a: Point = 1,
    b: Point = 2,
    c: Point = 3,
    model: ModelName = "gan_digits",
    label: Label = None,
    rescale: bool = True,
    truncation: Truncation = 1.0,
) -> Samples:
    """Reckon with latents: a - b + c.

    Three independent latents add up to one sqrt(3) times as long as a sample's. Unless told
    otherwise, an answer longer than the longest of the three is made as long as that, one shorter
    than the shortest as that; so a - b + b is a. Source: A. Radford et al.,
    *Unsupervised representation learning with DCGAN*, 2016, https://arxiv.org/abs/1511.06434.

    Args:
        a: A seed, or a latent (D,).
        b: What is taken away.
        c: What is added.
        model: The generator.
        label: Number of the class of all four; None: that of ``a`` as ``sample`` has it.
        rescale: Whether the answer is brought back to the lengths of the three.
        truncation: What latents drawn from seeds are multiplied by.

    Returns:
        Four pictures: a, b, c and a - b + c (its seed is given as -1, as that of a latent).

    Raises:
        InputError: ``seed_range``, ``latent_shape``, ``latent_values``, ``class_range``.
    """
    terms = (a, b, c)
    first, second, third = (place_of(each, model, truncation) for each in terms)
    answer = first - second + third
    lengths = lengths_of(np.stack([first, second, third, answer]))
    if rescale and lengths[3] > 0:
        answer = answer * (lengths[3].clip(lengths[:3].min(), lengths[:3].max()) / lengths[3])
    latents = np.stack([first, second, third, answer]).astype(np.float32)
    seeds = tuple(int(e) if isinstance(e, int | np.integer) else -1 for e in (*terms, None))
    labels = np.full(4, label_of(a, label, model))
    return Samples(paint(latents, labels, model), latents, labels, seeds, lengths_of(latents))


def stops(stations: int, steps: int) -> NDArray[np.float32]:
    """0 to stations - 1 in steps of 1 / steps, both ends included."""
    return (np.arange((stations - 1) * steps + 1) / steps).astype(np.float32)


def _along(
    stations: Latents, steps: int, path: Path, model: ModelName, label: int, closed: bool = False
) -> Walk:
    """Walk from station to station; of a closed way the last, which is the first, is left out."""
    parts = np.arange(steps) / steps
    legs = [between(start, end, parts, path) for start, end in itertools.pairwise(stations)]
    latents = np.concatenate([*legs, stations[-1:]])
    latents = latents[:-1] if closed else latents
    labels = np.full(len(latents), label)
    images = paint(latents, labels, model)
    return Walk(
        images=images,
        latents=latents,
        labels=labels,
        positions=stops(len(stations), steps)[: len(latents)],
        lengths=lengths_of(latents),
        changes=changes_of(images),
        shell=shell(latents.shape[1]),
    )


def changes_of(images: Pixels) -> NDArray[np.float32]:
    """Mean difference of neighbouring pictures, (N - 1,) in grey levels."""
    apart = np.abs(np.diff(images.astype(np.float32), axis=0))
    return np.asarray(apart.mean((1, 2, 3)), np.float32)
