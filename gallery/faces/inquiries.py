"""What the page asks of its model in one go, so that ``answer`` can keep it."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from gallery.faces.pictures import close_up
from models import face_recognition as faces
from models._face_describe import describe_crops
from models._face_find import score_of
from models._face_hide import Method
from models._face_names import spec_of
from models._images import Pixels
from models._load import load
from models.face_recognition import Face

__all__ = [
    "Described",
    "Looked",
    "Veiled",
    "alike",
    "described",
    "least_score",
    "looked",
    "veiled",
]

SIDE = 320  # pixels of a face as it is shown
SURER = 0.6  # least score where small faces are looked for: there are more places to be wrong at
STILL = 0.3  # overlap from which a found box is still that of the face


@dataclass(frozen=True, eq=False)
class Looked:
    """The faces of a photo, and how long it took to find them."""

    faces: tuple[Face, ...]
    milliseconds: float


@dataclass(frozen=True, eq=False)
class Described:
    """One face as a network saw it and wrote it down, and how long that took."""

    crop: Pixels  # (112, 112) or (112, 112, 3)
    how: faces.Alignment
    vector: NDArray[np.float32]  # of length one
    aligning: float  # milliseconds
    describing: float  # milliseconds


@dataclass(frozen=True, eq=False)
class Veiled:
    """One face hidden in several strengths."""

    pictures: list[Pixels]  # (SIDE, SIDE, 3) each
    vectors: NDArray[np.float32]  # (strengths, numbers) with the landmarks of the clear photo
    found: list[bool]  # whether the finder still finds it


def _seen_by(photo: Pixels, finder: str, side: int | None) -> tuple[Face, ...]:
    """Find the faces of a photo whose longer side has so many pixels, or as many as is usual."""
    return faces.find(photo, finder, least_score(finder, side), side=side)


def least_score(finder: str, side: int | None) -> float:
    """From which score on something is taken for a face: closer looks have to be surer."""
    usual = score_of(finder)
    return usual if side is None else max(SURER, usual)


def looked(photo: Pixels, finder: str, side: int | None = None) -> Looked:
    """Find the faces of a photo."""
    load(spec_of(finder))  # opening its file is no part of finding
    start = perf_counter()
    found = _seen_by(photo, finder, side)
    return Looked(found, (perf_counter() - start) * 1000)


def described(
    photo: Pixels,
    place: int,
    finder: str,
    side: int | None,
    model: str,
    aligned: bool = True,
) -> Described:
    """Align and describe one of the faces that a finder finds, by its place."""
    face = _seen_by(photo, finder, side)[place]
    load(spec_of(model))
    start = perf_counter()
    crop = faces.align(photo, face, model=model, aligned=aligned)
    between = perf_counter()
    vector = describe_crops([crop], model)[0]
    end = perf_counter()
    how = faces.alignment(face, model=model, aligned=aligned)
    return Described(crop, how, vector, (between - start) * 1000, (end - between) * 1000)


def veiled(
    photo: Pixels,
    place: int,
    finder: str,
    side: int | None,
    model: str,
    method: Method,
    strengths: tuple[float, ...],
) -> Veiled:
    """Hide a face more and more, and describe it each time where it was in the clear photo."""
    face = _seen_by(photo, finder, side)[place]
    hidden = _hidden(photo, face, method, strengths)
    return Veiled(
        [close_up(each, face.box, SIDE) for each in hidden],
        _vectors(hidden, face, model),
        [_is_found(each, face, finder, side) for each in hidden],
    )


def alike(
    photo: Pixels,
    place: int,
    finder: str,
    side: int | None,
    model: str,
    method: Method,
    strengths: tuple[float, ...],
) -> NDArray[np.float32]:
    """Only the vectors of ``veiled``: (strengths, numbers)."""
    face = _seen_by(photo, finder, side)[place]
    return _vectors(_hidden(photo, face, method, strengths), face, model)


def _hidden(
    photo: Pixels, face: Face, method: Method, strengths: tuple[float, ...]
) -> list[Pixels]:
    return [faces.hide(photo, [face], method=method, strength=each) for each in strengths]


def _vectors(hidden: list[Pixels], face: Face, model: str) -> NDArray[np.float32]:
    return describe_crops([faces.align(each, face, model=model) for each in hidden], model)


def _is_found(photo: Pixels, face: Face, finder: str, side: int | None) -> bool:
    found = _seen_by(photo, finder, side)
    return any(_overlap(each.box, face.box) >= STILL for each in found)


def _overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Area that two boxes share, as a share of what they cover together."""
    inside = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    both = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inside
    return float(inside / max(both, 1e-9))
