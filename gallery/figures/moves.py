"""How far two things moved at each of several layers, as pairs of bars."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gallery.figures._drawing import Drawing, framed

__all__ = ["moves"]

PATTERNS = ("", "/", "x")
ROOM = 1.2  # times the longest bar


def moves(
    names: Sequence[str],
    amounts: Mapping[str, Sequence[float]],
    title: str,
    alt: str,
    *,
    x: str,
    name: str,
    form: str = ".1%",
    top: float | None = None,
) -> Drawing:
    """Draw a group of horizontal bars a name, the first on top.

    Args:
        names: What the groups stand for.
        amounts: What a bar of each group is -> one amount a name.
        title: Heading.
        alt: What it shows.
        x: What the length means.
        name: What the names are.
        form: Format of the numbers.
        top: Right end of the axis. None: far enough for the number beside the longest bar.
    """
    longest = max((value for values in amounts.values() for value in values), default=0.0)
    end = top or ROOM * longest or None
    figure = go.Figure()
    for place, (kind, values) in enumerate(amounts.items()):
        figure.add_bar(
            x=list(values),
            y=list(names),
            name=kind,
            orientation="h",
            marker={"pattern": {"shape": PATTERNS[place % len(PATTERNS)]}},
            text=[format(value, form) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=list(names),
            hovertemplate=f"%{{customdata}}, {kind}: %{{x:{form}}}<extra></extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(title=x, tickformat=".0%", range=end and [0, end])
    figure.update_yaxes(autorange="reversed", showgrid=False, title=name)
    table: dict[str, Sequence[Any]] = {
        name: list(names),
        **{kind: list(values) for kind, values in amounts.items()},
    }
    return Drawing(framed(figure, title, 110 + 30 * len(names) * max(1, len(amounts))), alt, table)
