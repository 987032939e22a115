"""All stages between a photo and an answer, with what each of them takes."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._face import Face, photo_pixels
from models._face_align import align
from models._face_describe import Comparison, Threshold, compare, describe_crops
from models._face_find import Score, Side, find
from models._face_names import DescriberName, FinderName
from models._images import Pixels
from models._ranges import checked

__all__ = ["Pipeline", "Verification", "pipeline", "verify"]

Times = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Pipeline:
    """What became of a photo, stage by stage."""

    faces: tuple[Face, ...]  # from the largest to the smallest
    crops: tuple[Pixels, ...]  # (112, 112) or (112, 112, 3) each
    vectors: NDArray[np.float32]  # (faces, 128) of length one
    milliseconds: Times  # find, align, describe: of the whole photo, networks loaded before


@dataclass(frozen=True, eq=False)
class Verification:
    """Whether two photos show one person."""

    faces: tuple[Face, Face]  # the largest of each photo
    crops: tuple[Pixels, Pixels]
    vectors: NDArray[np.float32]  # (2, 128) of length one
    comparison: Comparison
    milliseconds: Times  # find, align, describe, compare: of both photos


@checked
def pipeline(
    photo: Pixels,
    model: FinderName = "tiny_face_finder",
    describer: DescriberName = "tiny_face_embedder",
    aligned: bool = True,
    score: Score = None,
    side: Side = None,
) -> Pipeline:
    """Find, align and describe all faces of a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        model: Name of one of ``FINDERS``.
        describer: Name of one of ``DESCRIBERS``.
        aligned: Off: each face's box is scaled as it is, without a turn.
        score: Least score of a face, 0..1; None: the network's own.
        side: Longer side to which a larger photo is scaled first, as for ``find``.

    Returns:
        Everything between the photo and the vectors; no face is an answer, too.

    Raises:
        InputError: ``photo_shape``, ``photo_too_many_pixels``.
    """
    pixels = photo_pixels(photo)
    spent: dict[str, float] = {}
    with _stage(spent, "find"):
        faces = find(pixels, model, score, side=side)
    with _stage(spent, "align"):
        crops = tuple(align(pixels, face, describer, aligned) for face in faces)
    with _stage(spent, "describe"):
        vectors = describe_crops(crops, describer)
    return Pipeline(faces, crops, vectors, spent)


@checked
def verify(
    photo: Pixels,
    other: Pixels,
    model: FinderName = "tiny_face_finder",
    describer: DescriberName = "tiny_face_embedder",
    aligned: bool = True,
    threshold: Threshold = None,
) -> Verification:
    """Decide whether two photos show one person: the largest face of each.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        other: The other photo.
        model: Name of one of ``FINDERS``.
        describer: Name of one of ``DESCRIBERS``.
        aligned: Off: each face's box is scaled as it is, without a turn.
        threshold: Largest distance that passes as one person; None: ``threshold_of`` the network.

    Returns:
        The distance and the verdict, and what led there.

    Raises:
        InputError: ``face_none``.
    """
    pictures = (photo_pixels(photo), photo_pixels(other))
    spent: dict[str, float] = {}
    with _stage(spent, "find"):
        first, second = (_largest(picture, model) for picture in pictures)
    with _stage(spent, "align"):
        one, two = (
            align(picture, face, describer, aligned)
            for picture, face in zip(pictures, (first, second), strict=True)
        )
    with _stage(spent, "describe"):
        vectors = describe_crops((one, two), describer)
    with _stage(spent, "compare"):
        comparison = compare(vectors[0], vectors[1], describer, threshold)
    return Verification((first, second), (one, two), vectors, comparison, spent)


def _largest(picture: Pixels, model: FinderName) -> Face:
    found = find(picture, model)
    if not found:
        raise InputError("face_none")
    return found[0]


@contextmanager
def _stage(spent: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    spent[name] = (time.perf_counter() - start) * 1e3
