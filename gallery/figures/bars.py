"""Named amounts as bars, the longest names readable."""

from collections.abc import Sequence

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["bars"]


def bars(
    names: Sequence[str],
    amounts: Sequence[float],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    name: str = "",
    form: str = ".3g",
    highlight: Sequence[int] = (),
    top: float | None = None,
) -> Drawing:
    """Draw one horizontal bar a name, the first on top.

    Args:
        names: What the bars stand for.
        amounts: Their lengths.
        title: Heading.
        alt: What it shows.
        x: What the length means, with its unit.
        name: What the names are.
        form: Format of the numbers.
        highlight: Places of the bars that stand out.
        top: Right end of the axis.
    """
    colours = [OKABE_ITO[1] if place in highlight else OKABE_ITO[0] for place in range(len(names))]
    figure = go.Figure(
        go.Bar(
            x=list(amounts),
            y=list(range(len(names))),
            orientation="h",
            marker={"color": colours},
            text=[format(amount, form).replace("-", "−") for amount in amounts],
            textposition="auto",
            customdata=list(names),
            hovertemplate="%{customdata}: %{x:.6g}<extra></extra>",
        )
    )
    figure.update_xaxes(title=x, range=None if top is None else [0, top])
    figure.update_yaxes(
        autorange="reversed", tickvals=list(range(len(names))), ticktext=list(names), showgrid=False
    )
    figure = framed(figure, title, 90 + 30 * len(names))
    return Drawing(figure, alt, {name or "#": list(names), x or "value": list(amounts)})
