"""What a network is made of, and what its layers make of a photo."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import fx

from models._errors import InputError
from models._gate import turn
from models._graph import Trace, trace
from models._images import Pixels
from models._ranges import Range, checked
from models._reach import Reach, reach_of, reaches
from models._sight import ModelName, Side, Sight, find_classifier, look, network_of, normalise

__all__ = [
    "Channel",
    "Excitement",
    "FeatureMaps",
    "Filters",
    "LayerRow",
    "exciting_patches",
    "feature_maps",
    "filters",
    "layers",
]

Channel = Annotated[int, Range(0, 4095)]
Box = tuple[int, int, int, int]
TIMED_RUNS = 3  # the fastest counts: what else the machine does only ever adds


@dataclass(frozen=True)
class LayerRow:
    """One layer of a network."""

    name: str  # its path, as torchvision's feature extraction calls it
    kind: str  # convolution, normalisation, activation, pooling, mean, linear, add, ...
    shape: tuple[int, ...]  # (channels, height, width) or (values,)
    parameters: int
    milliseconds: float  # of this layer alone, for one picture, as just measured
    receptive_field: int | None  # pixels of the input; None: the whole picture
    jump: int | None  # pixels of the input from one position to the next
    start: float | None  # centre of what the first position sees; the first pixel's is at 0.5


@dataclass(frozen=True, eq=False)
class Filters:
    """The weights of a convolution."""

    layer: str
    values: NDArray[np.float32]  # (filters, channels, height, width)
    is_colour: bool  # whether the channels are red, green and blue


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What one layer makes of a photo."""

    layer: str
    values: NDArray[np.float32]  # (channels, height, width); height = width = 1 for a list
    order: NDArray[np.int64]  # (channels,) by strongest response, strongest first
    peaks: NDArray[np.int64]  # (channels, 2) row and column of the strongest response
    sight: Sight  # what the network was shown
    reach: Reach | None  # what one position sees; None: the whole picture

    def field(self, row: int, column: int) -> Box:
        """The receptive field of a position: top, left, height, width in pixels of the sight.

        It may hang over the rim of the picture, where the network reads zeros.
        """
        if self.reach is None:
            return (0, 0, *self.sight.pixels.shape[:2])
        (top, below), (left, right) = self.reach.span(row), self.reach.span(column)
        return top, left, below - top, right - left

    def patch(self, channel: int) -> Pixels:
        """The part of the picture that the strongest response of a channel can see."""
        row, column = self.peaks[channel]
        return _cut_out(self.sight.pixels, self.field(int(row), int(column)))


@dataclass(frozen=True, eq=False)
class Excitement:
    """One of the photos that excite a channel most, at the place where they do."""

    photo: int  # which of the photos given
    value: float  # the response there
    patch: Pixels  # (height, width, 3) what that position can see
    box: Box  # top, left, height, width of the patch in pixels of that photo


@checked
def layers(model: ModelName = "tiny_vgg", side: Side = None) -> list[LayerRow]:
    """List a network's layers in the order in which they work.

    Args:
        model: The network.
        side: Side of the square input in pixels; None: the network's own.

    Returns:
        Per layer: name, kind, shape, parameters, milliseconds and receptive field.
    """
    network = trace(network_of(model))
    size = side or find_classifier(model).input_size
    batch = normalise(np.full((size, size, 3), 128, np.uint8), model)
    with turn(), torch.inference_mode():
        runs = [_Timer(network) for _ in range(TIMED_RUNS)]
        for run in runs:
            run.run(batch)
    seen = reaches(network, runs[0].shapes)
    return [
        _row(network, node, runs, seen[node.name])
        for node in network.layers
        if node.name in runs[0].shapes
    ]


@checked
def filters(model: ModelName = "tiny_vgg", layer: str | None = None) -> Filters:
    """Read the weights of a convolution.

    Args:
        model: The network.
        layer: Name of a convolution; None: the first.

    Returns:
        The weights, filters first.

    Raises:
        InputError: ``unknown_layer``, or ``no_filters`` for a layer that is no convolution.
    """
    network = trace(network_of(model))
    first = next(node for node in network.layers if network.kinds[node.name] == "convolution")
    node = first if layer is None else network.node(layer)
    module = network.module_of(node)
    if not isinstance(module, torch.nn.Conv2d):
        raise InputError("no_filters", layer=layer)
    values = module.weight.detach().float().cpu().numpy()
    return Filters(network.names[node.name], values, node is first)


@checked
def feature_maps(
    photo: Pixels, model: ModelName = "tiny_vgg", layer: str | None = None, side: Side = None
) -> FeatureMaps:
    """Read what a layer makes of a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network.
        layer: Name of the layer; None: the first.
        side: Side of the square that the network is shown; None: the one it was trained on.

    Returns:
        The values of every channel, where each is strongest, and what that place can see.

    Raises:
        InputError: ``unknown_layer``, ``photo_too_small``.
    """
    network = trace(network_of(model))
    name = network.names[network.layers[0].name] if layer is None else layer
    sight = look(photo, model, side)
    values = _read(network, name, sight.pixels, model)[0]
    strongest = values.reshape(len(values), -1)
    places = strongest.argmax(axis=1)
    peaks = np.stack(np.unravel_index(places, values.shape[1:]), axis=1)
    order = np.argsort(-strongest.max(axis=1), kind="stable")
    reach = reach_of(network, name, find_classifier(model).input_size)
    return FeatureMaps(name, values, order, peaks, sight, reach)


@checked
def exciting_patches(
    photos: Pixels | Sequence[Pixels],
    model: ModelName = "tiny_vgg",
    layer: str | None = None,
    channel: Channel = 0,
    count: Annotated[int, Range(1, 16)] = 6,
    side: Side = None,
) -> list[Excitement]:
    """Find the photos, and the places in them, that excite a channel most.

    Args:
        photos: One picture to search, or several; uint8 (height, width) or (height, width, 3).
        model: The network.
        layer: Name of the layer; None: the first.
        channel: Which of its channels.
        count: How many photos to return.
        side: Side of the square that the network is shown; None: the one it was trained on.

    Returns:
        The most exciting place of each photo, strongest first.

    Raises:
        InputError: ``unknown_layer``, ``channel_range``, ``photo_too_small``.
    """
    network = trace(network_of(model))
    name = network.names[network.layers[0].name] if layer is None else layer
    several = [photos] if isinstance(photos, np.ndarray) else photos
    sights = [look(photo, model, side) for photo in several]
    values = _read(network, name, np.stack([sight.pixels for sight in sights]), model)
    check_channel(channel, values.shape[1], name)
    reach = reach_of(network, name, find_classifier(model).input_size)
    found = [
        _excitement(number, values[number, channel], sight, reach)
        for number, sight in enumerate(sights)
    ]
    return sorted(found, key=lambda one: -one.value)[:count]


def check_channel(channel: int, channels: int, layer: str) -> None:
    """Refuse a channel that a layer does not have."""
    if channel >= channels:
        raise InputError("channel_range", value=channel, last=channels - 1, layer=layer)


class _Timer(fx.Interpreter):
    """Runs a network operation by operation, with a stopwatch."""

    def __init__(self, network: Trace) -> None:
        super().__init__(network.module)
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.seconds: dict[str, float] = {}

    def run_node(self, n: fx.Node) -> Any:
        start = time.perf_counter()
        value = super().run_node(n)
        if isinstance(value, torch.Tensor):
            if value.is_cuda:
                torch.cuda.synchronize(value.device)
            self.shapes[n.name] = tuple(value.shape)
            self.seconds[n.name] = time.perf_counter() - start
        return value


def _row(network: Trace, node: fx.Node, runs: list[_Timer], reach: Reach | None) -> LayerRow:
    module = network.module_of(node)
    shape = runs[0].shapes[node.name][1:]
    if node.name in network.channels_last:
        shape = (shape[-1], *shape[:-1])
    return LayerRow(
        name=network.names[node.name],
        kind=network.kinds[node.name],
        shape=shape,
        parameters=sum(value.numel() for value in module.parameters()) if module else 0,
        milliseconds=1000 * min(run.seconds[node.name] for run in runs),
        receptive_field=reach.receptive_field if reach else None,
        jump=reach.jump if reach else None,
        start=reach.start if reach else None,
    )


def _read(network: Trace, layer: str, pixels: Pixels, model: ModelName) -> NDArray[np.float32]:
    reading = network.reading(layer)
    with turn(), torch.inference_mode():
        (values,) = reading(normalise(pixels, model))
        read: NDArray[np.float32] = network.channels_first(layer, values).float().cpu().numpy()
    return read


def _excitement(
    number: int, values: NDArray[np.float32], sight: Sight, reach: Reach | None
) -> Excitement:
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    side = sight.pixels.shape[0]
    top, left, height, width = (0, 0, side, side)
    if reach is not None:
        (top, below), (left, right) = reach.span(int(row)), reach.span(int(column))
        height, width = below - top, right - left
    scale = sight.box[2] / side
    box = (
        sight.box[0] + round(top * scale),
        sight.box[1] + round(left * scale),
        round(height * scale),
        round(width * scale),
    )
    patch = _cut_out(sight.pixels, (top, left, height, width))
    return Excitement(number, float(values.max()), patch, box)


def _cut_out(pixels: Pixels, box: Box) -> Pixels:
    top, left, height, width = box
    cut: Pixels = pixels[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
    return cut
