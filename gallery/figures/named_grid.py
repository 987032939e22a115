"""Numbers on a grid whose rows and columns have names: methods and tokens, layers and heads."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SEQUENTIAL, SIGNED, Drawing, framed

__all__ = ["named_grid"]

NUMBERS_UP_TO = 10  # columns; more cells are too narrow for numbers in them
FINE = 32  # columns that still have lines between them
TICKS, FEW = 48, 16  # names at an axis at most; in a figure that stands beside others
ROW, SQUARE = 30, 360  # pixels


def named_grid(
    values: NDArray[np.generic],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    value: str = "",
    signed: bool = False,
    limit: float | None = None,
    form: str = ".1%",
    square: bool = False,
) -> Drawing:
    """Draw a grid of values, the first row at the top.

    Args:
        values: (rows, columns).
        rows: Their names; equal names are allowed.
        columns: The same for the columns.
        title: Heading.
        alt: What it shows.
        x: What the columns are.
        y: What the rows are.
        value: What the colour stands for, with its unit.
        signed: Centre the colours on zero.
        limit: Value of the strongest colour; give the same to grids that are compared.
        form: Format of the numbers.
        square: Whether cells are as high as they are wide, in a figure that stands beside others.
    """
    array = np.asarray(values, float)
    top = limit or float(np.abs(array).max(initial=0.0)) or 1.0
    gap = 1 if len(columns) <= FINE else 0
    figure = go.Figure(
        go.Heatmap(
            z=array,
            zmin=-top if signed else 0,
            zmax=top,
            colorscale=SIGNED if signed else SEQUENTIAL,
            xgap=gap,
            ygap=gap,
            text=[[format(one, form).replace("-", "−") for one in row] for row in array],
            texttemplate="%{text}" if len(columns) <= NUMBERS_UP_TO else None,
            customdata=[[f"{row} · {column}" for column in columns] for row in rows],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
            colorbar={
                "title": {"text": value, "side": "right"},
                "thickness": 12,
                "len": 0.9,
                "tickformat": form,
            },
        )
    )
    plain = {"showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(title=x, **plain, **_ticks(columns, FEW if square else TICKS))
    figure.update_yaxes(
        title=y, autorange="reversed", **plain, **_ticks(rows, FEW if square else TICKS)
    )
    if square:
        figure.update_xaxes(constrain="domain", tickangle=-90)
        figure.update_yaxes(constrain="domain", scaleanchor="x", constraintoward="top")
        figure.update_traces(colorbar={"title": {"text": ""}, "thickness": 8, "len": 0.6})
    height = SQUARE if square else 110 + ROW * len(rows)
    table = {y or "#": list(rows)}
    table |= {f"{at} {name}": array[:, at].tolist() for at, name in enumerate(columns)}
    return Drawing(framed(figure, title, height), alt, table)


def _ticks(names: Sequence[str], most: int) -> dict[str, list[int] | list[str]]:
    shown = range(0, len(names), -(-len(names) // most) or 1)
    return {"tickvals": list(shown), "ticktext": [names[place] for place in shown]}
