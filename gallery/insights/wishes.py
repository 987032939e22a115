"""What a channel or a class looks for, and what happens when the photo is moved."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.layer_strip import choose_layer
from gallery.frame import current
from gallery.insights.case import Case
from gallery.insights.inquiries import sketch
from gallery.takeaway import TakeAway, snippet
from models import cnn_visualization as cnn

__all__ = ["draw_motion", "draw_seeks"]

TURNED = 30  # degrees, so that there is something to see at once
MOST = 192  # pixels a side: a session keeps every picture of its film
LEAST = 96  # pixels a side: room for a pattern and its neighbours


def draw_seeks(case: Case) -> TakeAway:
    """A film from noise to what the network responds to most; a sketch of it at once."""
    words, labels = case.words, current().shared.labels
    name, settings = _ask_wish(case)
    film: list[cnn.Frame] = show.watch(
        "film",
        (case.model, *settings.values()),
        words.climbing(name=name),
        lambda: cnn.maximise(case.model, **settings),
        settings["steps"] + 1,
        lambda done: _draw_frame(case, done[-1], name),
        preview=True,
    )
    if not film and case.spec.is_embedded:
        film = answer(sketch, case.model, settings["layer"], settings["channel"])
        st.caption(words.sketch(name=name, steps=len(film) - 1))
    if not film:
        return TakeAway("cnn_film", snippet(cnn.maximise, model=case.model, **settings))
    steps, responses = [one.step for one in film], [one.response for one in film]
    drawn = figures.film(
        [one.picture for one in film],
        steps,
        responses,
        words.film_alt(name=name),
        step=words.step,
        value=words.response,
        play=labels.play,
        pause=labels.pause,
    )
    show.drawing(drawn)
    return TakeAway(
        "cnn_film",
        snippet(cnn.maximise, model=case.model, **settings),
        picture=film[-1].picture,
        table={words.step: steps, words.response: responses},
        spec=case.spec,
    )


def draw_motion(case: Case) -> TakeAway:
    """The photo and its map before and after, and the probability all the way."""
    words, settings = case.words, _ask_motion(case)
    moved = answer(cnn.move, case.photo, case.model, **settings)
    target = moved.before.target
    for place, one, shares, text in zip(
        st.columns(2),
        (moved.before, moved.after),
        (moved.probabilities_before, moved.probabilities_after),
        (words.before, words.after),
        strict=True,
    ):
        limit = max(float(abs(each.values).max()) for each in (moved.before, moved.after)) or 1.0
        with place:
            laid = figures.map_picture(one.sight.pixels, one.values / limit, signed=one.signed)
            show.picture(laid, text, text)
            _draw_shares(case, shares, target, text)
    sentence = words.moved_line(
        name=case.names[target],
        before=moved.probabilities_before[target],
        after=moved.probabilities_after[target],
        agreement=moved.agreement,
    )
    st.markdown(sentence)
    table = _draw_sweep(case, settings)
    return TakeAway(
        "cnn_motion",
        snippet(cnn.move, case.photo, model=case.model, **settings),
        picture=moved.after.sight.pixels,
        table=table,
        spec=case.spec,
    )


def _ask_wish(case: Case) -> tuple[str, dict[str, Any]]:
    """Whose wish, its name, and how to climb."""
    words, knobs = case.words, case.knobs
    layer = None
    if controls.choice(knobs.of, ("class", "channel")) == "class":
        channel = case.choose_class(knobs.target)
        name = case.names[channel]
    else:
        rows = {row.name: row for row in case.places}
        layer = choose_layer(knobs.map_layer, case.rows, rows, list(rows)[len(rows) // 2])
        most = rows[layer].shape[0] - 1
        channel = controls.entry(knobs.number, cnn.maximise, "channel", most=most)
        name = words.channel_of(number=channel, layer=layer)
    own = case.said.sight.pixels.shape[0]
    left, right = st.columns(2)
    with left:
        steps = controls.number(knobs.steps, cnn.maximise)
        smoothness = controls.number(knobs.smoothness, cnn.maximise)
    with right:
        side = controls.number(
            knobs.dream_side, cnn.maximise, "side", default=max(LEAST, own), most=max(MOST, own)
        )
        jitter = controls.number(knobs.jitter, cnn.maximise)
    settings = {"layer": layer, "channel": channel, "steps": steps, "side": side}
    return name, settings | {"jitter": jitter, "smoothness": smoothness}


def _draw_frame(case: Case, frame: cnn.Frame, name: str) -> None:
    caption = case.words.frame(step=frame.step, response=frame.response)
    show.picture(frame.picture, caption, case.words.film_alt(name=name), 288)


def _ask_motion(case: Case) -> dict[str, Any]:
    knobs = case.knobs
    left, right = st.columns(2)
    with left:
        angle = controls.number(knobs.angle, cnn.move, default=TURNED)
        scale = controls.number(knobs.zoom, cnn.move, "scale")
        mirror = controls.switch(knobs.mirror)
    with right:
        shift = controls.number(knobs.right, cnn.move)
        down = controls.number(knobs.down, cnn.move)
    left, right = st.columns(2)
    with left:
        method: str = controls.choice(knobs.method, cnn.move)
    with right:
        target = case.choose_class(knobs.target)
    motion = {"right": shift, "down": down, "angle": angle, "scale": scale, "mirror": mirror}
    return {"method": method, "target": target, **motion}


def _draw_shares(case: Case, shares: NDArray[np.float32], target: int, title: str) -> None:
    best = shares.argsort()[::-1][:5].tolist()
    drawn = figures.bars(
        [case.names[number] for number in best],
        [float(shares[number]) for number in best],
        title,
        case.words.top_alt,
        x=case.words.probability,
        name=case.words.class_,
        form=".1%",
        highlight=[place for place, number in enumerate(best) if number == target],
        top=1.0,
    )
    show.drawing(drawn)


def _draw_sweep(case: Case, settings: dict[str, Any]) -> dict[str, list[Any]]:
    """The probability along one kind of motion, with a mark where the sliders stand."""
    words, names, target = case.words, case.names, settings["target"]
    by: cnn.Sweepable = controls.choice(case.knobs.by, cnn.sweep)
    along = answer(cnn.sweep, case.photo, case.model, by=by, target=target)
    axis = case.knobs.by.option(by)
    drawn = figures.lines(
        along.settings.tolist(),
        {names[target]: along.probabilities.tolist()},
        words.sweep_title(name=names[target]),
        words.sweep_alt,
        x=axis,
        y=words.probability,
        mark=float(settings[by]),
    )
    show.drawing(drawn)
    return {
        axis: along.settings.tolist(),
        words.probability: along.probabilities.tolist(),
        words.class_: [names[number] for number in along.answers],
    }
