"""Pictures one after the other, with a slider and a button to play them."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from gallery.figures._drawing import Drawing, framed
from models._images import Pixels

__all__ = ["film"]

MOST = 33  # pictures a browser takes at once
ENLARGED = 288  # pixels a side


def film(
    pictures: Sequence[Pixels],
    steps: Sequence[int],
    values: Sequence[float],
    alt: str,
    *,
    step: str,
    value: str,
    play: str,
    pause: str,
) -> Drawing:
    """Draw a film that stands at its last picture.

    Args:
        pictures: uint8 (side, side, 3) each, all of one size.
        steps: Number of each picture.
        values: A number that goes with each picture.
        alt: What it shows.
        step: What the slider counts.
        value: What the numbers are.
        play: Label of the button.
        pause: Label of the other button.
    """
    kept = np.unique(np.linspace(0, len(pictures) - 1, min(MOST, len(pictures))).round())
    sources = [_source(pictures[int(place)]) for place in kept]
    figure = go.Figure(go.Image(source=sources[-1], hoverinfo="skip"))
    names = [str(steps[int(place)]) for place in kept]
    figure.frames = [
        go.Frame(data=[go.Image(source=source, hoverinfo="skip")], name=name)
        for name, source in zip(names, sources, strict=True)
    ]
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain")
    framed(figure, "", ENLARGED + 140)
    figure.update_layout(
        sliders=[
            {
                "active": len(kept) - 1,
                "currentvalue": {"prefix": f"{step} "},
                "pad": {"t": 12, "l": 150},
                "steps": [
                    {"label": name, "method": "animate", "args": [[name], _at_once()]}
                    for name in names
                ],
            }
        ],
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "x": 0,
                "y": 0,
                "xanchor": "left",
                "yanchor": "top",
                "pad": {"t": 22},
                "showactive": False,
                "buttons": [
                    {"label": play, "method": "animate", "args": [None, _running()]},
                    {"label": pause, "method": "animate", "args": [[None], _at_once()]},
                ],
            }
        ],
    )
    return Drawing(figure, alt, {step: list(steps), value: list(values)})


def _at_once() -> dict[str, object]:
    return {"mode": "immediate", "frame": {"duration": 0, "redraw": True},
            "transition": {"duration": 0}}  # fmt: skip


def _running() -> dict[str, object]:
    return {"fromcurrent": True, "frame": {"duration": 120, "redraw": True},
            "transition": {"duration": 0}}  # fmt: skip


def _source(pixels: Pixels) -> str:
    large = Image.fromarray(pixels).resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC)
    target = io.BytesIO()
    large.save(target, "WEBP", quality=85)
    return "data:image/webp;base64," + base64.b64encode(target.getvalue()).decode("ascii")
