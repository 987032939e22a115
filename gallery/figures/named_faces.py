"""Faces on a photo, each in its box with what it is called."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import unmarked
from models._images import Pixels

__all__ = ["NamedBox", "named_faces"]


@dataclass(frozen=True, eq=False)
class NamedBox:
    """One face and what is written at it."""

    box: NDArray[Any]  # (4,) x1 y1 x2 y2 in pixels of the photo
    label: str  # on its box
    said: str  # on hovering
    is_known: bool = True


def named_faces(
    photo: Pixels, found: Sequence[NamedBox], alt: str, title: str = "", height: int = 440
) -> Drawing:
    """Draw the boxes over the photo: whole lines for people who are known, dashes for others.

    Args:
        photo: uint8 (height, width, 3).
        found: The faces.
        alt: What it shows.
        title: Heading.
        height: Most pixels of it.
    """
    rows, columns = photo.shape[:2]
    figure = go.Figure()
    figure.add_layout_image(
        source=_source(photo), x=0, y=0, sizex=columns, sizey=rows, xref="x", yref="y",
        sizing="stretch", layer="below",
    )  # fmt: skip
    for each in found:
        left, top, right, bottom = (float(value) for value in each.box)
        colour = OKABE_ITO[4] if each.is_known else OKABE_ITO[1]
        figure.add_scatter(
            x=[left, right, right, left, left],
            y=[top, top, bottom, bottom, top],
            mode="lines",
            line={"color": colour, "width": 3, "dash": "solid" if each.is_known else "dash"},
            fill="toself",
            fillcolor="rgba(0,0,0,0)",
            hoveron="fills",
            text=unmarked(each.said),
            hoverinfo="text",
        )
        figure.add_annotation(
            x=min(max(left, 0), columns),
            y=top if top > 0.1 * rows else bottom,
            text=unmarked(each.label),
            showarrow=False,
            xanchor="left" if left < 0.6 * columns else "center",
            yanchor="bottom" if top > 0.1 * rows else "top",
            bgcolor=colour,
            font={"color": "#000000", "size": 14},
            borderpad=3,
        )
    figure.update_xaxes(visible=False, range=[0, columns], constrain="domain")
    figure.update_yaxes(visible=False, range=[rows, 0], scaleanchor="x", constrain="domain")
    figure.update_layout(showlegend=False)
    framed(figure, title, height)
    return Drawing(figure, alt)


def _source(photo: Pixels) -> str:
    target = io.BytesIO()
    Image.fromarray(photo).save(target, "WEBP", quality=85)
    return "data:image/webp;base64," + base64.b64encode(target.getvalue()).decode("ascii")
