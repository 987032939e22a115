"""Whom the embedder fails, as far as the data can say: by what is seen in the worse photo of two.

The set has no word on age, sex, origin or glasses, so nothing is known of these groups.
"""

import cv2
import numpy as np

from training._faces import Faces
from training._verification import Flags, Indices, Numbers, Pairs

__all__ = ["by_quality", "qualities", "worst_tenth"]

PARTS = 4  # groups of equal size


def qualities(faces: Faces, landmarks: Numbers) -> dict[str, Numbers]:
    """Measure how dark, how blurred and how far turned each face is: the more, the worse."""
    pixels = faces.pixels.numpy()
    middle = pixels[:, 28:100, 24:88].astype(float)
    edges = [float(cv2.Laplacian(face, cv2.CV_64F).std()) for face in middle]
    contrast = middle.std((1, 2)) + 1
    left, right, nose = landmarks[:, 0], landmarks[:, 1], landmarks[:, 2]
    across = right - left
    along = ((nose - left) * across).sum(1) / (across**2).sum(1).clip(1)  # 0.5: straight ahead
    return {
        "darkness": -middle.mean((1, 2)),
        "blur": -np.array(edges) / contrast,
        "turn": np.abs(along - np.median(along)),
    }


def by_quality(pairs: Pairs, apart: Numbers, threshold: float, quality: Numbers) -> Numbers:
    """Share of errors by quarters of pairs, from the best to the worst photo in them.

    Returns:
        (4, 2): false rejects of same pairs and false accepts of different ones.
    """
    worse = quality[pairs.photos].max(1)
    rows = []
    for alike in (True, False):
        chosen = np.flatnonzero(pairs.same == alike)
        order = chosen[np.argsort(worse[chosen])]
        wrong = (apart <= threshold) != pairs.same
        rows.append([float(wrong[part].mean()) for part in np.array_split(order, PARTS)])
    return np.array(rows).T


def worst_tenth(pairs: Pairs, wrong: Flags, people: Indices) -> tuple[float, float]:
    """Share of all false rejects that the worst tenth of people carries, and of all same pairs."""
    owner = people[pairs.photos[pairs.same, 0]]
    most = int(people.max()) + 1
    errors = np.bincount(owner, weights=wrong[pairs.same], minlength=most)
    worst = np.argsort(-errors, kind="stable")[: max(1, len(np.unique(people)) // 10)]
    asked = np.bincount(owner, minlength=most)
    return (
        float(errors[worst].sum() / max(1.0, errors.sum())),
        float(asked[worst].sum() / max(1, asked.sum())),
    )
