"""Honest numbers of a generator, measured while one looks.

Beside the generator stand the two ends of the scale: real pictures against other real ones, which
nobody can beat, and noise. All three are measured with as many pictures, because the Frechet
distance of few is larger than that of many.
"""

import functools
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._gan_judge import recognise
from models._gan_latent import LARGEST_SEED, Truncation, draw
from models._gan_measure import (
    class_agreement,
    frechet_distance,
    gaussian,
    mean_distance,
    precision_recall,
)
from models._gan_network import BATCH, ModelName, classifier_of, find_gan, paint
from models._gan_samples import TRUNCATIONS, read_truncations
from models._gate import turn
from models._images import Pixels
from models._load import device_of
from models._ranges import Range, checked
from models.networks._gan_files import Reference, reference

__all__ = [
    "Count",
    "Measures",
    "Progress",
    "Quality",
    "batches",
    "measure",
    "measure_steps",
    "trade_off",
]

Count = Annotated[int, Range(64, 1024, 64)]


@dataclass(frozen=True)
class Measures:
    """How far a set of pictures is from held-out real ones."""

    frechet: float  # squared distance of the features' Gaussians; 0 is equal
    precision: float  # share of them that lies among real ones, 0..1
    recall: float  # share of the real that lies among them, 0..1
    agreement: float  # share in which the classifier sees the class that was asked for; noise: NaN
    between_means: float  # the part of ``frechet`` that is the squared distance of the means


@dataclass(frozen=True, eq=False)
class Quality:
    """A generator between the two ends of the scale."""

    generated: Measures
    real: Measures  # other real pictures: the best that can be had
    noise: Measures  # pictures of random pixels
    count: int  # pictures of each kind
    truncation: float
    per_class: NDArray[np.float32]  # (classes,) agreement; NaN where none was asked for


@dataclass(frozen=True, eq=False)
class Progress:
    """One step of a measurement."""

    step: int  # batches done
    steps: int
    images: Pixels  # (n, side, side, channels) those of this batch
    quality: Quality | None  # with the last step


@checked
def measure(
    model: ModelName = "gan_digits",
    truncation: Truncation = 1.0,
    count: Count = 256,
    seed: Annotated[int, Range(0, 2**31 - 1)] = 0,
) -> Quality:
    """Measure how far generated pictures are from real ones.

    Args:
        model: The generator.
        truncation: What latents are multiplied by.
        count: Pictures of each kind, with the classes that real ones have; where fewer than
            twice as many real ones are kept (colour), it is half of those.
        seed: Of the first picture; the others follow.

    Returns:
        Frechet distance, precision, recall and class agreement, of generated pictures, of real
        ones and of noise.
    """
    *_, last = _steps(model, truncation, count, seed)
    return _conclude(last, model, truncation)


@checked
def measure_steps(
    model: ModelName = "gan_digits",
    truncation: Truncation = 1.0,
    count: Count = 256,
    seed: Annotated[int, Range(0, 2**31 - 1)] = 0,
) -> Generator[Progress]:
    """Measure as ``measure`` does, and show how it goes; whoever stops asking stops the work.

    Args:
        model: The generator.
        truncation: What latents are multiplied by.
        count: Pictures of each kind.
        seed: Of the first picture.

    Yields:
        The pictures of each batch; with the last one the numbers.
    """
    return _report(model, truncation, count, seed)


@checked
def trade_off(
    model: ModelName = "gan_digits",
    truncations: Sequence[float] = TRUNCATIONS,
    count: Count = 256,
    seed: Annotated[int, Range(0, 2**31 - 1)] = 0,
) -> Generator[Quality]:
    """Measure at several truncations: quality is bought with variety.

    Args:
        model: The generator.
        truncations: Numbers of 0 to 2.
        count: Pictures of each kind.
        seed: Of the first picture; the same seeds at every truncation.

    Yields:
        The numbers at each truncation.

    Raises:
        InputError: ``truncation_list``.
    """
    chosen = read_truncations(truncations)
    return (measure(model, each, count, seed) for each in chosen)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the classifier has made of the pictures so far."""

    images: Pixels  # those of the last batch
    features: NDArray[np.float32]
    noise: NDArray[np.float32]  # features of as many pictures of random pixels
    probabilities: NDArray[np.float32]
    labels: NDArray[np.int64]


def batches(model: ModelName, count: int) -> int:
    """In how many steps so many pictures are measured, each well under a second."""
    return -(-len(_real(model, count)[0].labels) // _batch(model))


def _batch(model: ModelName) -> int:
    return BATCH if find_gan(model).channels == 1 else BATCH // 4  # its classifier is far larger


def _report(model: ModelName, truncation: float, count: int, seed: int) -> Generator[Progress]:
    steps = batches(model, count)
    for step, seen in enumerate(_steps(model, truncation, count, seed), 1):
        quality = _conclude(seen, model, truncation) if step == steps else None
        yield Progress(step, steps, seen.images, quality)


def _steps(model: ModelName, truncation: float, count: int, seed: int) -> Generator[_Seen]:
    """Paint and recognise batch by batch, the classes of the real pictures."""
    kind = find_gan(model)
    features, probabilities, noise = [], [], []
    labels = _real(model, count)[0].labels
    size = _batch(model)
    for start in range(0, len(labels), size):
        batch = slice(start, start + size)
        numbers = range(seed + start, seed + len(labels[: batch.stop]))
        latents = draw([each % (LARGEST_SEED + 1) for each in numbers], kind.latent)
        images = paint(latents * np.float32(truncation), labels[batch], model)
        found = recognise(images, model)
        features.append(found[0])
        probabilities.append(found[1])
        noise.append(_noise(model, start, len(images)))
        yield _Seen(
            images=images,
            features=np.concatenate(features),
            noise=np.concatenate(noise),
            probabilities=np.concatenate(probabilities),
            labels=labels[: batch.stop],
        )


def _conclude(seen: _Seen, model: ModelName, truncation: float) -> Quality:
    count = len(seen.labels)
    first, second = _real(model, count)
    answers = seen.probabilities.argmax(1)
    known = seen.probabilities.shape[1]
    with np.errstate(invalid="ignore"):
        asked = np.bincount(seen.labels, minlength=known)
        right = np.bincount(seen.labels[answers == seen.labels], minlength=known)
        per_class = (right / asked).astype(np.float32)
    return Quality(
        generated=_compare(first, seen.features, float((answers == seen.labels).mean())),
        real=_compare(first, second.features, _agreement_of_real(second, model)),
        noise=_compare(first, seen.noise, float("nan")),
        count=count,
        truncation=truncation,
        per_class=per_class,
    )


def _compare(real: Reference, features: NDArray[np.float32], agreement: float) -> Measures:
    cover = precision_recall(real.features, features)
    clouds = gaussian(real.features), gaussian(features)
    distance, between = frechet_distance(*clouds), mean_distance(*clouds)
    return Measures(distance, cover.precision, cover.recall, agreement, between)


def _real(model: ModelName, count: int) -> tuple[Reference, Reference]:
    """Held-out real pictures in two parts; they are kept in an order of chance."""
    kept = reference(find_gan(model))
    half = len(kept.labels) // 2
    parts = slice(0, min(count, half)), slice(half, half + min(count, half))
    first, second = (Reference(kept.features[part], kept.labels[part]) for part in parts)
    return first, second


def _agreement_of_real(real: Reference, model: ModelName) -> float:
    """How often the classifier is right about real pictures; its last layer on kept features."""
    network = classifier_of(model)
    *_, answer = network.children()
    with turn(), torch.inference_mode():
        scores = answer(torch.tensor(real.features, device=device_of(network)))
    columns = list(find_gan(model).columns)
    return class_agreement(scores[:, columns].float().cpu().numpy(), real.labels)


@functools.lru_cache(maxsize=64)
def _noise(model: ModelName, start: int, count: int) -> NDArray[np.float32]:
    """Features of pictures whose pixels are random, each level as probable as any other.

    Batch by batch, so that whoever measures can stop in between.
    """
    kind = find_gan(model)
    shape = (count, kind.side, kind.side, kind.channels)
    return recognise(np.random.default_rng(start).integers(0, 256, shape, np.uint8), model)[0]
