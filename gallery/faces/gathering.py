"""A film of the training: faces of a person drawing together, people drawing apart."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import figures
from gallery.answers import answer
from gallery.components.reel import Chart, Curve, Track, draw_reel
from gallery.faces.case import Case
from gallery.takeaway import TakeAway, snippet
from models import face_recognition as faces

__all__ = ["draw_film"]

SHOWN = 7  # people with a colour of their own
PAUSE = 350  # milliseconds a picture


def draw_film(case: Case) -> TakeAway:
    """The same faces at several moments of the training."""
    words = case.words
    found = faces.film()
    shown = [int(person) for person in np.unique(found.people)[:SHOWN]]
    theme = "dark" if st.context.theme.type == "dark" else "light"
    frames = answer(figures.gathering, found.points, found.people, shown, theme=theme)
    ticks = [words.rounds_line(rounds=f"{rounds:.3g}") for rounds in found.moments]
    captions = [
        words.film_caption(same=same, different=different)
        for same, different in zip(found.same, found.different, strict=True)
    ]
    along = np.arange(len(ticks), dtype=float)
    table: dict[str, Any] = {
        words.rounds: [round(float(rounds), 3) for rounds in found.moments],
        words.mean_same: found.same.round(3).tolist(),
        words.mean_different: found.different.round(3).tolist(),
    }
    draw_reel(
        "moment", words.film_label, [Track("", words.film_alt(people=SHOWN), frames, captions)],
        ticks,
        chart=Chart(
            [
                Curve(words.mean_same, along, found.same),
                Curve(words.mean_different, along, found.different),
            ],
            along, words.rounds, words.how_far, [f"{rounds:.3g}" for rounds in found.moments], True,
        ),
        table=table, begin=len(frames) - 1, pause=PAUSE, most=460,
    )  # fmt: skip
    st.caption(words.film_note(count=len(found.people), people=len(np.unique(found.people))))
    return TakeAway(
        "training_of_the_describer",
        snippet(faces.film),
        picture=frames[-1],
        table=table,
        spec=faces.DESCRIBERS[0],
    )
