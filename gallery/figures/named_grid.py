"""Numbers, or words on their numbers, on a grid whose rows and columns have names."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SCALE, SEQUENTIAL, SIGNED, Drawing, colour_scale, framed
from gallery.figures._written import minus, unmarked

__all__ = ["named", "named_grid", "places"]

NUMBERS_UP_TO = 10  # columns; more cells are too narrow for numbers in them
FINE = 32  # columns that still have lines between them
SHORT = 2  # letters of a name that always fits above its column
ROW, SQUARE, UPRIGHT = 30, 360, 50  # pixels; the last for names that stand upright


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
    words: Sequence[Sequence[str]] = (),
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
        words: (rows, columns) what stands in the cells instead of their numbers.
    """
    array = np.asarray(values, float)
    top = limit or float(np.abs(array).max(initial=0.0)) or 1.0
    gap = 1 if len(columns) <= FINE else 0
    written = [[minus(format(one, form)) for one in row] for row in array]
    if words:
        pairs = (zip(*each, strict=True) for each in zip(words, written, strict=True))
        told = [[f"{word}: {number}" for word, number in line] for line in pairs]
    else:
        told = written
    figure = go.Figure(
        go.Heatmap(
            x=places(columns),
            y=places(rows),
            z=array,
            zmin=-top if signed else 0,
            zmax=top,
            colorscale=SIGNED if signed else SEQUENTIAL,
            xgap=gap,
            ygap=gap,
            text=[list(map(unmarked, line)) for line in words or written],
            texttemplate="%{text}" if words or len(columns) <= NUMBERS_UP_TO else None,
            customdata=[
                [
                    unmarked(f"{row} · {column}: {one}")
                    for column, one in zip(columns, line, strict=True)
                ]
                for row, line in zip(rows, told, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
            colorbar=colour_scale(value, form),
        )
    )
    plain = {"showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(title=x, **plain, **named(columns))
    figure.update_yaxes(title=y, autorange="reversed", **plain, **named(rows))
    upright = len(columns) > NUMBERS_UP_TO and max(map(len, columns)) > SHORT
    if square or upright:
        figure.update_xaxes(tickangle=-90)  # side by side they would overlap on a phone
    if square:
        figure.update_xaxes(constrain="domain")
        figure.update_yaxes(constrain="domain", scaleanchor="x", constraintoward="top")
    height = SQUARE if square else 80 + SCALE + ROW * len(rows) + (UPRIGHT if upright else 0)
    table = {y or "#": list(rows)}
    cells = told if words else array.tolist()
    table |= {f"{at} {name}": [line[at] for line in cells] for at, name in enumerate(columns)}
    return Drawing(framed(figure, title, height), alt, table)


def places(names: Sequence[str]) -> list[str]:
    """What stands for names in a figure: equal ones would fall together."""
    return [str(place) for place in range(len(names))]


def named(names: Sequence[str]) -> dict[str, str | dict[str, str]]:
    """An axis of ``places``: as many of their names are shown as there is room for."""
    shown = dict(zip(places(names), map(unmarked, names), strict=True))
    return {"type": "category", "labelalias": shown}
