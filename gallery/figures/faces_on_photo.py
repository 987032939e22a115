"""A photo with the faces that were found in it: box, score, five landmarks."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from PIL import Image

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from models._images import Pixels

__all__ = ["LANDMARK_COLOURS", "faces_on_photo"]

LANDMARK_COLOURS = ("#56B4E9", "#56B4E9", "#F0E442", "#CC79A7", "#CC79A7")  # eyes, nose, mouth


def faces_on_photo(
    photo: Pixels,
    boxes: NDArray[np.floating],
    scores: Sequence[float],
    landmarks: NDArray[np.floating],
    title: str,
    alt: str,
    *,
    names: Sequence[str],
    parts: Sequence[str],
    score: str,
    chosen: int = -1,
    height: int = 430,
) -> Drawing:
    """Draw every face over the photo.

    Args:
        photo: uint8 (height, width, 3).
        boxes: (faces, 4) left, top, right, bottom in pixels.
        scores: One a face, 0..1.
        landmarks: (faces, 5, 2) x and y in pixels.
        title: Heading.
        alt: What it shows.
        names: What each face is called.
        parts: What the five landmarks are.
        score: What the score is called.
        chosen: Place of the face that stands out.
        height: Pixels.
    """
    rows, columns = photo.shape[:2]
    figure = go.Figure()
    figure.add_layout_image(
        source=_jpeg_url(photo), xref="x", yref="y", x=0, y=0, sizex=columns, sizey=rows,
        sizing="stretch", layer="below",
    )  # fmt: skip
    for place, (box, points) in enumerate(zip(boxes, landmarks, strict=True)):
        left, top, right, bottom = map(float, box)
        is_chosen = place == chosen
        figure.add_scatter(
            x=[left, right, right, left, left],
            y=[top, top, bottom, bottom, top],
            mode="lines",
            line={"color": OKABE_ITO[1 if is_chosen else 4], "width": 3.5 if is_chosen else 2},
            hovertemplate=f"{names[place]}<br>{score} {scores[place]:.3f}<extra></extra>",
        )
        figure.add_scatter(
            x=points[:, 0].tolist(),
            y=points[:, 1].tolist(),
            mode="markers",
            marker={
                "color": list(LANDMARK_COLOURS),
                "size": 8 if right - left > columns / 12 else 4,
                "line": {"color": "#222", "width": 1},
            },
            text=list(parts),
            hovertemplate="%{text}: %{x:.0f}, %{y:.0f}<extra></extra>",
        )
        figure.add_annotation(
            x=left, y=top, text=f"{names[place]} · {scores[place]:.2f}", showarrow=False,
            xanchor="left", yanchor="bottom", font={"color": "#fff", "size": 12},
            bgcolor="rgba(0,0,0,0.65)", borderpad=2,
        )  # fmt: skip
    plain = {"constrain": "domain", "showgrid": False, "zeroline": False, "visible": False}
    figure.update_xaxes(range=[0, columns], **plain)
    figure.update_yaxes(range=[rows, 0], scaleanchor="x", **plain)
    figure.update_layout(showlegend=False)
    return Drawing(
        framed(figure, title, height), alt, _table(boxes, scores, landmarks, names, parts, score)
    )


def _table(
    boxes: NDArray[np.floating],
    scores: Sequence[float],
    landmarks: NDArray[np.floating],
    names: Sequence[str],
    parts: Sequence[str],
    score: str,
) -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = {"#": list(names), score: [round(float(s), 4) for s in scores]}
    for place, side in enumerate(("x1", "y1", "x2", "y2")):
        table[side] = [round(float(box[place]), 1) for box in boxes]
    for place, part in enumerate(parts):
        table[part] = [f"{points[place][0]:.1f}, {points[place][1]:.1f}" for points in landmarks]
    return table


def _jpeg_url(pixels: Pixels) -> str:
    target = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).save(target, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(target.getvalue()).decode("ascii")
