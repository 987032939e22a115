"""What a face in a photo is, to all stages that follow: a box, a score and five landmarks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._images import Pixels, as_pixels

__all__ = ["LARGEST_PHOTO", "MOST_FACES", "Face", "checked_faces", "photo_pixels"]

MOST_FACES = 200  # in one photo
LARGEST_PHOTO = 12_000_000  # pixels
FARTHEST = 1e5  # pixels from the photo's corner


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a photo. Left and right are those of the picture.

    Raises:
        InputError: ``face_box`` or ``face_landmarks``.
    """

    box: NDArray[np.float32]  # (4,) left, top, right, bottom in pixels; may reach over the edge
    score: float  # how sure the finder is, 0..1
    landmarks: NDArray[np.float32]  # (5, 2) x, y of left eye, right eye, nose, mouth corners

    def __post_init__(self) -> None:
        """Refuse what cannot be a face."""
        box, points = self.box, self.landmarks
        if not _is_place(box, (4,)) or box[2] <= box[0] or box[3] <= box[1]:
            raise InputError("face_box")
        if not _is_place(points, (5, 2)) or np.ptp(points, axis=0).max() < 1e-3:
            raise InputError("face_landmarks")

    @property
    def width(self) -> float:
        """Of the box, in pixels."""
        return float(self.box[2] - self.box[0])

    @property
    def height(self) -> float:
        """Of the box, in pixels."""
        return float(self.box[3] - self.box[1])


def _is_place(values: object, shape: tuple[int, ...]) -> bool:
    if (
        not isinstance(values, np.ndarray)
        or values.shape != shape
        or values.dtype.kind not in "iuf"
    ):
        return False
    return bool(np.isfinite(values).all() and np.abs(values).max() <= FARTHEST)


def checked_faces(faces: object) -> tuple[Face, ...]:
    """Take one face or several.

    Raises:
        InputError: ``face_box`` for something else, ``faces_too_many``.
    """
    several = (faces,) if isinstance(faces, Face) else faces
    if not isinstance(several, list | tuple) or not all(isinstance(each, Face) for each in several):
        raise InputError("face_box")
    if len(several) > MOST_FACES:
        raise InputError("faces_too_many", count=len(several), limit=MOST_FACES)
    return tuple(several)


def photo_pixels(photo: Pixels) -> Pixels:
    """Check a photo: uint8 (height, width) or (height, width, 3), of at most 12 megapixels.

    Raises:
        InputError: ``photo_shape`` or ``photo_too_many_pixels``.
    """
    pixels = as_pixels(photo)
    count = pixels.shape[0] * pixels.shape[1]
    if count > LARGEST_PHOTO:
        limit = LARGEST_PHOTO // 10**6
        raise InputError("photo_too_many_pixels", megapixels=round(count / 1e6, 1), limit=limit)
    return pixels
