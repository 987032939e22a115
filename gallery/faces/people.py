"""The people a visitor has enrolled: names and vectors, in this session's memory and nowhere else.

Nothing here is drawn; ``enrolling`` draws it. Vectors of two networks cannot be compared, so each
network has a list of its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery.faces.case import FACES
from models._errors import InputError
from models._face_gallery import MOST_ENTRIES, clean_name
from models._images import Pixels

__all__ = ["People", "Person", "Vector", "enrolled", "plain"]

KEPT = f"{FACES}people"
ALIKE = 1e-3  # distance of a vector to itself after it was written to a file
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|$:~<>&])")
Vector = NDArray[np.float32]


@dataclass(eq=False)
class Person:
    """One face somebody was enrolled by."""

    number: int  # never given again in this session
    name: str  # as the visitor wrote it; empty: the sample's own
    vector: Vector  # (numbers,) of length one
    picture: Pixels | None = None  # the aligned face, None where only the vector came
    sample: str = ""  # key of the sample it was taken from


@dataclass(eq=False)
class People:
    """Everybody enrolled for one network."""

    present: list[Person] = field(default_factory=list)
    count: int = 0  # of everybody ever enrolled

    def add(
        self, name: str, vector: Vector, picture: Pixels | None = None, sample: str = ""
    ) -> None:
        """Enrol one more face; only a sample needs no name.

        Raises:
            InputError: There is no name, it is too long, or there is no room.
        """
        name = name if sample and not name else clean_name(name)
        self._make_room(1)
        self.count += 1
        self.present.append(Person(self.count, name, vector, picture, sample))

    def rename(self, number: int, name: str) -> None:
        """Give somebody another name.

        Raises:
            InputError: It is empty or too long; nothing was changed.
        """
        clean = clean_name(name)
        for person in self.present:
            if person.number == number:
                person.name = clean

    def remove(self, number: int) -> None:
        """Forget one of them."""
        self.present = [person for person in self.present if person.number != number]

    def clear(self) -> None:
        """Forget all of them."""
        self.present = []

    def take_in(self, names: Iterable[str], vectors: Iterable[Vector]) -> int:
        """Add those of a file that are not there yet; how many came.

        Raises:
            InputError: There is no room for all of them; nobody was added.
        """
        pairs = zip(names, vectors, strict=True)
        new = [pair for pair in pairs if not self._is_there(*pair)]
        self._make_room(len(new))
        for name, vector in new:
            self.add(name, vector)
        return len(new)

    def _is_there(self, name: str, vector: Vector) -> bool:
        return any(
            person.name in {name, ""} and float(np.linalg.norm(person.vector - vector)) < ALIKE
            for person in self.present
        )

    def _make_room(self, count: int) -> None:
        if len(self.present) + count > MOST_ENTRIES:
            raise InputError("gallery_full", limit=MOST_ENTRIES)


def enrolled(describer: str, begin: Callable[[People], None]) -> People:
    """The people of this session for a network; the first time with those that ``begin`` adds."""
    kept: dict[str, People] = st.session_state.setdefault(KEPT, {})
    if describer not in kept:
        people = People()
        begin(people)
        kept[describer] = people
    return kept[describer]


def plain(name: str) -> str:
    """A name written so that Markdown leaves it alone."""
    return MARKDOWN.sub(r"\\\1", name)
