"""A kernel judged by its weights, and detectors judged by a scene whose edges are known."""

from typing import Any

import streamlit as st

from gallery import figures, show
from gallery.components.pixel_outcomes import pixel_outcomes
from gallery.figures import Matrix
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from models._edges_analysis import KernelReport
from models._edges_contest import DETECTORS, Comparison
from models.edge_filters import analyse_kernel, compare_operators

__all__ = ["draw_contest", "draw_kernel"]


def draw_kernel(page: Page, photo: Photo, report: KernelReport) -> TakeAway:
    """Sum, rank, factors, and what the kernel lets through."""
    words = page.words
    _say_rank(page, photo, report)
    if report.separable:
        _draw_factors(page, report)
    values = report.singular_values.tolist()
    ranks = [str(place + 1) for place in range(len(values))]
    show.drawing(
        figures.bars(ranks, values, words.singular_title, words.singular_alt, x=words.singular_unit)
    )
    lets_through = figures.frequencies(
        report.gain, report.frequencies, words.gain_title, words.gain_alt,
        x=words.frequency_x, y=words.frequency_y, value=words.gain,
    )  # fmt: skip
    show.drawing(lets_through)
    cuts: dict[str, Any] = {words[f"cut_{name}"]: cut.tolist() for name, cut in report.cuts.items()}
    drawn = figures.lines(
        report.frequencies.tolist(), cuts, words.cut_title, words.cut_alt,
        x=words.frequency, y=words.gain,
    )  # fmt: skip
    show.drawing(drawn)
    code = snippet(analyse_kernel, kernel=report.kernel)
    return TakeAway("edge_kernel", code, table=drawn.table, data=report)


def _say_rank(page: Page, photo: Photo, report: KernelReport) -> None:
    words = page.words
    million = photo.size[0] * photo.size[1] / 1e6
    direct, split = report.multiplications, report.multiplications_separable
    st.markdown(words.sum_is(total=report.sum, noise=report.noise_gain))
    st.markdown(words[report.character](spread=report.spread or 0))
    sentence = words.rank_one if report.separable else words.rank_more
    said = sentence(
        rank=report.rank, direct=direct, split=split,
        direct_photo=direct * million, split_photo=split * million,
    )  # fmt: skip
    st.markdown(said)


def _draw_factors(page: Page, report: KernelReport) -> None:
    words = page.words
    column, row = report.column, report.row
    if column is None or row is None:
        return
    parts = (
        (words.factor_column, column[:, None], "×"),
        (words.factor_row, row[None, :], "="),
        (words.factor_product, report.kernel, ""),
    )
    matrices = [
        Matrix(values, name, float(abs(values).max()), signed=True, sign=sign)
        for name, values, sign in parts
    ]
    show.drawing(figures.matrices([matrices], words.factors_alt))


def draw_contest(
    page: Page, judged: Photo | None, settings: dict[str, Any], compared: Comparison
) -> TakeAway:
    """What each detector marks, its score at every threshold, and its best."""
    words, knob = page.words, page.controls.operator
    st.markdown(words.truth_scene if judged is None else words.truth_photo)
    names = {str(code): knob.option(code) for code in DETECTORS}
    pixel_outcomes(compared, names, words, "outcomes")
    drawn = figures.contest(
        compared, names, words.contest_title, words.contest_alt, x=words.slope_unit, y=words.f_score
    )
    show.drawing(drawn)
    best = zip(*(curve.at_best(compared.thresholds) for curve in compared.curves), strict=True)
    heads = (words.best_threshold, words.precision, words.recall, words.f_score, words.thickness)
    table: dict[str, Any] = {knob.label: list(names.values())}
    table |= dict(zip(heads, best, strict=True))
    show.table(table)
    code = snippet(compare_operators, judged, **settings)
    return TakeAway("edge_contest", code, compared.photo, table)
