"""Which token may look at which: the mask of a transformer, drawn with its tokens."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import Drawing, framed
from gallery.figures.named_grid import named, places

__all__ = ["mask_grid"]

FINE = 32  # cells a side that still have lines between them
SEEN = ((0.0, "rgba(128,128,128,0.18)"), (1.0, "#0072B2"))


def mask_grid(
    allowed: NDArray[np.bool_],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    yes: str = "",
    no: str = "",
    height: int = 300,
) -> Drawing:
    """Draw which token may look at which, the first at the top.

    Args:
        allowed: (rows, columns).
        rows: The tokens that look; equal ones are allowed.
        columns: The tokens looked at.
        title: Heading.
        alt: What it shows.
        x: What the columns are.
        y: What the rows are.
        yes: What a filled cell means.
        no: What an empty one means.
        height: Pixels.
    """
    said = [
        [
            f"{row} → {column}: {yes if cell else no}"
            for column, cell in zip(columns, line, strict=True)
        ]
        for row, line in zip(rows, allowed, strict=True)
    ]
    gap = 1 if max(allowed.shape) <= FINE else 0
    figure = go.Figure(
        go.Heatmap(
            x=places(columns),
            y=places(rows),
            z=np.asarray(allowed, float),
            zmin=0,
            zmax=1,
            colorscale=[list(stop) for stop in SEEN],
            showscale=False,
            xgap=gap,
            ygap=gap,
            customdata=said,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    plain = {"constrain": "domain", "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(title=x, tickangle=-90, **plain, **named(columns))
    figure.update_yaxes(
        title=y,
        autorange="reversed",
        scaleanchor="x",
        constraintoward="top",
        **plain,
        **named(rows),
    )
    table = {y or "#": list(rows)}
    table |= {
        f"{at} {name}": allowed[:, at].astype(int).tolist() for at, name in enumerate(columns)
    }
    return Drawing(framed(figure, title, height), alt, table)
