"""Why the network answered as it did, and whether the maps that say so can be believed."""

import dataclasses
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.layer_strip import choose_layer
from gallery.insights.case import Case
from gallery.insights.inquiries import METHODS, STAGES, Verdict, judge, sanity
from gallery.takeaway import TakeAway, snippet
from models import cnn_visualization as cnn
from models._images import Pixels

__all__ = ["draw_contrast", "draw_methods", "draw_trust", "draw_why"]


def draw_why(case: Case) -> TakeAway:
    """One method, one class, one map over the photo."""
    words = case.words
    settings = _ask_why(case)
    with st.spinner(case.knobs.method.option(settings["method"])):
        found = answer(cnn.attribute, case.photo, case.model, **settings)
    _say_remark(case, found)
    square = figures.cut_square(case.photo.pixels, found.sight.box)
    before, after = st.columns([2, 3])
    with before:
        show.picture(square, words.shown, words.shown)
        st.markdown(_score(case, found))
        if found.method == "integrated_gradients" and found.baseline_score is not None:
            gap = found.score - found.baseline_score
            st.markdown(words.completeness(total=float(found.values.sum()), gap=gap))
    with after:
        drawn = figures.map_on_photo(
            square,
            found.values,
            case.knobs.method.option(found.method),
            words.why_alt(name=case.names[found.target]),
            **case.axes,
            value=words.evidence,
            signed=found.signed,
            limit=found.bright,
        )
        show.drawing(drawn)
    return TakeAway(
        f"cnn_{found.method}",
        snippet(cnn.attribute, case.photo, model=case.model, **settings),
        picture=figures.map_picture(square, found.share, signed=found.signed),
        data={"values": found.values, **settings},
        spec=case.spec,
    )


def draw_methods(case: Case) -> TakeAway:
    """All methods on one scale; each appears as soon as it is there."""
    words, target = case.words, case.choose_class(case.knobs.target)
    square = figures.cut_square(case.photo.pixels, case.said.sight.box)
    places = [place for _ in range(3) for place in st.columns(3)]
    pictures: list[Pixels] = []
    for place, method in zip(places, METHODS, strict=True):
        name = case.knobs.method.option(method)
        with place, st.spinner(name):
            found = answer(cnn.attribute, case.photo, case.model, method=method, target=target)
            picture = figures.map_picture(square, found.share, signed=True)
            pictures.append(picture)
            caption = f"{name}. {words[found.remark]}" if found.remark else name
            show.picture(picture, caption, f"{name}: {words.why_alt(name=case.names[target])}")
    show.picture(figures.coloured(figures.RAMP, signed=True), words.ramp, words.ramp)
    return TakeAway(
        "cnn_methods",
        snippet(cnn.attribute, case.photo, model=case.model, method="saliency", target=target),
        picture=figures.sheet(pictures, 3, 8),
        spec=case.spec,
    )


def draw_contrast(case: Case) -> TakeAway:
    """What speaks for one class and what for the other."""
    words, names = case.words, case.names
    settings = _ask_contrast(case)
    found = answer(cnn.contrast, case.photo, model=case.model, **settings)
    square = figures.cut_square(case.photo.pixels, found.first.sight.box)
    pair = {"first": names[found.first.target], "second": names[found.second.target]}
    drawn = figures.map_on_photo(
        square,
        found.values,
        words.contrast_title(**pair),
        words.contrast_alt(**pair),
        **case.axes,
        value=words.difference,
        signed=True,
    )
    show.drawing(drawn)
    limit = _limit(found.first, found.second)
    for place, one in zip(st.columns(2), (found.first, found.second), strict=True):
        with place:
            picture = figures.map_picture(square, one.values / limit, signed=True)
            show.picture(picture, names[one.target], words.why_alt(name=names[one.target]))
            st.markdown(_score(case, one))
            _say_remark(case, one)
    return TakeAway(
        "cnn_contrast",
        snippet(cnn.contrast, case.photo, model=case.model, **settings),
        picture=figures.map_picture(
            square, found.values / (abs(found.values).max() or 1), signed=True
        ),
        data={"values": found.values, **settings},
        spec=case.spec,
    )


def draw_trust(case: Case) -> TakeAway:
    """Both tests for one method, and on demand for all of them."""
    words, knobs = case.words, case.knobs
    left, right = st.columns(2)
    with left:
        method: cnn.Method = controls.choice(knobs.method, cnn.attribute)
    with right:
        target = case.choose_class(knobs.target)
    found = answer(cnn.attribute, case.photo, case.model, method=method, target=target)
    _say_remark(case, found)
    curves = answer(cnn.deletion_insertion, case.photo, method, case.model, target)
    percent = (100 * curves.fractions).tolist()
    drawn = _draw_curves(case, curves, percent)
    _draw_random(case, found)
    st.markdown(f"**{words.judge_title}**")
    verdicts = show.watch(
        "judge",
        (case.photo.digest, case.model, target),
        words.judging,
        lambda: judge(case.photo.pixels, case.model, target),
        len(METHODS),
        lambda done: show.table(_verdicts(case, done)),
    )
    return TakeAway(
        "cnn_trust",
        snippet(cnn.deletion_insertion, case.photo, method, model=case.model, target=target),
        table={words.pixels_percent: percent, **drawn},
        data=[dataclasses.asdict(one) for one in verdicts],
        spec=case.spec,
    )


def _ask_why(case: Case) -> dict[str, Any]:
    knobs = case.knobs
    left, right = st.columns(2)
    with left:
        method: cnn.Method = controls.choice(knobs.method, cnn.attribute)
    with right:
        settings: dict[str, Any] = {"method": method, "target": case.choose_class(knobs.target)}
    if method in cnn.LAYER_METHODS:
        names = [row.name for row in case.places]
        settings["layer"] = choose_layer(knobs.cam_layer, case.rows, names, names[-1])
    elif method in ("integrated_gradients", "occlusion"):
        settings["baseline"] = controls.choice(knobs.baseline, cnn.attribute)
    return settings


def _ask_contrast(case: Case) -> dict[str, Any]:
    knobs = case.knobs
    runner_up = str(int(case.said.probabilities.argsort()[-2]))
    left, right = st.columns(2)
    with left:
        first = case.choose_class(knobs.first)
    with right:
        second = case.choose_class(knobs.second, runner_up)
    method: str = controls.choice(knobs.method, cnn.contrast)
    return {"first": first, "second": second, "method": method}


def _draw_curves(case: Case, curves: cnn.Curves, percent: list[float]) -> dict[str, list[float]]:
    words, areas = case.words, curves.areas
    kinds = ("deletion", "random_deletion", "insertion", "random_insertion")
    drawn = {words[kind](area=areas[kind]): getattr(curves, kind).tolist() for kind in kinds}
    show.drawing(
        figures.lines(
            percent,
            drawn,
            words.curves_title,
            words.curves_alt,
            x=words.pixels_percent,
            y=words.probability,
        )
    )
    return drawn


def _draw_random(case: Case, found: cnn.Attribution) -> None:
    """The map beside those of networks that know less and less; on demand for large networks."""
    words, asked = case.words, (case.model, found.method, found.target)
    st.markdown(f"**{words.random_title}**")
    if case.spec.is_embedded:
        with st.spinner(words.random_title):
            _draw_stages(case, found, answer(sanity, case.photo, *asked))
        return
    show.watch(
        "random",
        (case.photo.digest, *asked),
        words.random_title,
        lambda: cnn.randomise(case.photo.pixels, *asked, stages=STAGES),
        STAGES,
        lambda done: _draw_stages(case, found, done),
    )


def _draw_stages(case: Case, found: cnn.Attribution, stages: list[cnn.Randomised]) -> None:
    words = case.words
    square = figures.cut_square(case.photo.pixels, found.sight.box)
    pictures: list[tuple[Pixels, str]] = [(_laid(square, found), words.learned)]
    for one in stages:
        text = words.random_from(layer=one.layer, similarity=one.similarity)
        pictures.append((_laid(square, one.attribution), text))
    places = [*st.columns(3), *st.columns(3)]
    for place, (picture, text) in zip(places, pictures, strict=False):
        with place:
            show.picture(picture, text, text)


def _laid(square: Pixels, found: cnn.Attribution) -> Pixels:
    return figures.map_picture(square, found.share, signed=found.signed)


def _verdicts(case: Case, done: list[Verdict]) -> dict[str, list[Any]]:
    words = case.words
    keys = ("deletion", "insertion", "similarity", "similarity_all")
    names = [case.knobs.method.option(one.method) for one in done]
    columns: dict[str, list[Any]] = {case.knobs.method.label: names}
    for key in keys:
        columns[words[f"head_{key}"]] = [round(getattr(one, key), 3) for one in done]
    return columns


def _score(case: Case, found: cnn.Attribution) -> str:
    probability = case.said.probabilities[found.target]
    return case.words.score_line(
        name=case.names[found.target], score=found.score, probability=probability
    )


def _say_remark(case: Case, found: cnn.Attribution) -> None:
    if found.remark:
        st.info(case.words[found.remark], icon=":material/info:")


def _limit(*maps: cnn.Attribution) -> float:
    """One scale for several maps."""
    return max(float(abs(one.values).max()) for one in maps) or 1.0
