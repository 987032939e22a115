"""What else moves: each direction tried on samples, and everything measured that changes.

A direction that made digits slant and nothing else would change the slant by many of its standard
deviations and every other trait by none; the classifier would go on seeing the same class. How
much a move changes is told beside what a random move of the same length changes.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from models._gan_directions import MOST_DIRECTIONS, Stage, find_basis
from models._gan_judge import recognise, score
from models._gan_latent import Latents, draw
from models._gan_measure import class_agreement
from models._gan_network import Label, Labels, ModelName, find_gan, labels_for, paint, read_label
from models._gan_traits import measure_traits
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["Directions", "Span", "directions"]

DRAWN = 60  # samples that say how much each trait varies
WATCHED = 12  # of them, which are moved to see what happens
RECOGNISED = 8  # of these, whose ends the classifier is asked about
RANDOM = 3  # directions to compare with
STRONGEST = 6.0  # standard deviations
Span = Annotated[float, Range(0.5, STRONGEST, 0.5)]


@dataclass(frozen=True, eq=False)
class Directions:
    """Principal directions and what each of them moves, on samples moved from -span to +span."""

    vectors: Latents  # (directions, D) of length 1: one unit is one standard deviation of z
    shares: NDArray[np.float32]  # (directions,) of the variance of the stage's activations, 0..1
    fits: NDArray[np.float32]  # (directions,) how well a straight move brings it about, R^2, 0..1
    traits: tuple[str, ...]  # what was measured on the pictures
    effects: NDArray[np.float32]  # (directions, traits) change, in deviations of that trait
    changes: NDArray[np.float32]  # (directions,) mean difference of the two ends' pixels, 0..1
    random_change: float  # the same along random directions, 0..1
    agreement: NDArray[np.float32]  # (directions,) share of ends still seen as their class, 0..1
    agreement_before: float  # of the samples before they were moved
    scores: NDArray[np.float32]  # (directions,) the ends' mean score less the samples'
    span: float  # standard deviations to either side
    moved: int  # samples whose ends were looked at
    recognised: int  # of these, samples whose ends the classifier was asked about


@checked
def directions(
    model: ModelName = "gan_digits",
    stage: Stage = 1,
    label: Label = None,
    count: Annotated[int, Range(1, MOST_DIRECTIONS)] = 8,
    span: Span = 2.0,
) -> Directions:
    """Find the principal directions of one of the generator's first stages.

    Args:
        model: The generator.
        stage: Whose activations: 0 the linear layer, 1 and more after that many blocks.
        label: Number of a class; None: all of them, each measured from its own mean.
        count: How many directions.
        span: How far samples are moved to either side to see what changes.

    Returns:
        The directions, the strongest first, and beside each what else moves.

    Raises:
        InputError: ``stage_range``, ``class_range``.
    """
    number = read_label(label, model)
    basis = find_basis(model, stage, number)
    samples = _samples(model, number)
    known = range(min(count, len(basis.vectors)))
    effects = [_effect(model, stage, number, place, span) for place in known]
    return Directions(
        vectors=basis.vectors[:count],
        shares=basis.shares[:count],
        fits=basis.fits[:count],
        traits=tuple(samples.spreads),
        effects=np.array([_in_deviations(each, samples) for each in effects], np.float32),
        changes=np.array([each.change for each in effects], np.float32),
        random_change=_random_change(model, number, span),
        agreement=np.array([each.agreement for each in effects], np.float32),
        agreement_before=samples.agreement,
        scores=np.array([each.score - samples.score for each in effects], np.float32),
        span=span,
        moved=WATCHED,
        recognised=RECOGNISED,
    )


@dataclass(frozen=True, eq=False)
class _Samples:
    """What is moved, before it is moved."""

    latents: Latents
    labels: Labels
    spreads: Mapping[str, float]  # trait -> its deviation among many samples
    agreement: float
    score: float


@dataclass(frozen=True, eq=False)
class _Effect:
    """What one direction does to the samples."""

    shifts: Mapping[str, float]  # trait -> mean difference of the two ends
    change: float
    agreement: float
    score: float


@functools.lru_cache(maxsize=32)
def _samples(model: ModelName, label: int | None) -> _Samples:
    labels = labels_for(range(DRAWN), label, model)
    latents = draw(range(DRAWN), find_gan(model).latent)
    drawn = paint(latents, labels, model)
    spreads = {name: float(values.std()) for name, values in measure_traits(drawn).items()}
    latents, labels, before = latents[:WATCHED], labels[:WATCHED], drawn[:WATCHED]
    agreement = _agreement(before[:RECOGNISED], labels[:RECOGNISED], model)
    return _Samples(latents, labels, spreads, agreement, float(score(before, labels, model).mean()))


@functools.lru_cache(maxsize=512)
def _effect(model: ModelName, stage: int, label: int | None, place: int, span: float) -> _Effect:
    """One direction alone, so that whoever asks for several can stop in between."""
    samples = _samples(model, label)
    labels = np.tile(samples.labels, 2)
    images = _ends(samples, find_basis(model, stage, label).vectors[place] * span, model)
    halves = {name: np.split(values, 2) for name, values in measure_traits(images).items()}
    some = [*range(RECOGNISED), *range(WATCHED, WATCHED + RECOGNISED)]
    return _Effect(
        shifts={name: float((high - low).mean()) for name, (low, high) in halves.items()},
        change=_change(images),
        agreement=_agreement(images[some], labels[some], model),
        score=float(score(images, labels, model).mean()),
    )


def _in_deviations(effect: _Effect, samples: _Samples) -> list[float]:
    return [effect.shifts[name] / max(samples.spreads[name], 1e-6) for name in samples.spreads]


def _ends(samples: _Samples, move: Latents, model: ModelName) -> Pixels:
    """Samples moved to one end, then the same moved to the other."""
    latents = np.concatenate([samples.latents - move, samples.latents + move])
    return paint(latents, np.tile(samples.labels, 2), model)


def _change(images: Pixels) -> float:
    low, high = np.split(images.astype(np.float32), 2)
    return float(np.abs(high - low).mean() / 255)


@functools.lru_cache(maxsize=64)
def _random_change(model: ModelName, label: int | None, span: float) -> float:
    samples = _samples(model, label)
    chance = np.random.default_rng(0).standard_normal((RANDOM, samples.latents.shape[1]))
    vectors = (chance / np.linalg.norm(chance, axis=1, keepdims=True)).astype(np.float32)
    return float(np.mean([_change(_ends(samples, each * span, model)) for each in vectors]))


def _agreement(images: Pixels, labels: Labels, model: ModelName) -> float:
    return class_agreement(recognise(images, model)[1], labels)
