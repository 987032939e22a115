"""Who belongs together: groups joined at the distance that is between them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import unmarked

if TYPE_CHECKING:
    from models._face_map import Tree

__all__ = ["dendrogram"]

ROW = 30  # pixels of a name
NAMES = 40  # that are written at the axis


def dendrogram(
    tree: "Tree",
    names: Sequence[str],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    name: str = "",
    threshold: float | None = None,
    threshold_name: str = "",
) -> Drawing:
    """Draw a tree lying on its side, the faces at the left.

    Args:
        tree: Its joins.
        names: Of the faces; equal ones are allowed.
        title: Heading.
        alt: What it shows.
        x: What the distance is.
        name: What the names are.
        threshold: Groups joined below it have a colour of their own.
        threshold_name: What is written at it.
    """
    faces = len(names)
    lines: list[float] = [0.0] * (2 * faces - 1)
    for place, face in enumerate(tree.order):
        lines[int(face)] = float(place)
    starts = [0.0] * (2 * faces - 1)
    figure = go.Figure()
    table: dict[str, list[Any]] = {name or "#": [], " ": [], x or "x": []}
    members = [[each] for each in names]
    for step, (one, other) in enumerate(tree.joins):
        height, made = float(tree.heights[step]), faces + step
        is_near = threshold is not None and height <= threshold
        figure.add_scatter(
            x=[starts[one], height, height, starts[other]],
            y=[lines[one], lines[one], lines[other], lines[other]],
            mode="lines",
            line={"color": OKABE_ITO[2] if is_near else OKABE_ITO[7], "width": 2.5},
            hovertemplate=f"{x} {height:.3f}<extra></extra>",
        )
        lines[made], starts[made] = (lines[one] + lines[other]) / 2, height
        for column, group in zip(table, (members[one], members[other]), strict=False):
            table[column].append(", ".join(group))
        table[x or "x"].append(round(height, 4))
        members.append(members[one] + members[other])
    if threshold is not None:
        figure.add_vline(
            threshold,
            line={"dash": "dot", "width": 1.5, "color": OKABE_ITO[3]},
            annotation={"text": threshold_name, "yanchor": "bottom", "showarrow": False},
            annotation_position="top",
        )
    top = max([*tree.heights, threshold or 0.0], default=1.0) or 1.0
    figure.update_xaxes(title=x, range=[0, top * 1.06], zeroline=False)
    figure.update_yaxes(**_written(tree, names), showgrid=False, zeroline=False)
    figure.update_layout(showlegend=False)
    framed(figure, title, 134 + (ROW if faces <= NAMES else 9) * faces)
    figure.update_layout(margin={"t": 58})  # the threshold's name stands below the buttons
    return Drawing(figure, alt, table)


def _written(tree: "Tree", names: Sequence[str]) -> dict[str, Any]:
    """The names at the axis, where they have room."""
    ends = [len(names) - 0.5, -0.5]
    if len(names) > NAMES:
        return {"range": ends, "tickvals": []}
    ordered = [unmarked(names[int(face)]) for face in tree.order]
    return {"range": ends, "tickvals": list(range(len(names))), "ticktext": ordered}
