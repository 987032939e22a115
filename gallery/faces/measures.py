"""What was measured on pairs of unseen people, as the page shows it."""

from typing import cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import figures, show
from gallery.components.threshold import Curve, Judged
from gallery.faces.case import Case
from models import face_recognition as faces
from models._face_measured import MeasuredName

__all__ = ["draw_found", "draw_standings", "draw_unknown", "judged", "known_pairs"]

EMBEDDED = faces.DESCRIBERS[0]
RIVALS: tuple[MeasuredName, ...] = ("raw_pixels", "landmarks")
DRAWN = 241  # thresholds that travel to a browser


def of(describer: str) -> tuple[faces.Measured, bool]:
    """What was measured of a describer, else of the embedded one, and whether it is its own."""
    own = faces.measured(cast("MeasuredName", describer))
    if own is not None:
        return own, True
    embedded = faces.measured()
    if embedded is None:
        raise LookupError(EMBEDDED.name)
    return embedded, False


def known_pairs(case: Case, describer: str) -> list[figures.Known]:
    """The two histograms behind a distance; none where none were measured."""
    found, is_own = of(describer)
    if not is_own:
        return []
    edges = found.edges.tolist()
    return [
        figures.Known(case.words.known_same, edges, _shares(found.same)),
        figures.Known(case.words.known_different, edges, _shares(found.different)),
    ]


def judged(case: Case, describer: str) -> Judged:
    """Histograms, errors at every threshold, and the curves of the rivals."""
    words = case.words
    found, is_own = of(describer)
    if not is_own:
        spec = next(each for each in faces.DESCRIBERS if each.name == describer)
        limit = faces.threshold_of(describer)
        said = {"model": spec.title, "embedded": EMBEDDED.title, "threshold": f"{limit:.3f}"}
        st.info(words.unmeasured(**said), icon=":material/info:")
    places = _spread(found.thresholds)
    return Judged(
        EMBEDDED.title,
        found.edges.round(4).tolist(),
        _shares(found.same),
        _shares(found.different),
        found.thresholds[places].round(4).tolist(),
        found.false_accepts[places].round(5).tolist(),
        found.false_rejects[places].round(5).tolist(),
        (round(found.equal_error_threshold, 4), round(found.equal_error, 5)),
        tuple(_curve(case, name) for name in RIVALS if faces.measured(name) is not None),
    )


def draw_found(case: Case) -> None:
    """How many faces the embedded finder finds, beside the cascade that it has to beat."""
    words, finder = case.words, faces.FINDERS[0]
    ways = {finder.title: "found", str(words.way_cascade): "cascade_found"}
    kinds = {
        words.found_portraits: "_portraits",
        words.found_scenes: "_scenes",
        words.found_all: "",
    }
    table: dict[str, list[str]] = {words.standings_way: list(ways)}
    for kind, ending in kinds.items():
        table[kind] = [f"{finder.metrics[f'{way}{ending}']:.1%}" for way in ways.values()]
    with show.cards(words.found_rates_title):
        st.markdown(words.found_rates_lead)
        show.table(table)
        st.caption(words.found_rates_miss(error=f"{finder.metrics['landmarks']:.1%}"))


def draw_standings(case: Case) -> None:
    """The describer beside raw pixels and landmarks."""
    words = case.words
    found = {EMBEDDED.title: faces.measured()}
    found |= {str(words[f"way_{name}"]): faces.measured(name) for name in RIVALS}
    rows = {name: each for name, each in found.items() if each is not None}
    first = next(iter(rows.values()))
    with show.cards(words.standings_title):
        st.markdown(
            words.standings_lead(pairs=f"{first.pairs:,}", people=first.people, folds=first.folds)
        )
        show.table(
            {
                words.standings_way: list(rows),
                words.standings_accuracy: [
                    f"{each.accuracy:.1%} ± {each.accuracy_spread:.1%}" for each in rows.values()
                ],
                words.standings_area: [f"{each.area:.3f}" for each in rows.values()],
                words.standings_equal: [f"{each.equal_error:.1%}" for each in rows.values()],
            }
        )


def draw_unknown(case: Case) -> None:
    """Who it fails: what is known of that, and what is not."""
    words = case.words
    with show.cards(words.fails_title):
        st.markdown(words.fails_unknown)
        found = faces.failures()
        st.markdown(words.fails_seen)
        quarters = [words[f"quarter_{number}"] for number in range(1, 5)]
        for column, name in zip(st.columns(len(found.groups)), found.groups, strict=True):
            with column:
                show.drawing(
                    figures.moves(
                        quarters,
                        {
                            words.rejects_short: found.groups[name][:, 0].tolist(),
                            words.accepts_short: found.groups[name][:, 1].tolist(),
                        },
                        words[f"fails_{name}"],
                        words.fails_alt,
                        x=words.share,
                        name=words.quarter,
                        top=float(max(each.max() for each in found.groups.values())) * 1.3,
                    )
                )
        st.markdown(words.fails_people(share=f"{found.worst_tenth:.0%}"))


def _curve(case: Case, name: MeasuredName) -> Curve:
    found = faces.measured(name)
    if found is None:
        raise LookupError(name)
    places = _spread(found.thresholds)
    return Curve(
        case.words[f"way_{name}"],
        found.false_accepts[places].round(5).tolist(),
        (1 - found.false_rejects[places]).round(5).tolist(),
    )


def _shares(counts: NDArray[np.int64]) -> list[float]:
    return [round(float(each), 5) for each in counts / max(1, counts.sum())]


def _spread(thresholds: NDArray[np.float64]) -> NDArray[np.intp]:
    """So many places, evenly spread, both ends among them."""
    last = len(thresholds) - 1
    return np.unique(np.linspace(0, last, min(DRAWN, last + 1)).round().astype(np.intp))
