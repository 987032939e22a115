"""What a visitor made in this session: kept with it, gone with it, never in an address."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import streamlit as st
from PIL import Image

from gallery import figures
from gallery.components.webp import webp_bytes
from gallery.styles.case import Case, Names
from models._images import Pixels

__all__ = ["MOST", "Result", "draw_strip", "keep", "results"]

MOST = 12  # results that a session keeps
SIDE = 512  # pixels of the longer side of what is kept
FACES = 6  # results that a strip shows
STORE = "_made-styles"


@dataclass(frozen=True, eq=False)
class Result:
    """One picture that was made, and how."""

    section: str
    names: Names  # of the styles, or of the picture
    query: dict[str, str]  # sets its controls again
    photo: bytes  # digest of the photo it was made of
    pixels: Pixels  # (height, width, 3)

    def title(self, case: Case) -> str:
        """What it is called."""
        section = case.page.frame.worded.sections[self.section].title
        return f"{section}: {self.names[case.page.language]}"


def keep(case: Case, section: str, names: Names, pixels: Pixels) -> None:
    """Keep a result; the same settings on the same photo are one result, the newest first."""
    query = {key: raw for key, raw in st.query_params.to_dict().items() if key != "lang"}
    small = Image.fromarray(pixels)
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    made = Result(section, names, query, case.photo.digest, np.asarray(small))
    others = [
        each
        for each in _all()
        if (each.section, each.query, each.photo) != (section, query, case.photo.digest)
    ]
    st.session_state[STORE] = [made, *others][:MOST]


def results(case: Case) -> list[Result]:
    """What was made of this photo, the newest first."""
    return [each for each in _all() if each.photo == case.photo.digest]


def draw_strip(case: Case) -> None:
    """The newest results as small pictures."""
    shown = results(case)[:FACES]
    if len(shown) < 2:
        return
    st.caption(case.words.history(count=len(results(case))))
    with st.container(horizontal=True, gap="small"):
        for each in shown:
            face = webp_bytes(figures.face(each.pixels, 96))
            st.image(face, alt=each.title(case), width=72)


def _all() -> list[Result]:
    return cast("list[Result]", st.session_state.get(STORE, []))
