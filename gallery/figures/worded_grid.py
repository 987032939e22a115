"""Words on a grid, each on the colour of its number."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SEQUENTIAL, Drawing, framed

__all__ = ["worded_grid"]

ROW = 32  # pixels


def worded_grid(
    words: Sequence[Sequence[str]],
    values: NDArray[np.generic],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    value: str = "",
    form: str = ".1%",
) -> Drawing:
    """Draw one word a cell, the first row on top.

    Args:
        words: (rows, columns) what stands in the cells.
        values: (rows, columns) their numbers, 0..1.
        rows: Names of the rows.
        columns: Names of the columns.
        title: Heading.
        alt: What it shows.
        x: What the columns are.
        y: What the rows are.
        value: What the colour stands for, with its unit.
        form: Format of the numbers.
    """
    array = np.asarray(values, float)
    notes = [
        [f"{word}: {number:{form}}" for word, number in zip(line, row, strict=True)]
        for line, row in zip(words, array, strict=True)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=array,
            zmin=0,
            zmax=float(array.max(initial=0.0)) or 1.0,
            xgap=2,
            ygap=2,
            colorscale=SEQUENTIAL,
            colorbar={
                "title": {"text": value, "side": "right"},
                "thickness": 12,
                "len": 0.95,
                "tickformat": ".0%",
            },
            text=[list(line) for line in words],
            texttemplate="%{text}",
            customdata=notes,
            hovertemplate="%{y} · %{customdata}<extra></extra>",
        )
    )
    plain = {"showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(title=x, tickvals=[*range(len(columns))], ticktext=list(columns), **plain)
    figure.update_yaxes(
        title=y,
        tickvals=[*range(len(rows))],
        ticktext=list(rows),
        autorange="reversed",
        **plain,
    )
    cells = {name: [line[place] for line in notes] for place, name in enumerate(columns)}
    height = 90 + ROW * len(rows)
    return Drawing(framed(figure, title, height), alt, {y or "#": list(rows), **cells})
