"""What the embedder is compared with, and what is made of its vectors: landmarks, heads, film."""

from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from scipy.linalg import eigh
from torch import nn

from models.networks.tiny_face_embedder import TEMPLATE
from training._evaluate_face_finder import find
from training._faces import Faces
from training._verification import Indices, Numbers, draw_pairs

__all__ = [
    "Head",
    "apart_by",
    "fit_heads",
    "landmark_vectors",
    "landmarks_of",
    "pixels_as_vectors",
    "plane",
    "probability",
    "read_volunteers",
]

MARGIN = 24  # pixels around a crop in which the finder looks for a face
PLACED = (5.4, 10.75, 15.75)  # volunteers: scale, and the point that comes to (56, 62)
TINY = 1e-6
DRAWN = 1.0  # how strongly the weights of a head are drawn to their mean
Head = dict[str, NDArray[np.float32]]


def pixels_as_vectors(faces: Faces) -> Numbers:
    """Take the pixels themselves, without brightness and contrast: (faces, 12544) of length one."""
    rows = faces.pixels.flatten(1).double().numpy()
    rows -= rows.mean(1, keepdims=True)
    vectors: Numbers = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + TINY)
    return vectors


def landmarks_of(finder: nn.Module, faces: Faces) -> Numbers:
    """Find the landmarks in crops: (faces, 5, 2), where the finder sees none as in the mean."""
    found = []
    for pixels in faces.pixels.numpy():
        wide = np.pad(pixels, MARGIN, mode="edge")
        answer = find(finder, wide)
        found.append(answer.landmarks[0] - MARGIN if len(answer.scores) else np.array(TEMPLATE))
    return np.stack(found)


def landmark_vectors(landmarks: Numbers) -> Numbers:
    """Bring landmarks to one place, size and angle, so that their shape is left: (faces, 10)."""
    goal = _complex(np.array(TEMPLATE, dtype=float)[None])[0]
    points = _complex(landmarks)
    goal, points = goal - goal.mean(), points - points.mean(1, keepdims=True)
    turn = (np.conj(points) @ goal) / (np.abs(points) ** 2).sum(1)
    placed = points * turn[:, None] / np.linalg.norm(goal)
    return np.concatenate([placed.real, placed.imag], 1)


def _complex(points: Numbers) -> NDArray[np.complex128]:
    return points[..., 0] + 1j * points[..., 1]


def read_volunteers(data: Path) -> tuple[torch.Tensor, Indices]:
    """Read AT&T's volunteers, brought to where LFW-a's faces are in the mean.

    Returns:
        uint8 (400, 112, 112), and the number of the person of each.
    """
    with Image.open(data / "att_faces_28x23/att_40rows_10cols.png") as picture:
        sheet = np.asarray(picture.convert("L"))
    tiles = sheet.reshape(40, 28, 10, 23).swapaxes(1, 2).reshape(400, 28, 23)
    scale, x, y = PLACED
    matrix = np.array([[scale, 0, 56 - scale * x], [0, scale, 62 - scale * y]])
    placed = [
        cv2.warpAffine(
            tile, matrix, (112, 112), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        for tile in tiles
    ]
    return torch.from_numpy(np.stack(placed)), np.repeat(np.arange(40), 10)


def apart_by(name: str, vectors: Numbers, pairs: Indices) -> Numbers:
    """Measure what a head looks at: (pairs, 128), or (pairs, 1) for the plain distance."""
    one, two = vectors[pairs[:, 0]], vectors[pairs[:, 1]]
    if name == "plain":
        return np.asarray(np.linalg.norm(one - two, axis=1, keepdims=True))
    if name == "weighted":
        return np.abs(one - two)
    return (one - two) ** 2 / (np.abs(one) + np.abs(two) + TINY)


def fit_heads(vectors: Numbers, people: Indices) -> Head:
    """Train the logistic units on pairs of people that the embedder never learned from.

    People it did learn from will not do: it has drawn their photos together, further than those of
    any other people.
    """
    drawn = [draw_pairs(people, seed) for seed in range(8)]
    pairs = np.concatenate([each[0] for each in drawn])
    same = torch.from_numpy(np.concatenate([each[1] for each in drawn])).double()
    heads = {}
    for name in ("weighted", "chi_square", "plain"):
        apart = torch.from_numpy(apart_by(name, vectors, pairs))
        weight, bias = _fit(apart, same)
        heads[f"{name}_weight"], heads[f"{name}_bias"] = weight, bias
    return heads


def _fit(apart: torch.Tensor, same: torch.Tensor) -> tuple[NDArray[np.float32], ...]:
    """Logistic regression; weights are drawn to their mean, as in the plain distance."""
    deviation = apart.std(0).mean()
    weight = torch.zeros(apart.shape[1], dtype=torch.double, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        logits = (apart / deviation) @ weight + bias
        spread = (weight - weight.mean()).square().sum()
        loss = F.binary_cross_entropy_with_logits(logits, same) + DRAWN * spread
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(step)  # type: ignore[no-untyped-call]
    scaled = (weight / deviation).detach().numpy().astype(np.float32)
    return scaled, bias.detach().numpy().astype(np.float32)


def probability(head: Head, name: str, vectors: Numbers, pairs: Indices) -> Numbers:
    """Let a head say how likely each pair is one person: (pairs,) in 0..1."""
    logits = apart_by(name, vectors, pairs) @ head[f"{name}_weight"].astype(float)
    chance: Numbers = 1 / (1 + np.exp(-(logits + float(head[f"{name}_bias"][0]))))
    return chance


def plane(vectors: Numbers, people: Indices) -> Numbers:
    """Find the plane in which people lie furthest apart, for their spread: (128, 2)."""
    means = np.stack([vectors[people == each].mean(0) for each in np.unique(people)])
    within = vectors - means[np.searchsorted(np.unique(people), people)]
    spread = within.T @ within / len(within)
    spread += 0.1 * np.trace(spread) / len(spread) * np.eye(len(spread))
    between = (means - means.mean(0)).T @ (means - means.mean(0)) / len(means)
    _, directions = eigh(between, spread)  # from the weakest to the strongest
    axes, _ = np.linalg.qr(directions[:, :-3:-1])
    return np.asarray(axes)
