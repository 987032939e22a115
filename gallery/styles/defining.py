"""Style transfer from its definition: the picture forms while one looks."""

from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.film import show_film
from gallery.demos import LANGUAGES, Control
from gallery.photo import Photo
from gallery.styles.case import Case
from gallery.styles.history import draw_strip, keep
from gallery.styles.inquiries import SKETCH, Shot, asked_of, film, sketch
from gallery.styles.numbers import draw_numbers
from gallery.takeaway import TakeAway, snippet
from models import style_transfer as styles
from models._ranges import Range, limits, parameter_default
from models.networks.loss_networks import LossNetwork

__all__ = ["draw_definition"]

ALPHAS = (0.0, 0.1, 1.0, 10.0, 100.0)
BETAS = (0, 10, 100, 1000, 10_000, 100_000)
GAMMAS = (0.0, 0.1, 1.0, 10.0, 100.0)
STEPS = 60
SIDE = 192  # pixels
Settings = dict[str, Any]


def draw_definition(case: Case) -> TakeAway:
    """Two pictures, the weights of J, and a film from the start to the result."""
    words = case.words
    picture = case.choose_picture()
    network, weights, settings = _ask(case)
    asked = {**asked_of(settings, weights), **_ask_sizes(case)}
    shots = _run(case, picture, asked)
    seen = asked
    if shots and shots[-1].pixels is not None:
        names = {language: case.pictured(picture, language) for language in LANGUAGES}
        keep(case, "definition", names, shots[-1].pixels)
        seen = {**asked, "steps": _steps(shots)}
    elif network.spec.is_embedded:
        with st.spinner(words.sketching):
            shots = answer(sketch, case.photo, picture, weights, **settings)
        st.caption(words.sketched(steps=len(shots) - 1))
        seen = {**asked, **SKETCH}
    code = snippet(styles.optimise, case.photo, picture, **seen)
    made = shots[-1].pixels if shots else None
    if made is None:
        return TakeAway("style_definition", code, spec=network.spec)
    left, right = st.columns([3, 2])
    with left:
        _draw_film(case, shots)
    with right:
        table = draw_numbers(case, made, picture=picture, across=1)
    figure = _losses(case, shots)
    show.drawing(figure)
    draw_strip(case)
    return TakeAway(
        "style_definition",
        code,
        picture=made,
        table=figure.table,
        data={"losses": [shot.losses for shot in shots], "distances": table},
        spec=network.spec,
    )


def _run(case: Case, picture: Photo, asked: Settings) -> list[Shot]:
    words, steps = case.words, asked["steps"]

    def go_on(last: Shot) -> Any:
        again = {**asked, "picture": last.pixels}
        return film(styles.optimise(case.photo.pixels, picture.pixels, **again), last)

    return show.watch(
        "definition",
        (case.photo.digest, picture.digest, repr({**asked, "steps": None})),
        words.optimising(style=case.pictured(picture)),
        lambda: film(styles.optimise(case.photo.pixels, picture.pixels, **asked)),
        steps + 1,
        lambda shots: _draw_running(case, shots),
        preview=True,
        resume=show.Resumption(words.go_on(steps=steps), go_on, steps),
    )


def _ask(case: Case) -> tuple[LossNetwork, tuple[float, ...] | None, Settings]:
    """The network, the weight of each style layer, and what else shapes J."""
    knobs = case.knobs
    network = case.choose_network()
    left, right = st.columns(2)
    with left:
        alpha = controls.choice(knobs.alpha, ALPHAS, _usual("alpha"))
        beta = controls.choice(knobs.beta, BETAS, int(_usual("beta")))
        gamma = controls.choice(knobs.gamma, GAMMAS, _usual("gamma"))
    with right:
        start: str = controls.choice(knobs.start, styles.optimise)
        optimiser: str = controls.choice(knobs.optimiser, styles.optimise)
    colours = case.choose_colours()
    settings = {"model": network.spec.name, "alpha": alpha, "beta": beta, "gamma": gamma}
    settings |= {"start": start, "optimiser": optimiser, **colours}
    with st.expander(case.words.layers_title, icon=":material/layers:"):
        weights = _ask_weights(case, network)
        layer = controls.choice(knobs.content_layer, network.layers, network.content[0], "", True)
        settings["content_layer"] = layer
        settings["style_scale"] = controls.number(knobs.style_scale, styles.optimise)
    return network, weights, settings


def _usual(name: str) -> float:
    return float(parameter_default(styles.optimise, name))


def _ask_weights(case: Case, network: LossNetwork) -> tuple[float, ...] | None:
    """How much each style layer counts, ``None`` where all count alike."""
    knobs = case.knobs
    words = (knobs.layer_1, knobs.layer_2, knobs.layer_3, knobs.layer_4, knobs.layer_5)
    weights = []
    places = st.columns(len(network.style))
    for place, each, layer in zip(places, words, network.style, strict=False):
        labelled = Control(each.key, f"{each.label} ({layer})", each.help, {})
        with place:
            weights.append(controls.number(labelled, styles.stylise, "strength"))
    return None if len(set(weights)) == 1 and weights[0] > 0 else tuple(weights)


def _ask_sizes(case: Case) -> Settings:
    left, right = st.columns(2)
    with left:
        steps = controls.number(case.knobs.steps, styles.optimise, default=STEPS)
    with right:
        side = controls.number(case.knobs.side, styles.optimise, default=SIDE)
    return {"steps": steps, "side": side}


def _steps(shots: list[Shot]) -> int:
    """How many steps lead to what is seen, as far as one call may go."""
    limit = limits(styles.optimise)["steps"]
    assert isinstance(limit, Range)
    return min(max(shots[-1].step, int(limit.low)), int(limit.high))


def _caption(case: Case, shot: Shot) -> str:
    weighted = shot.losses.weighted
    return str(case.words.shot(step=shot.step, total=shot.losses.total, **weighted))


def _draw_running(case: Case, shots: list[Shot]) -> None:
    """The picture as it stands, and the losses so far."""
    left, right = st.columns([2, 3])
    with left:
        st.image(shots[-1].packed, caption=_caption(case, shots[-1]), alt=case.words.film_alt)
    with right:
        show.drawing(_losses(case, shots))


def _draw_film(case: Case, shots: list[Shot]) -> None:
    height, width = shots[-1].pixels.shape[:2] if shots[-1].pixels is not None else (1, 1)
    show_film(
        [shot.packed for shot in shots],
        width / height,
        [_caption(case, shot) for shot in shots],
        case.words.film_alt,
        case.words.film_label,
        "definition",
    )


def _losses(case: Case, shots: list[Shot]) -> figures.Drawing:
    words = case.words
    terms: dict[str, list[float]] = {words.term_total: [shot.losses.total for shot in shots]}
    for name in ("content", "style", "variation"):
        terms[words[f"term_{name}"]] = [shot.losses.weighted[name] for shot in shots]
    return figures.losses(
        [shot.step for shot in shots],
        terms,
        words.losses_title,
        words.losses_alt,
        x=words.step,
        y=words.loss,
    )
