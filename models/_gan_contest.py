"""Real or generated: a blind test, its truth kept apart so that nobody sees it by accident."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from models._gan_judge import score, yardstick
from models._gan_latent import LARGEST_SEED, Truncation, draw
from models._gan_neighbours import kept_pictures
from models._gan_network import Labels, ModelName, find_gan, paint
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["BlindTest", "BlindTruth", "blind_test", "blind_truth"]

Count = Annotated[int, Range(2, 64)]
Seed = Annotated[int, Range(0, LARGEST_SEED)]


@dataclass(frozen=True, eq=False)
class BlindTest:
    """Real and generated pictures, mixed."""

    images: Pixels  # (count, side, side, channels)
    labels: Labels  # (count,) what each shows, or was asked to show


@dataclass(frozen=True, eq=False)
class BlindTruth:
    """Which of them are real, and what the discriminator says."""

    real: NDArray[np.bool_]  # (count,)
    numbers: NDArray[np.int64]  # (count,) place among the kept training pictures, or the seed
    scores: NDArray[np.float32]  # (count,) of the discriminator
    guessed_real: NDArray[np.bool_]  # (count,) where its score is above ``threshold``
    threshold: float  # the middle between its usual scores of real and of generated pictures


@checked
def blind_test(
    model: ModelName = "gan_digits", seed: Seed = 0, count: Count = 12, truncation: Truncation = 1.0
) -> BlindTest:
    """Mix real and generated pictures; a coin is tossed for each.

    Args:
        model: The generator.
        seed: Of the draw; the same seed is the same test.
        count: Pictures.
        truncation: What latents are multiplied by.

    Returns:
        The pictures; ``blind_truth`` with the same arguments tells which are real.

    Raises:
        InputError: ``no_training_pictures``.
    """
    mixed = _mix(model, seed, count, truncation)
    return BlindTest(mixed.images, mixed.labels)


@checked
def blind_truth(
    model: ModelName = "gan_digits", seed: Seed = 0, count: Count = 12, truncation: Truncation = 1.0
) -> BlindTruth:
    """Tell which pictures of a blind test are real.

    Args:
        model: As ``blind_test``.
        seed: As ``blind_test``.
        count: As ``blind_test``.
        truncation: As ``blind_test``.

    Returns:
        The truth, and the discriminator's own guess.

    Raises:
        InputError: ``no_training_pictures``.
    """
    mixed = _mix(model, seed, count, truncation)
    scores = score(mixed.images, mixed.labels, model)
    usual = yardstick(model)
    middle = float(np.median(usual.real) + np.median(usual.generated)) / 2
    return BlindTruth(mixed.real, mixed.numbers, scores, scores > middle, middle)


@dataclass(frozen=True, eq=False)
class _Mixed:
    images: Pixels
    labels: Labels
    real: NDArray[np.bool_]
    numbers: NDArray[np.int64]


def _mix(model: ModelName, seed: int, count: int, truncation: float) -> _Mixed:
    """Draw real pictures from those that are kept, and generate the others."""
    kept = kept_pictures(model)
    kind = find_gan(model)
    chance = np.random.default_rng(seed)
    real = chance.random(count) < 0.5
    places = chance.integers(0, len(kept.labels), count)
    seeds = chance.integers(0, LARGEST_SEED, count)
    labels = np.where(real, kept.labels[places], chance.integers(0, len(kind.classes), count))
    latents = draw([int(each) for each in seeds], kind.latent) * np.float32(truncation)
    images = kept.pixels[places]
    if not real.all():
        images[~real] = paint(latents[~real], labels[~real], model)
    return _Mixed(images, labels, real, np.where(real, places, seeds))
