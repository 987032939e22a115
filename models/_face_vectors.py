"""Vectors as a visitor may send them, checked before anyone calculates."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face_files import volunteers

__all__ = ["MOST_NUMBERS", "Vector", "as_rows", "as_vector", "check_lengths", "given_or_volunteers"]

MOST_NUMBERS = 4096
LEAST_LENGTH, LARGEST = 1e-6, 1e6

Vector = NDArray[np.float64]


def as_vector(values: ArrayLike) -> Vector:
    """Read a vector.

    Raises:
        InputError: ``vector_bad``.
    """
    try:
        vector = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("vector_bad", most=MOST_NUMBERS) from error
    good = vector.ndim == 1 and vector.dtype.kind in "iuf" and 0 < len(vector) <= MOST_NUMBERS
    if not good or not np.isfinite(vector).all() or np.abs(vector).max() > LARGEST:
        raise InputError("vector_bad", most=MOST_NUMBERS)
    numbers = vector.astype(np.float64)
    if np.linalg.norm(numbers) < LEAST_LENGTH:
        raise InputError("vector_bad", most=MOST_NUMBERS)
    return numbers


def as_rows(values: ArrayLike, least: int, most: int) -> NDArray[np.float64]:
    """Read several vectors of one length.

    Raises:
        InputError: ``vectors_many`` or ``vector_bad``.
    """
    try:
        rows = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("vectors_many", least=least, most=most) from error
    if rows.ndim != 2 or not least <= len(rows) <= most:
        raise InputError("vectors_many", least=least, most=most)
    return np.stack([as_vector(row) for row in rows])


def check_lengths(*vectors: Vector) -> tuple[Vector, ...]:
    """Refuse vectors of different lengths.

    Raises:
        InputError: ``vectors_differ``.
    """
    for other in vectors[1:]:
        if len(other) != len(vectors[0]):
            raise InputError("vectors_differ", first=len(vectors[0]), second=len(other))
    return vectors


def given_or_volunteers(*values: ArrayLike | None) -> tuple[Vector, ...]:
    """Read vectors; for those that are not given take anchor, positive and negative in turn."""
    if all(each is not None for each in values):
        return tuple(as_vector(each) for each in values if each is not None)
    known = volunteers()
    person = known.people == known.people[0]
    rows = [*np.flatnonzero(person)[:2], np.flatnonzero(~person)[0]]
    return tuple(
        known.vectors[rows[place]].astype(np.float64) if each is None else as_vector(each)
        for place, each in enumerate(values)
    )
