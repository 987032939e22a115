"""A comparison that is learned, too: two heads that answer "same" or "different".

Instead of one distance, a Siamese network can end in a logistic unit. Of two vectors f and g it is
given, for each number k, how far they differ, and learns what that counts:

    P(same) = 1 / (1 + exp(-(sum over k of w_k u_k + b)))

    weighted      u_k = |f_k - g_k|
    chi_square    u_k = (f_k - g_k)^2 / (|f_k| + |g_k|)
    plain         u   = |f - g|, the Euclidean distance: one weight for all

Y. Taigman et al., *DeepFace*, 2014, section 4, where no number is negative, so that the sum needs
no absolute values.
"""

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face_files import read_numbers
from models._face_vectors import check_lengths, given_or_volunteers
from models._ranges import checked

__all__ = ["HEAD_NAMES", "Head", "HeadName", "HeadScore", "head_score", "heads", "terms_of"]

HeadName = Literal["weighted", "chi_square", "plain"]
HEAD_NAMES: tuple[HeadName, ...] = ("weighted", "chi_square", "plain")
LEAST = 1e-6  # added below the fraction bar


@dataclass(frozen=True, eq=False)
class Head:
    """A logistic unit that was trained on pairs of the training people."""

    weights: NDArray[np.float32]  # (numbers,), of ``plain`` (1,)
    bias: float


@dataclass(frozen=True, eq=False)
class HeadScore:
    """What a head says of two vectors."""

    probability: float  # that both are of one person, 0..1
    differences: NDArray[np.float64]  # (numbers,) u
    parts: NDArray[np.float64]  # (numbers,) w u, what each number adds
    bias: float
    total: float  # sum of the parts and the bias


@functools.cache
def heads() -> dict[str, Head]:
    """Read the trained heads.

    Returns:
        Name -> weights and bias.

    Raises:
        WeightsMissing: They are not there.
        WeightsCorrupt: The file is not what the card says.
    """
    found = read_numbers("heads.features")
    return {
        name: Head(found[f"{name}_weight"].astype(np.float32), float(found[f"{name}_bias"].item()))
        for name in HEAD_NAMES
    }


@checked
def head_score(
    a: ArrayLike | None = None, b: ArrayLike | None = None, head: HeadName = "weighted"
) -> HeadScore:
    """Ask a head whether two vectors are of one person.

    Args:
        a: Vector of a face, of the embedded network; None: of a volunteer.
        b: Another; None: of another photo of that volunteer.
        head: ``weighted``, ``chi_square`` or ``plain``.

    Returns:
        The probability, with what each number adds to it.

    Raises:
        InputError: ``vector_bad`` or ``vectors_differ``.
    """
    first, second = check_lengths(*given_or_volunteers(a, b))
    known = heads()[head]
    differences = terms_of(first, second, head)
    if len(differences) != len(known.weights):
        raise InputError("vectors_differ", first=len(first), second=len(known.weights))
    parts = differences * known.weights.astype(np.float64)
    total = float(parts.sum() + known.bias)
    probability = float(1 / (1 + np.exp(-np.clip(total, -700, 700))))
    return HeadScore(probability, differences, parts, known.bias, total)


def terms_of(
    first: NDArray[np.float64], second: NDArray[np.float64], head: HeadName
) -> NDArray[np.float64]:
    """What a head is given: u of vectors (..., numbers)."""
    apart = np.abs(first - second)
    if head == "weighted":
        return np.asarray(apart)
    if head == "chi_square":
        return np.asarray(apart**2 / (np.abs(first) + np.abs(second) + LEAST))
    return np.asarray(np.linalg.norm(apart, axis=-1, keepdims=True))
