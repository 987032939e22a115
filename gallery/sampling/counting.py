"""Honest numbers: how far samples are from real pictures, and what truncation trades."""

import math
from collections.abc import Generator
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.figures import minus
from gallery.sampling.case import Case
from gallery.sampling.pictures import enlarged, in_colour
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan
from models._gan_network import find_gan
from models._gan_quality import batches
from models._gan_samples import TRUNCATIONS
from models._images import Pixels
from models._spec import read_card
from models.networks._gan_files import reference

__all__ = ["draw_numbers"]

STEP = 64  # pictures, as the slider goes
SHOWN = 40  # pictures to take away


def draw_numbers(case: Case) -> TakeAway:
    """Frechet distance, precision, recall and class agreement, beside real pictures and noise."""
    words = case.words
    most = len(reference(find_gan(case.model)).labels) // 2 // STEP * STEP
    left, right = st.columns(2)
    with left:
        truncation = controls.number(case.knobs.truncation, gan.measure)
    with right:
        count = controls.number(case.knobs.count, gan.measure, most=most)
    settings = {"model": case.model, "truncation": truncation, "count": count}
    found = _measure(case, settings)
    table = _table(case, found)
    show.table(table)
    st.caption(words.measured_with(count=count))
    made = found.generated
    parts = {"means": made.between_means, "spreads": made.frechet - made.between_means}
    st.markdown(minus(words.frechet_line(frechet=made.frechet, **parts)))
    st.markdown(_on_card(case))
    _draw_distance(case, found)
    _draw_classes(case, found)
    curves = _draw_trade_off(case, count, truncation)
    return TakeAway(
        f"{case.model}_numbers",
        snippet(gan.measure, **settings),
        picture=enlarged(figures.sheet(_measured(case, truncation), 10, 2), 1120),
        table=table,
        data={"measured": found, "trade_off": curves},
        spec=case.spec,
    )


@st.cache_resource
def _measured_before() -> dict[tuple[Any, ...], gan.Quality]:
    """Numbers by settings, the same for every visitor."""
    return {}


def _measure(case: Case, settings: dict[str, Any]) -> gan.Quality:
    """Measure batch by batch, saying how far it is: whoever leaves the page ends the work."""
    known, key = _measured_before(), tuple(settings.values())
    if key in known:
        return known[key]
    place = st.empty()
    for done in gan.measure_steps(**settings):
        text = case.words.measuring_batches(step=done.step, steps=done.steps)
        place.progress(done.step / done.steps, text)
        if done.quality is not None:
            known[key] = done.quality
    place.empty()
    return known[key]


def _table(case: Case, found: gan.Quality) -> dict[str, list[Any]]:
    words = case.words
    rows = (found.generated, found.real, found.noise)
    return {
        words.pictures: [words.generated, words.real_others, words.noise],
        words.frechet: [f"{one.frechet:.3g}" for one in rows],
        words.precision: [f"{one.precision:.1%}" for one in rows],
        words.recall: [f"{one.recall:.1%}" for one in rows],
        words.agreement: [_percent(one.agreement) for one in rows],
    }


def _measured(case: Case, truncation: float) -> list[Pixels]:
    """Some of the pictures that were measured."""
    seeds = tuple(range(SHOWN))
    return in_colour(answer(gan.sample, case.model, seeds, truncation=truncation).images)


def _on_card(case: Case) -> str:
    """What was measured once with many more pictures."""
    card = read_card(case.spec.name)
    return case.words.on_card(count=card["counts"]["compared"], **card["metrics"])


def _draw_distance(case: Case, found: gan.Quality) -> None:
    words = case.words
    amounts: dict[str, float] = {
        words.real_others: found.real.frechet,
        words.generated: found.generated.frechet,
        words.noise: found.noise.frechet,
    }
    drawn = figures.ruler(
        amounts, words.distance_title, words.distance_alt,
        x=words.frechet_axis, name=words.pictures, highlight=words.generated,
    )  # fmt: skip
    show.drawing(drawn)


def _draw_classes(case: Case, found: gan.Quality) -> None:
    """Which classes the classifier does not see where they were asked for."""
    shares = [0.0 if math.isnan(share) else float(share) for share in found.per_class]
    worst = min(range(len(shares)), key=lambda place: shares[place])
    drawn = figures.bars(
        case.names, shares, case.words.classes_right_title, case.words.classes_right_alt,
        x=case.words.agreement, name=case.words.class_, form=".0%", highlight=[worst], top=1.0,
    )  # fmt: skip
    show.drawing(drawn)


def _draw_trade_off(case: Case, count: int, truncation: float) -> list[gan.Quality]:
    """The same at every truncation, while one looks."""
    words = case.words
    st.markdown(f"**{words.trade_off_title}**")
    found = show.watch(
        "trade_off",
        (case.model, count),
        words.measuring,
        lambda: _trade(case.model, count),
        len(TRUNCATIONS) * batches(case.model, count),
        lambda found: _draw_curves(case, _concluded(found), truncation),
    )
    return _concluded(found)


def _trade(model: gan.ModelName, count: int) -> Generator[gan.Progress]:
    """What ``trade_off`` does, in steps so small that the button stops it at once."""
    for truncation in TRUNCATIONS:
        yield from gan.measure_steps(model, truncation, count)


def _concluded(found: list[gan.Progress]) -> list[gan.Quality]:
    return [step.quality for step in found if step.quality is not None]


def _draw_curves(case: Case, done: list[gan.Quality], truncation: float) -> None:
    words = case.words
    if len(done) < 2:  # one point is no line
        return
    along = [one.truncation for one in done]
    shares: dict[str, list[float]] = {
        words.precision: [one.generated.precision for one in done],
        words.recall: [one.generated.recall for one in done],
        words.agreement: [one.generated.agreement for one in done],
    }
    common: dict[str, Any] = {"x": case.knobs.truncation.label, "mark": truncation}
    drawn = figures.lines(
        along, shares, words.shares_title, words.trade_off_alt, y=words.share_axis, **common
    )
    show.drawing(drawn, key=f"trade-off-{len(done)}")
    distances: dict[str, list[float]] = {
        words.generated: [one.generated.frechet for one in done],
        words.real_others: [one.real.frechet for one in done],
    }
    drawn = figures.lines(
        along, distances, words.frechet, words.trade_off_alt, y=words.frechet_axis, **common
    )
    show.drawing(drawn, key=f"trade-off-distance-{len(done)}")


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.1%}"
