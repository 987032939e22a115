"""Hide a face, and see how much has to go before a network no longer knows it.

Blurring spreads every pixel over its neighbours with a bell curve; pixelating keeps one mean colour
for each block. Both leave what is coarse, and that is more than it seems: R. McPherson, R. Shokri
and V. Shmatikov, *Defeating image obfuscation with deep learning*, 2016,
https://arxiv.org/abs/1609.00408, recognised faces of 8 x 8 blocks by training on such pictures.
Only what is painted over is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._face import Face, checked_faces, photo_pixels
from models._face_align import align
from models._face_describe import describe, describe_crops
from models._face_find import chosen, find
from models._face_measured import threshold_of
from models._face_names import DescriberName, FinderName
from models._face_vectors import as_vector, check_lengths
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["Hiding", "Method", "hide", "hide_steps"]

Method = Literal["blur", "pixelate", "paint"]
PAINT = 128  # grey level
LARGEST_BLUR = 8.0  # standard deviation in pixels, beyond which a face is made smaller first
MOST_STEPS = 24
STRONGEST = 0.5


@dataclass(frozen=True, eq=False)
class Hiding:
    """A face, hidden more and more."""

    strengths: NDArray[np.float64]  # (steps,) shares of the face's width, from 0 on
    distances: NDArray[np.float64]  # (steps,) Euclidean, to the vector it is compared with
    found: NDArray[np.bool_]  # (steps,) whether the finder still sees a face there
    crops: tuple[Pixels, ...]  # (112, 112) or (112, 112, 3), as the describing network sees each
    threshold: float  # largest distance that passes as one person
    breaks_at: float | None  # first strength from which on it is never recognised; None: none


@checked
def hide(
    photo: Pixels,
    faces: Sequence[Face] | None = None,
    method: Method = "blur",
    strength: Annotated[float, Range(0, STRONGEST, 0.01)] = 0.15,
    margin: Annotated[float, Range(0, 0.5, 0.05)] = 0.1,
) -> Pixels:
    """Hide the faces of a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        faces: Which; None: all that the embedded network finds.
        method: ``blur``, ``pixelate``, or ``paint`` over in grey.
        strength: In shares of the width of each face: standard deviation of the blur, side of a
            block. At 0 nothing is changed; ``paint`` has no strength but that.
        margin: By how much more than its box is hidden, in shares of its sides.

    Returns:
        A copy of the photo.

    Raises:
        InputError: ``photo_too_many_pixels``, ``faces_too_many``, ``face_box``.
    """
    pixels = photo_pixels(photo)
    known = find(pixels) if faces is None else checked_faces(faces)
    hidden = pixels.copy()
    for face in known:
        if strength > 0:
            _hide_one(hidden, face, method, strength, margin)
    return hidden


@checked
def hide_steps(
    photo: Pixels,
    face: Face | None = None,
    method: Method = "blur",
    steps: Annotated[int, Range(2, MOST_STEPS)] = 12,
    model: FinderName = "tiny_face_finder",
    describer: DescriberName = "tiny_face_embedder",
    reference: ArrayLike | None = None,
) -> Hiding:
    """Hide a face more and more and ask each time whether it is still recognised.

    The landmarks stay those of the clear photo: who wants to recognise a hidden face can set them
    by hand. Compared with the same photo, a face is recognised longest; compare with another one.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        face: Which; None: the largest.
        method: As for ``hide``.
        steps: How many strengths, from 0 to 0.5 of the face's width.
        model: Name of one of ``FINDERS``.
        describer: Name of one of ``DESCRIBERS``.
        reference: Vector to compare with, of another photo; None: that of the clear face.

    Returns:
        Distance and crop at each strength.

    Raises:
        InputError: ``face_none``, ``vector_bad``, ``vectors_differ``.
    """
    pixels = photo_pixels(photo)
    subject = chosen(pixels, face)
    clear = describe(pixels, subject, describer).astype(np.float64)
    wanted = clear if reference is None else as_vector(reference)
    check_lengths(clear, wanted)
    strengths = np.linspace(0, STRONGEST, steps)
    photos = [hide(pixels, [subject], method, float(each)) for each in strengths]
    crops = [align(each, subject, describer) for each in photos]
    distances = np.linalg.norm(describe_crops(crops, describer) - wanted, axis=1)
    found = np.array([_is_seen(find(each, model), subject) for each in photos])
    limit = threshold_of(describer)
    known = np.flatnonzero(distances <= limit)
    first = int(known[-1]) + 1 if len(known) else 0
    breaks = float(strengths[first]) if first < steps else None
    return Hiding(strengths, distances, found, tuple(crops), limit, breaks)


def _hide_one(hidden: Pixels, face: Face, method: Method, strength: float, margin: float) -> None:
    """Change the pixels of a face in place."""
    height, width = hidden.shape[:2]
    box = face.box.astype(np.float64)
    extra = margin * (box[2:] - box[:2])
    low = np.clip(np.floor(box[:2] - extra), 0, [width, height]).astype(int)
    high = np.clip(np.ceil(box[2:] + extra), 0, [width, height]).astype(int)
    part = hidden[low[1] : high[1], low[0] : high[0]]
    if part.size == 0:
        return
    if method == "paint":
        part[...] = PAINT
    elif method == "pixelate":
        part[...] = _pixelated(part, max(1, round(strength * face.width)))
    else:
        part[...] = _blurred(part, strength * face.width)


def _pixelated(part: Pixels, side: int) -> Pixels:
    """Give every block of side x side pixels its mean colour; the last ones may be smaller."""
    height, width = part.shape[:2]
    down, across = np.arange(0, height, side), np.arange(0, width, side)
    sums = np.add.reduceat(np.add.reduceat(part.astype(np.float64), down, 0), across, 1)
    tall, wide = np.diff([*down, height]), np.diff([*across, width])
    areas = np.outer(tall, wide).reshape(len(tall), len(wide), *(1,) * (part.ndim - 2))
    means = (sums / areas).round().astype(np.uint8)
    return np.asarray(means.repeat(tall, 0).repeat(wide, 1))


def _blurred(part: Pixels, sigma: float) -> Pixels:
    """Blur with a Gaussian; a strong one on a smaller copy, where it is the same and costs less."""
    shrink = max(1, int(sigma / LARGEST_BLUR))
    height, width = part.shape[:2]
    small = part
    if shrink > 1:
        size = (max(1, width // shrink), max(1, height // shrink))
        small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    soft = cv2.GaussianBlur(small, (0, 0), sigma / shrink, borderType=cv2.BORDER_REPLICATE)
    if shrink > 1:
        soft = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft, np.uint8)


def _is_seen(found: Sequence[Face], face: Face) -> bool:
    """Whether one of the faces found covers half of this one."""
    return any(_overlap(each.box, face.box) >= 0.5 for each in found)


def _overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    shared = float(np.prod(np.maximum(sides, 0)))
    areas = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / (areas - shared)
