"""Turn a face upright: the landmarks of every face are brought to the same five places.

A similarity, y = s R x + t (one scale, one turn, one shift), keeps the face's shape. Of all of
them the one is taken for which the five landmarks miss the template least:

    min over s, R, t of sum over k of |s R x_k + t - y_k|^2

Its answer is closed: with both sets of points centred and their covariance taken apart,
cov(y, x) = U D V^T, the turn is R = U S V^T, where S = diag(1, det(U) det(V)) keeps it from being a
mirror image, and s = trace(D S) / var(x). Source: S. Umeyama, *Least-squares estimation of
transformation parameters between two point patterns*, 1991, https://doi.org/10.1109/34.88573.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face import Face, photo_pixels
from models._face_find import chosen
from models._face_names import DescriberName
from models._images import Pixels, to_colour, to_grey
from models._ranges import checked
from models.networks import tiny_face_embedder
from models.networks.opencv_faces import SFACE, SFACE_TEMPLATE

__all__ = ["SIDE", "TEMPLATE", "Alignment", "align", "alignment", "fit_similarity"]

SIDE = 112  # pixels
TEMPLATE = np.array(tiny_face_embedder.TEMPLATE, np.float32)  # (5, 2) of the embedded network
TEMPLATES = {
    tiny_face_embedder.SPEC.name: TEMPLATE,
    SFACE.name: np.array(SFACE_TEMPLATE, np.float32),
}


@dataclass(frozen=True, eq=False)
class Alignment:
    """How a face is brought to the template, in numbers."""

    matrix: NDArray[np.float32]  # (2, 3) from pixels of the photo to pixels of the crop
    scale: float  # pixels of the crop for one of the photo
    turn: float  # degrees, clockwise
    shift: tuple[float, float]  # pixels of the crop
    template: NDArray[np.float32]  # (5, 2) where the landmarks should come to lie
    landmarks: NDArray[np.float32]  # (5, 2) where they come to lie
    error: float  # root of the mean squared distance of the two, pixels of the crop


@checked
def alignment(
    face: Face | None = None, model: DescriberName = "tiny_face_embedder", aligned: bool = True
) -> Alignment:
    """Work out how a face is brought to the template.

    Args:
        face: The face; None: one that stands twice as large, turned by 15 degrees.
        model: The describing network, each has a template of its own.
        aligned: Off: the face's box is scaled as it is, without a turn.

    Returns:
        The transformation and where it brings the landmarks.
    """
    template = TEMPLATES[model]
    subject = face or _example(template)
    matrix = fit_similarity(subject.landmarks, template) if aligned else _of_box(subject)
    moved = subject.landmarks @ matrix[:, :2].T + matrix[:, 2]
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return Alignment(
        matrix=matrix.astype(np.float32),
        scale=scale,
        turn=float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))),
        shift=(float(matrix[0, 2]), float(matrix[1, 2])),
        template=template,
        landmarks=moved.astype(np.float32),
        error=float(np.sqrt(((moved - template) ** 2).sum(1).mean())),
    )


@checked
def align(
    photo: Pixels,
    face: Face | None = None,
    model: DescriberName = "tiny_face_embedder",
    aligned: bool = True,
) -> Pixels:
    """Cut a face out of a photo, upright and 112 x 112 pixels large.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        face: One of its faces; None: the largest that the embedded network finds.
        model: The describing network that the crop is meant for.
        aligned: Off: the face's box is scaled as it is, without a turn.

    Returns:
        uint8 (112, 112) for the embedded network, which sees no colour; (112, 112, 3) for the
        other. Black where the photo ends.

    Raises:
        InputError: ``face_none``, ``photo_too_many_pixels``.
    """
    pixels = photo_pixels(photo)
    found = alignment(chosen(pixels, face), model, aligned)
    crop = _cut(pixels, found.matrix)
    if model == SFACE.name:
        return to_colour(crop)
    return crop if crop.ndim == 2 else to_grey(crop).round().astype(np.uint8)


def fit_similarity(points: ArrayLike, onto: ArrayLike) -> NDArray[np.float64]:
    """Find the similarity that brings points nearest to others.

    Args:
        points: (N, 2), not all in one place.
        onto: (N, 2) where they should come to lie.

    Returns:
        (2, 3): s R and t side by side.

    Raises:
        InputError: ``face_landmarks``.
    """
    start, goal = np.asarray(points, np.float64), np.asarray(onto, np.float64)
    start_mean, goal_mean = start.mean(0), goal.mean(0)
    centred, wanted = start - start_mean, goal - goal_mean
    spread = (centred**2).sum()
    if not spread > 0:
        raise InputError("face_landmarks")
    left, strengths, right = np.linalg.svd(wanted.T @ centred)
    mirror = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    turn = (left * mirror) @ right
    scale = (strengths * mirror).sum() / spread
    linear = scale * turn
    return np.column_stack([linear, goal_mean - linear @ start_mean])


def _of_box(face: Face) -> NDArray[np.float64]:
    """Scale the square around a box to the crop."""
    left, top, right, bottom = face.box.astype(np.float64)
    scale = SIDE / max(right - left, bottom - top)
    across, down = SIDE / 2 - scale * (left + right) / 2, SIDE / 2 - scale * (top + bottom) / 2
    return np.array([[scale, 0, across], [0, scale, down]])


def _cut(pixels: Pixels, matrix: NDArray[np.float32]) -> Pixels:
    """Sample the crop; a large face is averaged first, or its fine detail would turn to noise."""
    part, corner = _part_seen(pixels, matrix)
    if 0 in part.shape:
        return np.zeros((SIDE, SIDE, *pixels.shape[2:]), np.uint8)
    linear = matrix.astype(np.float64)
    linear[:, 2] += linear[:, :2] @ corner
    shrink = max(1, int(0.5 / max(float(np.hypot(matrix[0, 0], matrix[1, 0])), 1e-6)))
    if shrink > 1:
        height, width = part.shape[:2]
        size = (max(1, width // shrink), max(1, height // shrink))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
        across, down = width / size[0], height / size[1]  # pixels in one of the small picture
        inside = [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]]
        linear = linear @ np.array(inside)
    return np.asarray(cv2.warpAffine(part, linear, (SIDE, SIDE)), np.uint8)


def _part_seen(pixels: Pixels, matrix: NDArray[np.float32]) -> tuple[Pixels, NDArray[np.int64]]:
    """Take the part of a photo that a crop shows, and its corner (x, y)."""
    corners = np.array([[-2, -2], [SIDE + 2, -2], [-2, SIDE + 2], [SIDE + 2, SIDE + 2]])
    spots = np.linalg.solve(matrix[:, :2].astype(np.float64), (corners - matrix[:, 2]).T)
    size = np.array(pixels.shape[1::-1])
    low = np.clip(np.floor(spots.min(1)), 0, size).astype(np.int64)
    high = np.clip(np.ceil(spots.max(1)) + 1, 0, size).astype(np.int64)
    return pixels[low[1] : high[1], low[0] : high[0]], low


def _example(template: NDArray[np.float32]) -> Face:
    turn = np.radians(15.0)
    spin = 2 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = (template @ spin.T + [160, 40]).astype(np.float32)
    box = np.concatenate([points.min(0) - 40, points.max(0) + 40]).astype(np.float32)
    return Face(box, 1.0, points)
