"""Which part of the picture one position of a layer can see: its receptive field.

Going up, a window of k taps that lie d positions apart, moved by s positions, with p zeros in
front, turns receptive field r, jump j and start a (the centre of the first position; the first
pixel's centre is at 0.5) into

    r + (k - 1) d j,    j s,    a + ((k - 1) d / 2 - p) j

Where branches meet, the position sees whatever either of them saw. After a mean over all positions
it sees the whole picture. Source: Araujo, Norris and Sim, *Computing Receptive Fields of
Convolutional Neural Networks*, Distill (2019), https://distill.pub/2019/computing-receptive-fields.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from models._gate import turn
from models._graph import Trace

__all__ = ["Reach", "reach_of", "reaches"]

WINDOWS = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)


@dataclass(frozen=True)
class Reach:
    """What one position sees along an axis, in pixels of the picture."""

    receptive_field: int
    jump: int  # from one position to the next
    start: float  # centre of what the first position sees; the first pixel's centre is 0.5

    def span(self, position: int) -> tuple[int, int]:
        """The first pixel and the one behind the last; both may lie outside the picture."""
        first = round(self.start + position * self.jump - self.receptive_field / 2)
        return first, first + self.receptive_field


class _Shapes(fx.Interpreter):
    """Runs a network and notes the shape of every value."""

    def __init__(self, module: fx.GraphModule, shapes: dict[str, tuple[int, ...]]) -> None:
        super().__init__(module)
        self.shapes = shapes

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if isinstance(value, torch.Tensor):
            self.shapes[n.name] = tuple(value.shape)
        return value


def reaches(trace: Trace, shapes: dict[str, tuple[int, ...]]) -> dict[str, Reach | None]:
    """Follow the receptive field from the picture to the answer.

    Args:
        trace: The operations of a network.
        shapes: Node -> shape of its value, batch included; only nodes whose values are tensors.

    Returns:
        Node -> what one position sees; None where that is the whole picture.
    """
    found: dict[str, Reach | None] = {}
    for node in trace.module.graph.nodes:
        if node.op == "placeholder":
            found[node.name] = Reach(1, 1, 0.5)
        elif node.name in shapes:
            below = [parent for parent in node.all_input_nodes if parent.name in found]
            if below:
                found[node.name] = _after(trace, node, below, found, shapes)
    return found


def reach_of(trace: Trace, layer: str, side: int) -> Reach | None:
    """What one position of a layer sees, worked out once per network.

    Args:
        trace: The operations of a network.
        layer: Name of the layer.
        side: Side of the input that the network was made for, in pixels.

    Returns:
        Its receptive field; None where that is the whole picture.
    """
    node = trace.node(layer)
    if not trace.reaches:
        trace.reaches.update(_measure(trace, side))
    return trace.reaches.get(node.name)


def _measure(trace: Trace, side: int) -> dict[str, Reach | None]:
    place = next(trace.module.parameters()).device
    with turn(), torch.inference_mode():
        shapes: dict[str, tuple[int, ...]] = {}
        _Shapes(trace.module, shapes).run(torch.zeros(1, 3, side, side, device=place))
    return reaches(trace, shapes)


def _after(
    trace: Trace,
    node: fx.Node,
    below: list[fx.Node],
    found: dict[str, Reach | None],
    shapes: dict[str, tuple[int, ...]],
) -> Reach | None:
    seen = [found[parent.name] for parent in below]
    module = trace.module_of(node)
    if isinstance(module, WINDOWS) and seen[0] is not None:
        return _slide(seen[0], *_window(module))
    if trace.kinds.get(node.name) in {"mean", "reshape"}:
        keeps_places = shapes[node.name][2:] == shapes[below[0].name][2:]
        return seen[0] if keeps_places and len(shapes[node.name]) == 4 else None
    if len(shapes[node.name]) < 4 and trace.kinds.get(node.name) == "linear":
        return None
    return _union(seen)


def _window(module: nn.Module) -> tuple[int, int, int, int]:
    """Kernel, padding, stride and dilation along the height."""
    names = ("kernel_size", "padding", "stride", "dilation")
    sizes = [getattr(module, name, 1) for name in names]
    kernel, padding, stride, dilation = (
        size[0] if isinstance(size, tuple) else int(size) for size in sizes
    )
    return kernel, padding, stride, dilation


def _slide(seen: Reach, kernel: int, padding: int, stride: int, dilation: int) -> Reach:
    wider = (kernel - 1) * dilation
    return Reach(
        seen.receptive_field + wider * seen.jump,
        seen.jump * stride,
        seen.start + (wider / 2 - padding) * seen.jump,
    )


def _union(seen: Iterable[Reach | None]) -> Reach | None:
    branches = list(seen)
    known = [one for one in branches if one is not None]
    if len(known) < len(branches):
        return None
    first = min(one.start - one.receptive_field / 2 for one in known)
    behind = max(one.start + one.receptive_field / 2 for one in known)
    return Reach(round(behind - first), max(one.jump for one in known), (first + behind) / 2)
