"""The discriminator speaks: of samples, sorted, and of what the visitor draws or brings."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.drawing import ask_drawing
from gallery.components.tiles import choose_tile
from gallery.figures import minus
from gallery.photo import Photo
from gallery.sampling.case import Case
from gallery.sampling.pictures import enlarged, in_colour
from gallery.sampling.sketches import SIDE, opening_drawing, written
from gallery.takeaway import TakeAway, snippet
from gallery.words import note_sentence
from models import gan_sampling as gan
from models._gan_judge import score_parts
from models._images import Pixels
from models._spec import read_card

__all__ = ["draw_scores", "draw_yours"]

JUDGED = 40  # samples that are sorted
CLASS = 4  # whose samples are sorted first
SAMPLES = ("coins", "page", "flower", "cat", "coffee", "temple", "rocket")


def draw_scores(case: Case) -> TakeAway:
    """Samples of a class by their score, and one of them as a member of every class."""
    words = case.words
    left, right = st.columns(2)
    with left:
        class_ = case.choose_class(case.knobs.label, CLASS)
    with right:
        truncation = controls.number(case.knobs.truncation, gan.sample)
    seeds = tuple(range(JUDGED))
    settings = {"model": case.model, "seeds": seeds, "label": class_, "truncation": truncation}
    found = answer(gan.sample, **settings)
    judged = answer(gan.judge, found.images, case.model, class_)
    order = judged.order.tolist()
    ends = {"highest": judged.scores.max(), "lowest": judged.scores.min()}
    st.markdown(minus(words.sorted_line(**ends)))
    tiles = in_colour(found.images[judged.order])
    captions = [minus(f"{judged.scores[place]:z.2f}") for place in order]
    opened = choose_tile("opened", words.score, tiles, captions, order, 64)
    with show.cards(words.judged_title(seed=seeds[opened])):
        _draw_opinion(case, found.images[opened], judged, opened, words.this_one)
    return TakeAway(
        f"{case.model}_scores",
        snippet(gan.sample, **settings).replace(
            "print(answer)", f"print(gan_sampling.judge(answer.images, {case.model!r}, {class_}))"
        ),
        picture=enlarged(figures.sheet(tiles, 10, 2), 1120),
        table={
            words.seed: [seeds[place] for place in order],
            words.score: [round(float(judged.scores[place]), 3) for place in order],
            words.seen: [case.names[judged.answers[place]] for place in order],
            words.probability: [round(float(judged.confidences[place]), 3) for place in order],
        },
        spec=case.spec,
    )


def draw_yours(case: Case) -> TakeAway:
    """The visitor's drawing and photo, judged."""
    words = case.words
    brought: dict[str, Pixels | Photo] = {}
    if case.is_grey:
        with show.cards(words.drawing_title):
            brought[words.drawing_title] = _draw_drawing(case)
    else:
        st.info(words.no_pad, icon=":material/info:")
    with show.cards(words.photo_title):
        photo = controls.photo(sample="coins" if case.is_grey else "flower", offered=SAMPLES)
        judged = answer(gan.judge, photo, case.model)
        _draw_seen(case, photo, judged, words.your_photo)
        brought[words.photo_title] = photo
    shown = [in_colour(answer(gan.judge, one, case.model).shown)[0] for one in brought.values()]
    scores = {name: answer(gan.judge_labels, one, case.model) for name, one in brought.items()}
    return TakeAway(
        f"{case.model}_yours",
        snippet(gan.judge, written(list(brought.values()), case.model), model=case.model),
        picture=enlarged(figures.sheet(shown, len(shown), 2), 224 * len(shown)),
        table={words.class_: case.names}
        | {f"{words.score}, {name}": each.round(3).tolist() for name, each in scores.items()},
        spec=case.spec,
    )


def _draw_drawing(case: Case) -> Pixels:
    """The square to draw on, and the judgement; a drawing of ours where nothing is drawn yet."""
    words = case.words
    pad, said = st.columns([2, 3])
    with pad:
        own = ask_drawing(case.model, SIDE, words, opening_drawing(case.model, SIDE))
    picture = opening_drawing(case.model, SIDE) if own is None else own
    judged = answer(gan.judge, picture, case.model)
    with said:
        _draw_shown(case, judged)
    _draw_opinion(case, picture, judged, 0, words.your_drawing)
    return picture


def _draw_seen(case: Case, picture: Photo, judged: gan.Judgement, name: str) -> None:
    _draw_shown(case, judged)
    _draw_opinion(case, picture, judged, 0, name)


def _draw_shown(case: Case, judged: gan.Judgement) -> None:
    """What the networks were shown, what was done to get there, and what they say."""
    words = case.words
    side = judged.shown.shape[1]
    left, right = st.columns([1, 2])
    with left:
        show.picture(
            enlarged(in_colour(judged.shown)[0]), words.shown(side=side), words.shown_alt(side=side)
        )
    with right:
        said = words.verdict_line(
            score=judged.scores[0],
            class_=case.names[judged.labels[0]],
            confidence=judged.confidences[0],
            above=judged.above_generated[0],
        )
        st.markdown(minus(said))
        for note in judged.notes[0]:
            st.caption(note_sentence(note, case.page.language))


def _draw_opinion(
    case: Case, picture: Pixels | Photo, judged: gan.Judgement, place: int, name: str
) -> None:
    """The score beside those of real and generated pictures, and as a member of every class."""
    words = case.words
    usual = answer(gan.yardstick, case.model)
    groups = {words.real: usual.real.tolist(), words.generated: usual.generated.tolist()}
    scores: NDArray[np.float32] = answer(gan.judge_labels, picture, case.model)
    left, right = st.columns(2)
    with left:
        drawn = figures.strips(
            {group: values for group, values in groups.items() if values},
            words.yardstick_title,
            words.yardstick_alt,
            x=words.score,
            name=words.pictures,
            marks={name: float(judged.scores[place])},
        )
        show.drawing(drawn, key=f"yardstick-{name}")
        if not groups[words.real]:
            st.caption(minus(words.no_real(**read_card(case.spec.name)["scores"])))
    with right:
        drawn = figures.bars(
            case.names,
            scores.tolist(),
            words.as_class_title,
            words.as_class_alt,
            x=words.score,
            name=words.class_,
            form=".2f",
            highlight=[int(judged.labels[place])],
        )
        show.drawing(drawn, key=f"as-class-{name}")
    parts, label = answer(score_parts, picture, case.model), int(judged.labels[place])
    said = words.parts_line(
        class_=case.names[label],
        plain=parts.plain,
        matched=parts.of_class[label],
        score=scores[label],
    )
    st.markdown(minus(said))
