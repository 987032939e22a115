"""A gallery of people: one vector a face is enough to know somebody again (one shot).

Nothing is trained when a person is enrolled, and nothing is left when one is deleted. A gallery is
never changed: each act makes a new one.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._face_files import volunteers
from models._face_names import DESCRIBERS
from models._face_vectors import as_vector
from models._ranges import checked

__all__ = [
    "LONGEST_NAME",
    "MOST_ENTRIES",
    "NUMBERS",
    "FaceGallery",
    "clean_name",
    "delete",
    "enrol",
    "or_volunteers",
    "rename",
]

MOST_ENTRIES = 500
LONGEST_NAME = 60  # characters
NUMBERS = 128  # of a vector, of both networks
SHOWN = 12  # volunteers in the gallery that is taken where none is given


@dataclass(frozen=True, eq=False)
class FaceGallery:
    """People by name; a name may have several entries.

    Raises:
        InputError: ``gallery_model``, ``gallery_rows``, ``gallery_pairs``, ``gallery_vectors``,
            ``name_empty`` or ``name_too_long``.
    """

    model: str  # name of the describing network
    names: tuple[str, ...]  # of each entry
    vectors: NDArray[np.float32]  # (entries, numbers) of length one

    def __post_init__(self) -> None:
        """Refuse what cannot be compared with faces."""
        if self.model not in [spec.name for spec in DESCRIBERS]:
            wanted = " / ".join(spec.name for spec in DESCRIBERS)
            raise InputError("gallery_model", found=str(self.model)[:40], wanted=wanted)
        if not isinstance(self.names, tuple) or not isinstance(self.vectors, np.ndarray):
            raise InputError("gallery_not_ours")
        if len(self.names) > MOST_ENTRIES:
            raise InputError("gallery_rows", count=len(self.names), limit=MOST_ENTRIES)
        if len(self.names) != len(self.vectors):
            count = len(self.vectors)
            raise InputError("gallery_pairs", names=len(self.names), vectors=count)
        for name in self.names:
            if clean_name(name) != name:
                raise InputError("name_empty")
        _check_vectors(self.vectors)

    @classmethod
    def empty(cls, model: str = "tiny_face_embedder") -> "FaceGallery":
        """A gallery in which nobody is enrolled yet."""
        return cls(model, (), np.zeros((0, NUMBERS), np.float32))


@checked
def enrol(
    gallery: FaceGallery | None = None, name: str = "1", vector: ArrayLike | None = None
) -> FaceGallery:
    """Add a face to a gallery.

    Args:
        gallery: The gallery; None: an empty one.
        name: Whose face it is, at most 60 characters.
        vector: Of that face, as ``describe`` gives it; None: of a volunteer.

    Returns:
        A new gallery, with the face at its end.

    Raises:
        InputError: ``gallery_full``, ``name_empty``, ``name_too_long``, ``vector_bad``,
            ``gallery_vectors``.
    """
    known = FaceGallery.empty() if gallery is None else gallery
    if len(known.names) >= MOST_ENTRIES:
        raise InputError("gallery_full", limit=MOST_ENTRIES)
    row = as_vector(volunteers().vectors[0] if vector is None else vector).astype(np.float32)
    if len(row) != NUMBERS:
        raise InputError("vectors_differ", first=len(row), second=NUMBERS)
    row /= np.linalg.norm(row)
    names = (*known.names, clean_name(name))
    return FaceGallery(known.model, names, np.concatenate([known.vectors, row[None]]))


@checked
def rename(gallery: FaceGallery | None = None, number: int = 0, name: str = "1") -> FaceGallery:
    """Give an entry another name.

    Args:
        gallery: The gallery; None: of some volunteers.
        number: Of the entry, from 0.
        name: At most 60 characters.

    Returns:
        A new gallery.

    Raises:
        InputError: ``gallery_entry``, ``name_empty``, ``name_too_long``.
    """
    known = or_volunteers(gallery)
    _check_entry(known, number)
    names = list(known.names)
    names[number] = clean_name(name)
    return FaceGallery(known.model, tuple(names), known.vectors)


@checked
def delete(gallery: FaceGallery | None = None, number: int = 0) -> FaceGallery:
    """Take an entry out.

    Args:
        gallery: The gallery; None: of some volunteers.
        number: Of the entry, from 0.

    Returns:
        A new gallery; of the entry nothing is kept.

    Raises:
        InputError: ``gallery_entry``.
    """
    known = or_volunteers(gallery)
    _check_entry(known, number)
    names = known.names[:number] + known.names[number + 1 :]
    return FaceGallery(known.model, names, np.delete(known.vectors, number, 0))


def clean_name(name: object) -> str:
    """Take out of a name what cannot be seen.

    Raises:
        InputError: ``name_empty``, ``name_too_long``.
    """
    if not isinstance(name, str) or len(name) > 20 * LONGEST_NAME:
        raise InputError(
            "name_too_long" if isinstance(name, str) else "name_empty", most=LONGEST_NAME
        )
    normal = unicodedata.normalize("NFC", name)
    seen = [each if unicodedata.category(each)[0] != "C" else " " for each in normal]
    clean = " ".join("".join(seen).split())
    if not clean:
        raise InputError("name_empty")
    if len(clean) > LONGEST_NAME:
        raise InputError("name_too_long", most=LONGEST_NAME)
    return clean


def or_volunteers(gallery: FaceGallery | None) -> FaceGallery:
    """The gallery that is given, or one of some volunteers, who are named by number."""
    if gallery is not None:
        return gallery
    known = volunteers()
    people, first = np.unique(known.people, return_index=True)
    names = tuple(str(person) for person in people[:SHOWN])
    return FaceGallery(DESCRIBERS[0].name, names, known.vectors[first[:SHOWN]])


def _check_vectors(vectors: NDArray[np.float32]) -> None:
    if vectors.ndim != 2 or vectors.shape[1] != NUMBERS or vectors.dtype.kind != "f":
        raise InputError("gallery_vectors", length=NUMBERS, number=0)
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    bad = np.flatnonzero(~(np.abs(lengths - 1) < 1e-2))
    if len(bad):
        raise InputError("gallery_vectors", length=NUMBERS, number=int(bad[0]))


def _check_entry(gallery: FaceGallery, number: object) -> None:
    last = len(gallery.names) - 1
    if last < 0:
        raise InputError("gallery_empty")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= last:
        raise InputError("gallery_entry", value=str(number)[:40], last=last)
