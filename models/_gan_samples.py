"""Samples: a seed becomes a latent vector, the generator makes a picture of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._gan_latent import MOST, Latents, Seeds, Truncation, draw, lengths_of, read_seeds
from models._gan_network import Label, Labels, ModelName, find_gan, labels_for, paint
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["TRUNCATIONS", "Grid", "Samples", "by_class", "grid", "read_truncations", "sample"]

TRUNCATION = Range(0.0, 2.0)
TRUNCATIONS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True, eq=False)
class Samples:
    """Pictures and where they came from."""

    images: Pixels  # (N, side, side, channels) grey levels or RGB
    latents: Latents  # (N, D) as the generator was given them, truncation included
    labels: Labels  # (N,) numbers of classes
    seeds: tuple[int, ...]  # (N,)
    lengths: NDArray[np.float32]  # (N,) of the latents


@dataclass(frozen=True, eq=False)
class Grid:
    """The same seeds under several conditions."""

    images: Pixels  # (rows, columns, side, side, channels)
    seeds: tuple[int, ...]  # one a row
    truncations: tuple[float, ...]  # one a column; by_class: the same in all
    labels: Labels  # (rows, columns)


@checked
def sample(
    model: ModelName = "gan_digits",
    seeds: Seeds = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    label: Label = None,
    truncation: Truncation = 1.0,
) -> Samples:
    """Make pictures.

    Truncation multiplies the latent: below 1 samples move towards the middle, where the generator
    has practised most, look more alike and usually better; at 0 they are all the same; above 1
    they leave what it knows. (BigGAN, which named it, draws numbers beyond a threshold anew;
    StyleGAN pulls its inner vector w, not z, towards the mean. All trade variety for quality.)
    Sources: A. Brock et al., 2019, https://arxiv.org/abs/1809.11096; T. Karras et al., *StyleGAN*,
    2019, https://arxiv.org/abs/1812.04948.

    Args:
        model: The generator.
        seeds: One or up to 256 whole numbers, 0 to 2147483647; a seed is the same picture
            everywhere, alone or among others (within one grey level).
        label: Number of a class; None: the remainder of each seed, so that classes take turns.
        truncation: What latents are multiplied by.

    Returns:
        The pictures with their latents.

    Raises:
        InputError: ``seeds_count``, ``seed_range``, ``class_range``.
    """
    chosen = read_seeds(seeds)
    labels = labels_for(chosen, label, model)
    latents = draw(chosen, find_gan(model).latent) * np.float32(truncation)
    return Samples(paint(latents, labels, model), latents, labels, chosen, lengths_of(latents))


@checked
def grid(
    model: ModelName = "gan_digits",
    seeds: Seeds = (0, 1, 2, 3, 4),
    truncations: Sequence[float] = TRUNCATIONS,
    label: Label = None,
) -> Grid:
    """Make every seed (a row) at every truncation (a column).

    Args:
        model: The generator.
        seeds: One or several.
        truncations: Numbers of 0 to 2.
        label: Number of a class; None: the remainder of each seed.

    Returns:
        The pictures in rows and columns, at most 256.

    Raises:
        InputError: ``seeds_count``, ``seed_range``, ``class_range``, ``truncation_list``.
    """
    chosen, columns = read_seeds(seeds), read_truncations(truncations)
    read_seeds(chosen, MOST // len(columns))
    labels = np.repeat(labels_for(chosen, label, model)[:, None], len(columns), 1)
    latents = draw(chosen, find_gan(model).latent)
    spread = latents[:, None] * np.array(columns, np.float32)[:, None]  # (rows, columns, D)
    images = paint(spread.reshape(-1, latents.shape[1]), labels.ravel(), model)
    return Grid(images.reshape(*labels.shape, *images.shape[1:]), chosen, columns, labels)


@checked
def by_class(
    model: ModelName = "gan_digits",
    seeds: Seeds = (0, 1, 2, 3, 4),
    truncation: Truncation = 1.0,
) -> Grid:
    """Make every class (a column) of the same latents (a row): what does the latent decide?

    Args:
        model: The generator.
        seeds: One or several.
        truncation: What latents are multiplied by.

    Returns:
        The pictures in rows and columns, at most 256.

    Raises:
        InputError: ``seeds_count``, ``seed_range``.
    """
    known = len(find_gan(model).classes)
    chosen = read_seeds(seeds, MOST // known)
    labels = np.tile(np.arange(known), (len(chosen), 1))
    latents = draw(chosen, find_gan(model).latent) * np.float32(truncation)
    images = paint(np.repeat(latents, known, 0), labels.ravel(), model)
    shape = (*labels.shape, *images.shape[1:])
    return Grid(images.reshape(shape), chosen, (truncation,) * known, labels)


def read_truncations(given: Sequence[float]) -> tuple[float, ...]:
    """Check a list of truncations.

    Raises:
        InputError: ``truncation_list``.
    """
    several = list(given) if isinstance(given, Sequence | np.ndarray) else []
    fit = all(isinstance(each, int | float | np.number) and each in TRUNCATION for each in several)
    if not 1 <= len(several) <= MOST or not fit:
        raise InputError("truncation_list", low=TRUNCATION.low, high=TRUNCATION.high, limit=MOST)
    return tuple(float(each) for each in several)
