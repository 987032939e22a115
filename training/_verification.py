"""Two faces, same person or not: pairs, distances, and how well a threshold tells them apart."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

__all__ = [
    "FOLDS",
    "Pairs",
    "area",
    "best_threshold",
    "distances",
    "draw_folds",
    "draw_pairs",
    "embeddings",
    "rates",
    "verify",
]

BATCH = 64
FOLDS = 10
BINS, STEPS = 40, 101  # of histograms and of curves
CAREFUL = 0.01  # false accepts at the careful threshold
MOST = 20  # same pairs of one person, so that no one person decides
Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of photos, in folds that share no person."""

    photos: Indices  # (pairs, 2)
    same: Flags  # (pairs,) whether both show one person
    fold: Indices  # (pairs,)


@torch.inference_mode()
def embeddings(network: nn.Module, pixels: torch.Tensor) -> Numbers:
    """Describe faces uint8 (n, 112, 112): (n, 128), of length one."""
    device = next(network.parameters()).device
    found = []
    for batch in torch.split(pixels, BATCH):
        faces = batch[:, None].float().div(255).to(device)
        found.append(network(faces.contiguous(memory_format=torch.channels_last)).float().cpu())
    return torch.cat(found).double().numpy()


def draw_pairs(people: Indices, seed: int) -> tuple[Indices, Flags]:
    """Draw pairs of photos: of each person at most twenty, and as many of different people.

    Returns:
        (pairs, 2) photos, and whether both show the same person.
    """
    random = np.random.default_rng(seed)
    numbers, same = np.unique(people), []
    for person in numbers:
        photos = np.flatnonzero(people == person)
        pairs = [(int(a), int(b)) for n, a in enumerate(photos) for b in photos[n + 1 :]]
        chosen = random.permutation(len(pairs))[:MOST]
        same += [pairs[number] for number in chosen]
    others: set[tuple[int, int]] = set()
    while len(others) < len(same):
        one, two = random.choice(numbers, 2, replace=False)
        first, second = (random.choice(np.flatnonzero(people == each)) for each in (one, two))
        others.add((int(first), int(second)))
    drawn = np.array([*same, *sorted(others)])
    return drawn, np.arange(len(drawn)) < len(same)


def draw_folds(people: Indices) -> Pairs:
    """Draw pairs within ten groups of people: nobody is in two of them."""
    order = np.random.default_rng(0).permutation(np.unique(people))
    photos, same, fold = [], [], []
    for number, group in enumerate(np.array_split(order, FOLDS)):
        within = np.flatnonzero(np.isin(people, group))
        pairs, alike = draw_pairs(people[within], number)
        photos.append(within[pairs])
        same.append(alike)
        fold.append(np.full(len(alike), number))
    return Pairs(np.concatenate(photos), np.concatenate(same), np.concatenate(fold))


def distances(vectors: Numbers, pairs: Indices) -> Numbers:
    """Measure how far both photos of each pair are apart: (pairs,)."""
    apart: Numbers = np.linalg.norm(vectors[pairs[:, 0]] - vectors[pairs[:, 1]], axis=1)
    return apart


def area(apart: Numbers, same: Flags) -> float:
    """Area under the ROC: how often a same pair is closer than a different one."""
    ranks = np.searchsorted(np.sort(apart[~same]), apart[same], side="right")
    ties = ranks - np.searchsorted(np.sort(apart[~same]), apart[same], side="left")
    return float(1 - (ranks - ties / 2).mean() / (~same).sum())


def best_threshold(apart: Numbers, same: Flags) -> float:
    """Find the distance up to which pairs are taken as same with the fewest errors."""
    order = np.argsort(apart)
    right = np.cumsum(np.where(same[order], 1, -1))
    best = int(right.argmax())
    after = min(best + 1, len(order) - 1)
    return float((apart[order[best]] + apart[order[after]]) / 2)


def rates(apart: Numbers, same: Flags, thresholds: Numbers) -> tuple[Numbers, Numbers]:
    """Share of different pairs accepted, and of same pairs rejected, at each threshold."""
    accepted = np.searchsorted(np.sort(apart[~same]), thresholds, side="right") / (~same).sum()
    kept = np.searchsorted(np.sort(apart[same]), thresholds, side="right") / same.sum()
    return accepted, 1 - kept


def verify(apart: Numbers, pairs: Pairs, most: float) -> dict[str, object]:
    """Measure one way to compare faces.

    Args:
        apart: (pairs,) distances: the larger, the less alike.
        pairs: What was compared.
        most: Largest distance that there can be.

    Returns:
        Accuracy over the folds, each with the threshold that is best for the other nine; area
        under the ROC; equal error rate; the threshold at which one different pair in a hundred is
        accepted; histograms and curves.
    """
    scores = []
    for fold in range(FOLDS):
        held = pairs.fold == fold
        if held.any():
            threshold = best_threshold(apart[~held], pairs.same[~held])
            scores.append(float(((apart[held] <= threshold) == pairs.same[held]).mean()))
    everywhere = np.unique(apart)
    accepts, rejects = rates(apart, pairs.same, everywhere)
    equal = int(np.abs(accepts - rejects).argmin())
    edges, thresholds = np.linspace(0, most, BINS + 1), np.linspace(0, most, STEPS)
    curve = rates(apart, pairs.same, thresholds)
    return {
        "accuracy": round(float(np.mean(scores)), 4),
        "accuracy_std": round(float(np.std(scores)), 4),
        "auc": round(area(apart, pairs.same), 4),
        "equal_error_rate": round(float((accepts[equal] + rejects[equal]) / 2), 4),
        "equal_error_threshold": round(float(everywhere[equal]), 4),
        "threshold": round(best_threshold(apart, pairs.same), 4),
        "careful_threshold": round(float(everywhere[accepts <= CAREFUL].max(initial=0)), 4),
        "edges": _rounded(edges),
        "same": np.histogram(apart[pairs.same], edges)[0].tolist(),
        "different": np.histogram(apart[~pairs.same], edges)[0].tolist(),
        "thresholds": _rounded(thresholds),
        "false_accepts": _rounded(curve[0]),
        "false_rejects": _rounded(curve[1]),
    }


def _rounded(values: Numbers) -> list[float]:
    return [round(float(each), 4) for each in values]
