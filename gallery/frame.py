"""The page that is being drawn: what controls, sections and buttons need to know of it."""

from dataclasses import dataclass
from typing import cast

import streamlit as st

from gallery.demos import Control, Demo, DemoWords, Language, Text, Words
from gallery.words import SharedWords, shared

__all__ = ["Frame", "current", "enter"]

KEY = "_frame"


@dataclass(frozen=True)
class Frame:
    """One page in one language."""

    demo: Demo
    language: Language

    @property
    def worded(self) -> DemoWords:
        """Everything the page says."""
        return self.demo.worded(self.language)

    @property
    def words(self) -> Words[Text]:
        """The page's own sentences: ``page.words.rim`` or ``page.words.cells(count=9)``."""
        return self.worded.words

    @property
    def controls(self) -> Words[Control]:
        """The words of the page's controls: ``page.controls.kernel``."""
        return self.worded.controls

    @property
    def shared(self) -> SharedWords:
        """The words of all pages."""
        return shared(self.language)


def enter(frame: Frame) -> None:
    """Say which page this session draws now; reruns of its fragments read it."""
    st.session_state[KEY] = frame


def current() -> Frame:
    """The page this session draws now."""
    return cast("Frame", st.session_state[KEY])
