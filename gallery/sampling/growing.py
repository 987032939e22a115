"""How a generator came to be, and how one fails: the same seeds, epoch after epoch."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.reel import Chart, Curve, Track, draw_reel
from gallery.sampling.case import Case
from gallery.sampling.pictures import as_gif, enlarged, in_colour
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan
from models._gan_history import Training, recognise_frames
from models._images import Pixels

__all__ = ["draw_growth"]

FILMED_TO_FAIL: gan.ModelName = "gan_digits"


def draw_growth(case: Case) -> TakeAway:
    """The film of a training; or of one that failed, and beside it the one that did not."""
    kind = controls.choice(case.knobs.training, ("film", "collapse"))
    return _draw_collapse(case) if kind == "collapse" else _draw_film(case)


def _draw_film(case: Case) -> TakeAway:
    words = case.words
    found = _film(case.model, "film")
    frames = _frames(found)
    table = _table(case, found)
    draw_reel(
        "epoch", words.film_label, [Track("", words.film_alt, frames, _captions(case, found))],
        _ticks(case, found), chart=_losses(case, found), table=table,
        begin=len(frames) - 1, pause=500, most=640,
    )  # fmt: skip
    return TakeAway(
        f"{case.model}_training",
        snippet(gan.film, model=case.model),
        picture=enlarged(frames[-1], 640),
        table=table,
        files={f"{case.model}_training.gif": as_gif(frames, 500)},
        spec=case.spec,
    )


def _draw_collapse(case: Case) -> TakeAway:
    """Both trainings under one slider, at the same share of the way, and what was different."""
    words = case.words
    if case.model != FILMED_TO_FAIL:
        st.info(words.digits_only, icon=":material/info:")
    failed = _film(FILMED_TO_FAIL, "collapse")
    cured = _film(FILMED_TO_FAIL, "cured")
    beside = [int(np.abs(cured.epochs - epoch).argmin()) for epoch in failed.epochs]
    bad, good = _frames(failed), _frames(cured)
    told = _captions(case, cured)
    tracks = [
        Track(words.failed, words.failed_alt, bad, _captions(case, failed)),
        Track(
            words.cured, words.film_alt,
            [good[one] for one in beside], [told[one] for one in beside],
        ),
    ]  # fmt: skip
    where = failed.epochs
    curves = [
        Curve(words.failed, where, failed.variety),
        Curve(words.cured, where, cured.variety[beside]),
        Curve(words.real, [where[0], where[-1]], [failed.real_variety] * 2),
    ]
    table = _table(case, failed) | {words.variety_cured: _round(cured.variety[beside])}
    draw_reel(
        "collapse", words.film_label, tracks, _ticks(case, failed),
        chart=Chart(curves, where, words.epochs, words.variety, _numbers(failed), True),
        table=table, begin=len(bad) - 1, pause=500, least=260,
    )  # fmt: skip
    st.markdown(f"**{words.cure_title}**")
    show.table(_differences(case, failed, cured))
    return TakeAway(
        f"{FILMED_TO_FAIL}_collapse",
        snippet(gan.film, model=FILMED_TO_FAIL, training="collapse"),
        picture=enlarged(bad[-1], 640),
        table=table,
        files={f"{FILMED_TO_FAIL}_collapse.gif": as_gif(bad, 500)},
        spec=next(spec for spec in gan.MODELS if spec.name == FILMED_TO_FAIL),
    )


def _film(model: gan.ModelName, training: Training) -> gan.Film:
    """A film, looked at frame by frame, so that whoever leaves the page ends the work."""
    place = st.empty()
    for _ in recognise_frames(model, training):
        place.empty()
    return answer(gan.film, model, training)


def _frames(found: gan.Film) -> list[Pixels]:
    columns = len(np.unique(found.labels))  # each row is a seed, each column a class
    return [figures.sheet(in_colour(frame), columns, 2) for frame in found.frames]


def _captions(case: Case, found: gan.Film) -> list[str]:
    words, real = case.words, found.real_variety
    beside = "" if math.isnan(real) else words.variety_real(variety=real)
    return [
        words.frame_line(
            agreement=agreement, count=found.recognised, variety=variety, beside=beside
        )
        for agreement, variety in zip(found.agreement, found.variety, strict=True)
    ]


def _losses(case: Case, found: gan.Film) -> Chart:
    """Both losses on an axis on which every doubling of the epochs is as wide."""
    words = case.words
    along = np.log2(np.maximum(found.loss_epochs, found.epochs[0] / 2))
    curves = [
        Curve(words.loss_generator, along, found.generator_loss),
        Curve(words.loss_discriminator, along, found.discriminator_loss),
    ]
    return Chart(curves, np.log2(found.epochs), words.epochs, words.loss, _numbers(found))


def _ticks(case: Case, found: gan.Film) -> list[str]:
    return [case.words.epochs_line(epochs=number) for number in _numbers(found)]


def _numbers(found: gan.Film) -> list[str]:
    return [f"{epoch:.2g}" if epoch < 10 else f"{epoch:.0f}" for epoch in found.epochs]


def _table(case: Case, found: gan.Film) -> dict[str, list[Any]]:
    words = case.words
    at = [
        np.interp(found.epochs, found.loss_epochs, loss)
        for loss in (found.generator_loss, found.discriminator_loss)
    ]
    return {
        words.epochs: _round(found.epochs),
        words.loss_generator: _round(at[0]),
        words.loss_discriminator: _round(at[1]),
        words.variety: _round(found.variety),
        words.agreement: _round(found.agreement),
    }


def _differences(case: Case, failed: gan.Film, cured: gan.Film) -> dict[str, list[str]]:
    """The settings in which the two trainings differ."""
    words = case.words
    keys = [key for key in failed.settings if failed.settings[key] != cured.settings.get(key)]
    known = [key for key in keys if f"set_{key}" in set(words)]
    return {
        words.setting: [words[f"set_{key}"] for key in known],
        words.failed: [_said(case, failed.settings[key]) for key in known],
        words.cured: [_said(case, cured.settings.get(key)) for key in known],
    }


def _said(case: Case, value: Any) -> str:
    if isinstance(value, bool):
        return case.words.yes if value else case.words.no
    if isinstance(value, list):
        return ", ".join(np.format_float_positional(each, trim="-") for each in value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _round(values: Sequence[float] | NDArray[np.floating]) -> list[float]:
    return [round(float(value), 3) for value in values]
