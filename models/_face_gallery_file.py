"""A gallery as a file to take away and bring back: vectors and names as JSON, and no picture.

    {"format": "deep-learning-gallery/faces/1", "model": "tiny_face_embedder",
     "faces": [{"name": "Ada", "vector": [0.0871, ...]}, ...]}

A vector is no photo, but it finds a person again in every other photo: such a file deserves the
care of a photo.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from models._errors import InputError
from models._face_gallery import MOST_ENTRIES, NUMBERS, FaceGallery, or_volunteers
from models._face_names import DescriberName
from models._ranges import checked

__all__ = ["FORMAT", "LARGEST_FILE", "read_gallery", "write_gallery"]

FORMAT = "deep-learning-gallery/faces/1"
LARGEST_FILE = 2**20  # bytes
DIGITS = 5  # after the point; a distance moves by less than 0.0001


@checked
def write_gallery(gallery: FaceGallery | None = None) -> str:
    """Write a gallery down.

    Args:
        gallery: The gallery; None: of some volunteers.

    Returns:
        JSON.
    """
    known = or_volunteers(gallery)
    rows = known.vectors.astype(np.float64).round(DIGITS).tolist()
    faces = [{"name": name, "vector": row} for name, row in zip(known.names, rows, strict=True)]
    content = {"format": FORMAT, "model": known.model, "faces": faces}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


@checked
def read_gallery(
    data: bytes | str | Mapping[str, Any] | None = None, model: DescriberName | None = None
) -> FaceGallery:
    """Read a gallery that was written down.

    Args:
        data: The file, its text, or what that says; None: a gallery of some volunteers.
        model: The network that its vectors have to be from; None: either.

    Returns:
        The gallery, its vectors at length one again.

    Raises:
        InputError: ``gallery_too_large``, ``gallery_cut``, ``gallery_not_ours``, ``gallery_rows``,
            ``gallery_vectors``, ``gallery_model``, ``name_empty``, ``name_too_long``.
    """
    if data is None:
        return or_volunteers(None)
    said = data if isinstance(data, Mapping) else _parsed(data)
    if said.get("format") != FORMAT or not isinstance(said.get("faces"), list):
        raise InputError("gallery_not_ours")
    found = str(said.get("model"))[:40]
    if model is not None and found != model:
        raise InputError("gallery_model", found=found, wanted=model)
    faces = said["faces"]
    if len(faces) > MOST_ENTRIES:
        raise InputError("gallery_rows", count=len(faces), limit=MOST_ENTRIES)
    if not all(isinstance(each, Mapping) and {"name", "vector"} == set(each) for each in faces):
        raise InputError("gallery_not_ours")
    rows = [_row(each["vector"], number) for number, each in enumerate(faces)]
    vectors = np.array(rows, np.float64).reshape(-1, NUMBERS)
    return FaceGallery(found, tuple(each["name"] for each in faces), vectors.astype(np.float32))


def _parsed(data: object) -> Mapping[str, Any]:
    if not isinstance(data, bytes | str) or not data:
        raise InputError("gallery_not_ours")
    if len(data) > LARGEST_FILE:
        kilobytes, limit = round(len(data) / 1024), LARGEST_FILE // 1024
        raise InputError("gallery_too_large", kilobytes=kilobytes, limit=limit)
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        said = json.loads(text)
    except UnicodeDecodeError as error:
        raise InputError("gallery_not_ours") from error
    except (ValueError, RecursionError) as error:
        code = "gallery_cut" if FORMAT in text[:200] else "gallery_not_ours"
        raise InputError(code) from error
    if not isinstance(said, Mapping):
        raise InputError("gallery_not_ours")
    return said


def _row(vector: object, number: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A vector of the right length, at length one."""
    wrong = InputError("gallery_vectors", length=NUMBERS, number=number)
    if not isinstance(vector, list) or len(vector) != NUMBERS:
        raise wrong
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in vector):
        raise wrong
    try:
        row = np.array(vector, np.float64)
    except OverflowError as error:
        raise wrong from error
    length = np.linalg.norm(row)
    if not abs(length - 1) < 1e-2:  # NaN is not, either
        raise wrong
    return np.asarray(row / length)
