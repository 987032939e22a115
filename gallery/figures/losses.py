"""What is left of each loss, step by step."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gallery.figures._drawing import Drawing, framed

__all__ = ["losses"]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
DECADES = 5


def losses(
    steps: Sequence[int],
    terms: Mapping[str, Sequence[float]],
    title: str,
    alt: str,
    *,
    x: str,
    y: str,
    height: int = 320,
) -> Drawing:
    """Draw losses on a logarithmic axis of ``DECADES``; a term that is always 0 is left out.

    Args:
        steps: Numbers of the steps.
        terms: Name of a term -> one value a step.
        title: Heading.
        alt: What it shows.
        x: What the steps are.
        y: What runs up.
        height: Pixels.
    """
    figure = go.Figure()
    drawn = {name: values for name, values in terms.items() if max(values, default=0) > 0}
    for place, (name, values) in enumerate(drawn.items()):
        figure.add_scatter(
            x=list(steps),
            y=[value if value > 0 else None for value in values],
            name=name,
            mode="lines" if len(steps) > 1 else "markers",
            line={"dash": DASHES[place % len(DASHES)], "width": 3 if place == 0 else 2},
            hovertemplate=f"{name}: %{{y:.4g}}<extra></extra>",
        )
    framed(figure, title, height)
    figure.update_layout(hovermode="x unified")
    figure.update_xaxes(title=x)
    most = max((max(values) for values in drawn.values()), default=1.0)
    least = min((value for values in drawn.values() for value in values if value > 0), default=most)
    low = max(least, most / 10**DECADES)
    figure.update_yaxes(
        title=y,
        type="log",
        range=[math.log10(low) - 0.1, math.log10(most) + 0.1],
        exponentformat="power",
        dtick=1,
    )
    table: dict[str, Sequence[Any]] = {
        x: list(steps),
        **{name: list(values) for name, values in terms.items()},
    }
    return Drawing(figure, alt, table)
