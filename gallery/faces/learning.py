"""How the describer is learned: triplets, a film of the training, and two binary heads."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.faces.case import Case
from gallery.faces.deciding import draw_heads
from gallery.faces.gathering import draw_film
from gallery.faces.volunteers import choose_face_of, choose_photo, face_name, row_of, say_of_whom
from gallery.takeaway import TakeAway, snippet
from models import face_recognition as faces
from models._face_map import between_all
from models._face_triplets import KINDS, SAME, Mined, mine, tally

__all__ = ["draw_learning"]

LESSONS = ("triplet", "film", "heads")
BY_HAND = "by_hand"


@dataclass(frozen=True, eq=False)
class Triplet:
    """Three faces of the set, and how all others stand to the first of them."""

    known: faces.Volunteers
    anchor: int
    positive: int
    negative: int
    margin: float
    mined: Mined

    @property
    def squares(self) -> tuple[float, float]:
        """Squared distance of the anchor to the positive and to the negative."""
        near, far = self.mined.distances[[self.positive, self.negative]] ** 2
        return float(near), float(far)


def draw_learning(case: Case) -> TakeAway:
    """One of three lessons."""
    lesson = controls.choice(case.knobs.lesson, LESSONS)
    if lesson == "film":
        return draw_film(case)
    return draw_heads(case) if lesson == "heads" else _draw_triplet(case)


def _draw_triplet(case: Case) -> TakeAway:
    """Choose three faces; see the loss in numbers and what the others would cost."""
    words = case.words
    known = faces.volunteers()
    say_of_whom(case, known)
    triplet = _choose(case, known)
    _draw_loss(case, triplet)
    drawn = _line(case, triplet)
    show.drawing(drawn)
    _draw_tally(case, triplet)
    trio = known.vectors[[triplet.anchor, triplet.positive, triplet.negative]]
    names = [words.anchor, words.positive, words.negative]
    with st.expander(words.trio_title, icon=":material/barcode:"):
        show.drawing(
            figures.named_grid(
                trio, names, [str(n + 1) for n in range(trio.shape[1])], "", words.trio_alt,
                x=words.number, value=words.amount, signed=True, form=".3f",
            )
        )  # fmt: skip
    margin = triplet.margin
    return TakeAway(
        "triplet",
        snippet(
            faces.triplet_loss,
            *(row_of(name, place) for name, place in zip(
                ("anchor", "positive", "negative"),
                (triplet.anchor, triplet.positive, triplet.negative), strict=True)),
            margin=margin,
        ),
        table=drawn.table,
        data={"margin": margin, "squared_distances": triplet.squares, "faces": trio},
        spec=faces.DESCRIBERS[0],
    )  # fmt: skip


def _choose(case: Case, known: faces.Volunteers) -> Triplet:
    words, knobs = case.words, case.knobs
    one, two, three = st.columns(3)
    with one:
        anchor = choose_face_of(case, known, knobs.anchor_person, knobs.anchor_photo)
    same = np.flatnonzero(known.people == known.people[anchor])
    with two:
        positive = choose_photo(case, knobs.positive_photo, same[same != anchor], same)
        margin = controls.number(knobs.margin, faces.triplet_loss)
    mined = mine(between_all(known.vectors), known.people, anchor, positive, margin)
    with three:
        chosen = controls.choice(knobs.negative, (*KINDS, BY_HAND), "semi_hard", listed=True)
        if chosen == BY_HAND:
            negative = choose_face_of(
                case, known, knobs.negative_person, knobs.negative_photo, known.people[anchor]
            )
        else:
            kind = next(each for each in KINDS if each == chosen)
            found = mined.of_kind(kind)
            negative = int(found[0] if len(found) else _nearest(mined))
            if not len(found):
                st.caption(words.none_of_kind(kind=knobs.negative.option(kind)))
            st.caption(words.negative_is(face=face_name(case, known, negative)))
    return Triplet(known, anchor, positive, negative, margin, mined)


def _nearest(mined: Mined) -> int:
    """The nearest face of somebody else."""
    return int(np.where(mined.kinds == SAME, np.inf, mined.distances).argmin())


def _draw_loss(case: Case, triplet: Triplet) -> None:
    """The formula with the numbers put in, and what they mean."""
    near, far = triplet.squares
    loss = max(0.0, near - far + triplet.margin)
    st.latex(
        r"\begin{aligned}L&=\max(0,\ \lVert A-P\rVert^2-\lVert A-N\rVert^2+\alpha)\\"
        rf"&=\max(0,\ {near:.3f}-{far:.3f}+{triplet.margin:.2f})\\"
        rf"&=\mathbf{{{loss:.3f}}}\end{{aligned}}"
    )
    kind = KINDS[int(triplet.mined.kinds[triplet.negative])]
    st.markdown(case.words[f"means_{kind}"])


def _line(case: Case, triplet: Triplet) -> figures.Drawing:
    """Everybody by distance to the anchor."""
    words, known, mined = case.words, triplet.known, triplet.mined
    own = np.flatnonzero(mined.kinds == SAME)
    places = {"positive": own[own != triplet.anchor]}
    places |= {kind: mined.of_kind(kind) for kind in KINDS}
    return figures.triplet_line(
        {key: mined.distances[those] for key, those in places.items()},
        {key: [face_name(case, known, int(one)) for one in those] for key, those in places.items()},
        {key: words[f"named_{key}"](count=len(those)) for key, those in places.items()},
        {
            words.positive: float(mined.distances[triplet.positive]),
            words.negative: float(mined.distances[triplet.negative]),
        },
        float(np.sqrt(triplet.squares[0] + triplet.margin)),
        words.line_title(face=face_name(case, known, triplet.anchor)),
        words.line_alt,
        x=words.to_anchor,
        face=words.which_face,
        kind=words.kind,
    )


def _draw_tally(case: Case, triplet: Triplet) -> None:
    """All triplets of the set at this margin."""
    words = case.words
    found = tally(between_all(triplet.known.vectors), triplet.known.people, triplet.margin)
    counts = (found.hard, found.semi_hard, found.easy)
    show.drawing(
        figures.bars(
            [case.knobs.negative.option(kind) for kind in KINDS],
            [count / found.total for count in counts],
            words.tally_title(count=f"{found.total:,}"),
            words.tally_alt,
            x=words.tally_share,
            name=words.kind,
            form=".1%",
        )
    )
    st.caption(words.tally_loss(loss=found.mean_loss, hard=f"{found.hard:,}"))
