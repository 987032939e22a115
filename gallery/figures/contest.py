"""Detectors at every threshold: what each marks, what of it is true, and its score."""

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

if TYPE_CHECKING:
    from models._edges_contest import Comparison, OperatorCurve

__all__ = ["contest", "outcome_picture"]

# Nothing, hit, false alarm, miss: as ``OperatorCurve.outcomes`` counts them.
COLOURS = ((245, 245, 245), (0, 158, 115), (213, 94, 0), (86, 180, 233))
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
COLUMNS = 3  # of panels; the picture comes first


def outcome_picture(outcome: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Hits green, false alarms orange, misses blue: uint8 (height, width, 3)."""
    return np.array(COLOURS, np.uint8)[outcome]


def contest(
    comparison: "Comparison",
    names: Mapping[str, str],
    alt: str = "",
    *,
    picture: str = "",
    threshold: str = "",
    score: str = "",
    play: str = "",
    pause: str = "",
    height: int = 900,
) -> Drawing:
    """Draw the scores over the threshold, and the edges at a threshold that can be moved.

    Args:
        comparison: All detectors on one picture.
        names: Code of a detector -> its name.
        alt: What it shows.
        picture: Name of the picture itself.
        threshold: What the axis is, with its unit.
        score: What the curves are.
        play: Label of the button that runs through the thresholds.
        pause: Label of the button that stops there.
        height: Pixels.
    """
    titles = ["", picture, *(names[curve.detector] for curve in comparison.curves)]
    figure = make_subplots(
        3, COLUMNS, specs=[[{"colspan": COLUMNS}, None, None], [{}] * 3, [{}] * 3],
        row_heights=[0.26, 0.37, 0.37], vertical_spacing=0.1, horizontal_spacing=0.01,
        subplot_titles=titles,
    )  # fmt: skip
    start = int(np.sum([curve.f_score for curve in comparison.curves], axis=0).argmax())
    _add_curves(figure, comparison, names, threshold, score)
    figure.add_trace(_marker(comparison, start), 1, 1)
    panels = [comparison.photo, *(curve.outcomes[start] for curve in comparison.curves)]
    for place, panel in enumerate(panels):
        figure.add_trace(_image(panel, place == 0), 2 + place // COLUMNS, 1 + place % COLUMNS)
    _hide_axes(figure)
    first = len(comparison.curves)
    moving = [first, *range(first + 2, first + 2 + len(comparison.curves))]
    figure.frames = [_frame(comparison, index, moving) for index in range(_steps(comparison))]
    framed(figure, "", height)
    figure.update_layout(
        sliders=[_slider(comparison, start, threshold)],
        updatemenus=[_buttons(play, pause)],
        legend={"y": 1.07, "yanchor": "bottom"},
        margin={"t": 56, "b": 110},
    )
    return Drawing(figure, alt, _table(comparison, names, threshold, score))


def _steps(comparison: "Comparison") -> int:
    return len(comparison.thresholds)


def _add_curves(
    figure: go.Figure,
    comparison: "Comparison",
    names: Mapping[str, str],
    threshold: str,
    score: str,
) -> None:
    for place, curve in enumerate(comparison.curves):
        figure.add_scatter(
            x=comparison.thresholds, y=curve.f_score, name=names[curve.detector], mode="lines",
            line={"color": OKABE_ITO[place], "dash": DASHES[place], "width": 2.5},
            customdata=np.stack([curve.precision, curve.recall, curve.thickness], axis=1),
            hovertemplate="F %{y:.2f}, P %{customdata[0]:.2f}, R %{customdata[1]:.2f}",
            row=1, col=1,
        )  # fmt: skip
    figure.update_xaxes(title=threshold, type="log", row=1, col=1,
                        tickvals=[2, 5, 10, 20, 40, 80])  # fmt: skip
    figure.update_yaxes(title=score, range=[0, 1.02], row=1, col=1)
    figure.update_layout(hovermode="x unified")


def _marker(comparison: "Comparison", index: int) -> go.Scatter:
    at = float(comparison.thresholds[index])
    return go.Scatter(
        x=[at, at], y=[0, 1.02], mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": "#888888", "width": 2, "dash": "dot"},
    )  # fmt: skip


def _image(panel: NDArray[np.uint8], is_photo: bool) -> go.Image:
    pixels = np.dstack([panel] * 3) if is_photo else outcome_picture(panel)
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise RuntimeError("OpenCV could not write a PNG")
    source = "data:image/png;base64," + base64.b64encode(data.tobytes()).decode("ascii")
    return go.Image(source=source, hoverinfo="skip")


def _hide_axes(figure: go.Figure) -> None:
    for row in (2, 3):
        for column in range(1, COLUMNS + 1):
            figure.update_xaxes(visible=False, constrain="domain", row=row, col=column)
            figure.update_yaxes(visible=False, constrain="domain", row=row, col=column)


def _frame(comparison: "Comparison", index: int, moving: Sequence[int]) -> go.Frame:
    images = [_image(curve.outcomes[index], False) for curve in comparison.curves]
    return go.Frame(
        name=str(index), data=[_marker(comparison, index), *images], traces=list(moving)
    )


def _slider(comparison: "Comparison", start: int, threshold: str) -> dict[str, object]:
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": True},
               "transition": {"duration": 0}}  # fmt: skip
    steps = [
        {"label": f"{value:.3g}", "method": "animate", "args": [[str(index)], at_once]}
        for index, value in enumerate(comparison.thresholds)
    ]
    return {
        "active": start, "steps": steps, "x": 0.16, "len": 0.84, "y": -0.02, "pad": {"t": 18},
        "currentvalue": {"prefix": f"{threshold}: ", "xanchor": "left"}, "minorticklen": 0,
    }  # fmt: skip


def _buttons(play: str, pause: str) -> dict[str, object]:
    run = {"frame": {"duration": 350, "redraw": True}, "fromcurrent": True,
           "transition": {"duration": 0}}  # fmt: skip
    stop = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}}
    return {
        "type": "buttons", "direction": "down", "x": 0, "xanchor": "left", "y": -0.02,
        "yanchor": "top", "pad": {"t": 18}, "showactive": False,
        "buttons": [
            {"label": f"▶ {play}", "method": "animate", "args": [None, run]},
            {"label": f"❚❚ {pause}", "method": "animate", "args": [[None], stop]},
        ],
    }  # fmt: skip


def _table(
    comparison: "Comparison", names: Mapping[str, str], threshold: str, score: str
) -> dict[str, list[float]]:
    def columns(curve: "OperatorCurve") -> dict[str, list[float]]:
        name = names[curve.detector]
        return {
            f"{name}: {score}": curve.f_score.round(4).tolist(),
            f"{name}: P": curve.precision.round(4).tolist(),
            f"{name}: R": curve.recall.round(4).tolist(),
        }

    table = {threshold: comparison.thresholds.tolist()}
    for curve in comparison.curves:
        table |= columns(curve)
    return table
