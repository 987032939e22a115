"""Who is enrolled for the chosen networks, and the words to speak of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gallery.answers import answer
from gallery.faces.case import Case, Finder
from gallery.faces.inquiries import looked
from gallery.faces.people import People, Person, Vector
from gallery.photo import Photo
from models import face_recognition as faces
from models._spec import ModelSpec

__all__ = ["Register", "draw_again"]


@dataclass(frozen=True, eq=False)
class Register:
    """The people of a session, as the chosen networks know them."""

    case: Case
    finder: Finder
    describer: ModelSpec
    people: People

    def name_of(self, person: Person) -> str:
        """What somebody is called in the visitor's language."""
        return person.name or str(self.case.words[f"name_{person.sample}"])

    @property
    def names(self) -> list[str]:
        """What everybody is called."""
        return [self.name_of(person) for person in self.people.present]

    @property
    def book(self) -> faces.FaceGallery:
        """Names and vectors."""
        model = self.describer.name
        if not self.people.present:
            return faces.FaceGallery.empty(model)
        vectors = np.array([person.vector for person in self.people.present], np.float32)
        return faces.FaceGallery(model, tuple(self.names), vectors)

    def find(self, photo: Photo) -> Sequence[faces.Face]:
        """The faces of a photo, large to small."""
        return answer(looked, photo, *self.finder.asked).faces

    def describe(self, photo: Photo, face: faces.Face) -> Vector:
        """What the describer makes of a face."""
        return answer(faces.describe, photo, face, self.describer.name)


def draw_again() -> None:
    """Draw the section anew, now that something has changed."""
    in_section = getattr(get_script_run_ctx(), "fragment_ids_this_run", None)
    st.rerun(scope="fragment" if in_section else "app")
