"""What a network learns from three faces: an anchor, another of that person, and somebody else.

With anchor a, positive p and negative n, the triplet loss of F. Schroff, D. Kalenichenko and
J. Philbin, *FaceNet*, 2015, https://arxiv.org/abs/1503.03832, is

    L = max(0, |a - p|^2 - |a - n|^2 + m)

Nothing is learned from a negative that is farther than the positive by more than the margin m: it
is easy. A hard one is nearer than the positive; between the two it is semi-hard.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face_files import volunteers
from models._face_map import between_all
from models._face_triplets import KINDS, Tally, mine, tally
from models._face_vectors import as_rows, check_lengths, given_or_volunteers
from models._ranges import Range, checked

__all__ = ["Negatives", "Triplet", "negatives", "triplet_loss"]

Margin = Annotated[float, Range(0, 2, 0.05)]
MOST_FACES = 400


@dataclass(frozen=True)
class Triplet:
    """The loss of three faces, in numbers."""

    loss: float
    positive: float  # |a - p|^2, or |a - p|
    negative: float  # |a - n|^2, or |a - n|
    margin: float
    kind: str  # of the negative: hard, semi_hard or easy


@dataclass(frozen=True, eq=False)
class Negatives:
    """The other people of a set, seen from an anchor and a positive."""

    distances: NDArray[np.float64]  # (faces,) |a - x|
    losses: NDArray[np.float64]  # (faces,) with that face as the negative; NaN for the same person
    kinds: tuple[str, ...]  # (faces,) hard, semi_hard, easy; same for the anchor's person
    tally: Tally  # of all triplets of the set


@checked
def triplet_loss(
    anchor: ArrayLike | None = None,
    positive: ArrayLike | None = None,
    negative: ArrayLike | None = None,
    margin: Margin = 0.2,
    squared: bool = True,
) -> Triplet:
    """Work out the loss of a triplet.

    Args:
        anchor: Vector of a face; None: of a volunteer.
        positive: Of another photo of that person; None: of the volunteer.
        negative: Of somebody else; None: of another volunteer.
        margin: By how much the negative has to be farther.
        squared: Distances are squared, as in FaceNet. Off: as in torch's ``TripletMarginLoss``.

    Returns:
        The loss and what it is made of.

    Raises:
        InputError: ``vector_bad`` or ``vectors_differ``.
    """
    a, p, n = check_lengths(*given_or_volunteers(anchor, positive, negative))
    power = 2 if squared else 1
    near, far = (float(np.linalg.norm(a - other) ** power) for other in (p, n))
    kind = "hard" if far < near else "semi_hard" if far < near + margin else "easy"
    return Triplet(max(0.0, near - far + margin), near, far, margin, kind)


@checked
def negatives(
    vectors: ArrayLike | None = None,
    people: ArrayLike | None = None,
    anchor: int = 0,
    positive: int = 1,
    margin: Margin = 0.2,
) -> Negatives:
    """Sort the negatives of a set by what they would teach; distances are squared for that.

    Args:
        vectors: (faces, numbers), 2 to 400; None: of volunteers.
        people: (faces,) number of each face's person; None: of the volunteers.
        anchor: Number of a face.
        positive: Number of another face of that person.
        margin: By how much a negative has to be farther.

    Returns:
        Kind and loss of each, and the count of all triplets of the set by kind.

    Raises:
        InputError: ``vectors_many``, ``vector_bad``, ``people_shape``, ``triplet_roles``.
    """
    if vectors is None:
        known = volunteers()
        vectors, people = known.vectors[:MOST_FACES], known.people[:MOST_FACES]
    rows = as_rows(vectors, 2, MOST_FACES)
    numbers = _people(people, len(rows))
    _check_roles(numbers, anchor, positive)
    distances = between_all(rows)
    mined = mine(distances, numbers, anchor, positive, margin)
    kinds = tuple("same" if kind < 0 else KINDS[kind] for kind in mined.kinds)
    return Negatives(mined.distances, mined.losses, kinds, tally(distances, numbers, margin))


def _people(people: ArrayLike | None, count: int) -> NDArray[np.int64]:
    try:
        numbers = np.asarray(people)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("people_shape", count=count) from error
    if numbers.shape != (count,) or numbers.dtype.kind not in "iu":
        raise InputError("people_shape", count=count)
    return numbers.astype(np.int64)


def _check_roles(people: NDArray[np.int64], *roles: Any) -> None:
    inside = all(type(each) is int and 0 <= each < len(people) for each in roles)
    if not inside or roles[0] == roles[1] or people[roles[0]] != people[roles[1]]:
        raise InputError("triplet_roles", count=len(people))
