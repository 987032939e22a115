"""What the sections about faces share: consent, the photos, the networks, and forgetting it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gallery import address, controls
from gallery.answers import answer
from gallery.case import PageCase
from gallery.components.tiles import choose_tile
from gallery.demos import Control
from gallery.faces.inquiries import least_score, looked
from gallery.faces.pictures import close_up
from gallery.page import Page
from gallery.photo import Photo
from models import face_recognition as faces
from models._spec import ModelSpec
from models.face_recognition import Face, Remark

__all__ = [
    "FACES",
    "PARTS",
    "REFERENCES",
    "SAMPLES",
    "Case",
    "Choice",
    "Finder",
    "forget_everything",
    "open_case",
]

FACES = "_faces-"  # how the names of what the sections keep of a visitor's faces begin
FORGOTTEN = (FACES, "_made-", "_watch-", "_own_photo", "_answers")
SAMPLES = ("astronaut", "astronaut_again", "hopper", "hopper_again", "both_faces")
REFERENCES = ("astronaut", "hopper")  # public figures in clear photos
PARTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
SIDES = ("usual", "640", "1024")  # pixels of a photo's longer side, for the finder
SAID_APART = 2  # remarks of one kind that have a sentence each
LISTED = 12  # faces that one sentence names by number
WORST = {"small": {"pixels": min}, "turned": {"degrees": max}, "cut": {"percent": max}}
TILE = 72  # pixels of a face to choose


@dataclass(frozen=True)
class Finder:
    """Who looks for faces, and how closely."""

    spec: ModelSpec
    side: int | None  # pixels of a photo's longer side; None: as many as the network is used to

    @property
    def name(self) -> str:
        """Of the network."""
        return self.spec.name

    @property
    def asked(self) -> tuple[str, int | None]:
        """What ``inquiries`` are asked with."""
        return self.spec.name, self.side

    @property
    def settings(self) -> dict[str, Any]:
        """The same as settings of ``find``."""
        if self.side is None:
            return {"model": self.name}
        return {"model": self.name, "score": least_score(*self.asked), "side": self.side}

    @property
    def written(self) -> str:
        """The same as Python."""
        return ", ".join(f"{name}={value!r}" for name, value in self.settings.items())


@dataclass(frozen=True, eq=False)
class Choice:
    """A photo, the faces found in it, and the one that is looked at."""

    photo: Photo
    faces: tuple[Face, ...]
    milliseconds: float
    place: int

    @property
    def face(self) -> Face:
        """The one that is looked at."""
        return self.faces[self.place]


@dataclass(frozen=True, eq=False)
class Case(PageCase):
    """The page on faces."""

    def take_photo(self, sample: str = SAMPLES[0], words: Control | None = None) -> Photo:
        """A photo with a face: a sample of a public figure, or the visitor's own."""
        return controls.photo(sample, SAMPLES, words)

    def take_pair(self) -> tuple[Photo, Photo]:
        """Two photos to compare; the second is the first person again, until it is changed."""
        first, second = self.take_photo(), self.take_photo(SAMPLES[1], self.knobs.second)
        if "_again" in f"{first.sample}{second.sample}":
            st.caption(self.words.relit_note)
        return first, second

    def choose_finder(self) -> Finder:
        """Which network looks for faces, and how closely."""
        spec = self.choose_network()
        side = controls.choice(self.knobs.side, SIDES)
        return Finder(spec, None if side == SIDES[0] else int(side))

    def choose_network(self) -> ModelSpec:
        """Which network looks for faces, where a closer look is not needed."""
        return _choose_model(self.knobs.model, faces.FINDERS)

    def choose_describer(self) -> ModelSpec:
        """Which network turns a face into numbers."""
        return _choose_model(self.knobs.describer, faces.DESCRIBERS)

    def choose_face(self, photo: Photo, finder: Finder, words: Control) -> Choice | None:
        """One of the faces of a photo; where there is none, that is said.

        Args:
            photo: The photo.
            finder: Who looks.
            words: What is chosen, and its name in the address.
        """
        found = answer(looked, photo, *finder.asked)
        self.remark(photo, found.faces)
        if not found.faces:
            return None
        place = 0
        if len(found.faces) > 1:
            tiles = [close_up(photo.pixels, face.box, TILE) for face in found.faces]
            names = [self.words.face_number(number=n + 1) for n in range(len(tiles))]
            place = choose_tile(words.key, words.label, tiles, names, range(len(tiles)), TILE)
        return Choice(photo, found.faces, found.milliseconds, place)

    def remark(self, photo: Photo, found: Sequence[Face]) -> None:
        """Say what stands in the way of recognising the faces of a photo."""
        alike: dict[str, list[Remark]] = {}
        for remark in faces.remarks(photo.pixels, tuple(found)):
            alike.setdefault(remark.code, []).append(remark)
        said = [line for remarks in alike.values() for line in self._worded(remarks)]
        if said:
            st.info("  \n".join(said), icon=":material/info:")

    def _worded(self, remarks: Sequence[Remark]) -> list[str]:
        """A sentence for each remark of one kind, or one for all where they are many."""
        numbers = [0 if each.face is None else each.face + 1 for each in remarks]
        text = self.words[f"remark_{remarks[0].code}"]
        if len(remarks) <= SAID_APART:
            pairs = zip(numbers, remarks, strict=True)
            return [text(face=number, **each.values) for number, each in pairs]
        ((name, worst),) = WORST[remarks[0].code].items()
        listed = self.words.comma.join(map(str, numbers[:LISTED]))
        told = {
            "count": len(remarks),
            "faces": f"{listed} …" if len(numbers) > LISTED else listed,
            name: worst(each.values[name] for each in remarks),
        }
        return [self.words[f"remark_{remarks[0].code}_several"](**told)]


def _choose_model(words: Control, offered: Sequence[ModelSpec]) -> ModelSpec:
    """One of several networks, by title."""
    specs = {spec.name: spec for spec in offered}
    titles = {spec.name: spec.title for spec in offered}
    named = Control(words.key, words.label, words.help, titles)
    return specs[controls.choice(named, tuple(specs))]


def forget_everything() -> None:
    """Let go of every photo, face, vector and name of this session, and of the files behind them.

    What the browser sent lies in the server's memory until the session ends; it goes now.
    """
    for kept in [key for key in st.session_state if str(key).startswith(FORGOTTEN)]:
        del st.session_state[kept]
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
    address.follow(st.query_params.to_dict())  # every control obeys it: photos become samples


def open_case(page: Page) -> Case:
    """Say what happens to a face before one can be brought, and offer to forget them all."""
    words = page.words
    seconds = st.get_option("server.disconnectedSessionTTL")
    with st.container(border=True, key="consent"):
        st.markdown(f":material/shield_person: **{words.consent_title}**")
        st.markdown(words.consent(seconds=seconds))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                words.forget,
                icon=":material/delete_forever:",
                key="forget-faces",
                on_click=_forget_and_say,
                args=(words.forgotten,),
            )
            st.caption(words.samples_note)
    return Case(page)


def _forget_and_say(said: str) -> None:
    forget_everything()
    st.toast(said, icon=":material/check:")
