"""A receptive field on the photo it looks at."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import png_url
from gallery.figures.heatmap import coloured
from models._images import Pixels

__all__ = ["field_on_photo", "field_picture"]

BLUE, ORANGE, *_ = OKABE_ITO
Box = tuple[float, float, float, float]  # top, left, bottom, right in pixels
WIDTH = 400  # pixels it is drawn wide on a page of two columns
VEIL = 0.30  # of the photo's brightness that stays where nothing matters


def field_on_photo(
    photo: Pixels,
    values: NDArray[np.float32] | None,
    boxes: Mapping[str, Box],
    chosen: str,
    title: str,
    alt: str,
) -> Drawing:
    """Draw a photo with receptive fields around a position.

    Args:
        photo: uint8 (H, W, 3).
        values: (H, W) how much each pixel matters, largest 1; None: the photo is left as it is.
        boxes: Layer -> its theoretical field.
        chosen: The layer drawn strongest.
        title: Heading.
        alt: What it shows.
    """
    shown = photo if values is None else field_picture(photo, values)
    source = png_url(shown)
    figure = go.Figure(go.Image(source=source, hoverinfo="skip", x0=0.5, y0=0.5))
    rows, columns = photo.shape[:2]
    for name, box in boxes.items():
        _outline(figure, name, box, strong=name == chosen)
    figure.update_xaxes(visible=False, range=[0, columns], constrain="domain")
    figure.update_yaxes(visible=False, range=[rows, 0], scaleanchor="x", constrain="domain")
    figure.update_layout(showlegend=False)
    table = {
        "": list(boxes),
        "px": [f"{box[3] - box[1]:.0f} × {box[2] - box[0]:.0f}" for box in boxes.values()],
    }
    return Drawing(framed(figure, title, 52 + round(WIDTH * min(rows / columns, 1.5))), alt, table)


def field_picture(photo: Pixels, values: NDArray[np.float32]) -> Pixels:
    """Veil the photo where it does not matter, and tint it by how much it does."""
    share = np.clip(values, 0, 1)[..., None] ** 0.5
    tint = coloured(values**0.5, limit=1.0).astype(np.float32)
    grey = photo.mean(axis=2, keepdims=True) * VEIL
    mixed: Pixels = np.clip(grey * (1 - share) + tint * share, 0, 255).astype(np.uint8)
    return mixed


def _outline(figure: go.Figure, name: str, box: Box, strong: bool) -> None:
    top, left, bottom, right = box
    figure.add_scatter(
        x=[left, right, right, left, left],
        y=[top, top, bottom, bottom, top],
        mode="lines",
        name=name,
        line={"color": ORANGE if strong else "#ffffff", "width": 3 if strong else 1},
        opacity=1 if strong else 0.6,
        hovertemplate=f"{name}: {right - left:.0f} × {bottom - top:.0f}<extra></extra>",
    )
