"""Detectors against each other: the score of each at every threshold."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

if TYPE_CHECKING:
    from models._edges_contest import Comparison

__all__ = ["contest"]

DASHES = ("dash", "dot", "solid", "dashdot", "longdash")


def contest(
    comparison: "Comparison",
    names: Mapping[str, str],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    height: int = 320,
) -> Drawing:
    """Draw the F-scores over the threshold; precision and recall show on hovering.

    Args:
        comparison: All detectors on one picture.
        names: Code of a detector -> its name.
        title: Heading.
        alt: What it shows.
        x: What the axis is, with its unit.
        y: What the curves are.
        height: Pixels.
    """
    figure = go.Figure()
    table = {x or "x": comparison.thresholds.tolist()}
    for place, curve in enumerate(comparison.curves):
        name = names[curve.detector]
        figure.add_scatter(
            x=comparison.thresholds,
            y=curve.f_score,
            name=name,
            mode="lines",
            line={"color": OKABE_ITO[place], "dash": DASHES[place], "width": 2.5},
            customdata=np.stack([curve.precision, curve.recall], axis=1),
            hovertemplate="F %{y:.2f}, P %{customdata[0]:.2f}, R %{customdata[1]:.2f}",
        )
        table[f"{name}: {y}"] = curve.f_score.round(4).tolist()
        table[f"{name}: P"] = curve.precision.round(4).tolist()
        table[f"{name}: R"] = curve.recall.round(4).tolist()
    figure.update_layout(hovermode="x unified")
    figure.update_xaxes(title=x, type="log", tickvals=[2, 5, 10, 20, 40, 80])
    figure.update_yaxes(title=y, range=[0, 1.02])
    return Drawing(framed(figure, title, height), alt, table)
