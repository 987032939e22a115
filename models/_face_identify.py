"""Name a face, or all faces of a photo: one to many.

A new face is compared with every entry of a gallery; the nearest one names it, unless even that is
farther than the threshold: then it is nobody who is known. With N people there are N chances to be
taken for somebody else, so a threshold that is good for one pair is not good enough for a crowd.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face import Face, photo_pixels
from models._face_align import align
from models._face_describe import Threshold, describe_crops
from models._face_files import volunteers
from models._face_find import Score, Side, find
from models._face_gallery import FaceGallery, or_volunteers
from models._face_map import FaceMap, Tree, between_all, flatten, grow_tree
from models._face_measured import threshold_of
from models._face_names import FinderName
from models._face_vectors import as_vector, check_lengths
from models._images import Pixels
from models._ranges import checked

__all__ = ["Identification", "Overview", "Recognised", "identify", "overview", "recognise"]


@dataclass(frozen=True, eq=False)
class Identification:
    """Who a face is taken for."""

    name: str | None  # None: nobody who is known
    number: int  # of the nearest entry
    distance: float  # Euclidean, to it
    threshold: float  # largest distance that passes as one person
    distances: NDArray[np.float64]  # (entries,)
    order: NDArray[np.intp]  # (entries,) from the nearest to the farthest


@dataclass(frozen=True, eq=False)
class Recognised:
    """A face in a photo, and who it is taken for."""

    face: Face
    vector: NDArray[np.float32]  # (numbers,) of length one
    identification: Identification


@dataclass(frozen=True, eq=False)
class Overview:
    """All faces of a gallery at once."""

    names: tuple[str, ...]
    distances: NDArray[np.float64]  # (entries, entries) Euclidean
    tree: Tree  # who belongs together
    map: FaceMap  # in two dimensions


@checked
def identify(
    vector: ArrayLike | None = None,
    gallery: FaceGallery | None = None,
    threshold: Threshold = None,
) -> Identification:
    """Say who a face is.

    Args:
        vector: Of the face, from the network of the gallery; None: of a volunteer.
        gallery: Who is known; None: some volunteers, by number.
        threshold: Largest distance that passes as one person; None: ``threshold_of`` the network.

    Returns:
        The name of the nearest entry, or nobody if it is farther than the threshold.

    Raises:
        InputError: ``gallery_empty``, ``vector_bad``, ``vectors_differ``.
    """
    known = or_volunteers(gallery)
    if not known.names:
        raise InputError("gallery_empty")
    row = as_vector(volunteers().vectors[1] if vector is None else vector)
    rows = known.vectors.astype(np.float64)
    check_lengths(row, rows[0])
    apart = np.linalg.norm(rows - row, axis=1)
    order = np.argsort(apart, kind="stable")
    nearest = int(order[0])
    limit = threshold_of(known.model) if threshold is None else threshold
    name = known.names[nearest] if apart[nearest] <= limit else None
    return Identification(name, nearest, float(apart[nearest]), limit, apart, order)


@checked
def recognise(
    photo: Pixels,
    gallery: FaceGallery | None = None,
    model: FinderName = "tiny_face_finder",
    threshold: Threshold = None,
    aligned: bool = True,
    score: Score = None,
    side: Side = None,
) -> tuple[Recognised, ...]:
    """Name all faces of a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        gallery: Who is known; None: some volunteers, by number.
        model: Name of one of ``FINDERS``.
        threshold: As for ``identify``.
        aligned: Off: each face's box is scaled as it is, without a turn.
        score: Least score of a face, 0..1; None: the network's own.
        side: Longer side to which a larger photo is scaled first, as for ``find``.

    Returns:
        Each face that was found, from the largest to the smallest; none is an answer, too.

    Raises:
        InputError: ``gallery_empty``, ``photo_too_many_pixels``.
    """
    known = or_volunteers(gallery)
    if not known.names:
        raise InputError("gallery_empty")
    pixels = photo_pixels(photo)
    faces = find(pixels, model, score, side=side)
    crops = [align(pixels, face, known.model, aligned) for face in faces]
    vectors = describe_crops(crops, known.model)
    return tuple(
        Recognised(face, vector, identify(vector, known, threshold))
        for face, vector in zip(faces, vectors, strict=True)
    )


@checked
def overview(gallery: FaceGallery | None = None) -> Overview:
    """Compare every face of a gallery with every other.

    Args:
        gallery: The gallery; None: of some volunteers.

    Returns:
        All distances, a tree of who belongs together, and a map in two dimensions.

    Raises:
        InputError: ``gallery_empty``.
    """
    known = or_volunteers(gallery)
    if not known.names:
        raise InputError("gallery_empty")
    distances = between_all(known.vectors)
    return Overview(known.names, distances, grow_tree(distances), flatten(known.vectors))
