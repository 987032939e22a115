"""What one output really listens to: the gradient of a deep position with respect to the photo.

The theoretical receptive field says which pixels can matter; how much each matters is the size of
the derivative of the output with respect to it. Pixels in the middle reach an output along many
more paths than pixels at the rim, so the effective field is a soft blob, a fraction of the square
(Luo, Li, Urtasun and Zemel, *Understanding the Effective Receptive Field in Deep Convolutional
Neural Networks*, 2016).

Of all channels at a position, the mean square derivative is estimated with random signs s_c:
E[(sum_c s_c dy_c/dx)^2] = sum_c (dy_c/dx)^2.
"""

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models._errors import InputError
from models._gate import turn
from models._images import Pixels, as_pixels
from models._layer_stack import LayerReport, stack
from models._layers import Layer
from models._load import device_of, load
from models._ranges import Range, checked
from models.networks import tiny_vgg

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["EffectiveField", "effective_receptive_field", "field_layers"]

LONGER_SIDE = 192  # pixels the network is shown
SIGNS = 8  # random sign vectors over the channels
CLASSIFIERS = {"tiny_vgg": tiny_vgg.CLASSIFIER}
Box = tuple[float, float, float, float]  # top, left, bottom, right; pixels
THRESHOLD = 0.0455  # of the maximum: two standard deviations of a Gaussian, as Luo et al. count


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """How much each pixel matters to one position of one layer."""

    photo: Pixels  # (H, W, 3) as the network saw it
    values: NDArray[np.float32]  # (H, W) size of the derivative, largest is 1
    layer: str
    position: tuple[int, int]  # row, column of the output looked at
    positions: tuple[int, int]  # rows and columns the layer has for this photo
    box: Box  # theoretical field: top, left, bottom, right; pixels
    receptive_field: int  # theoretical, pixels a side
    effective_side: float  # side of a square with as many pixels as lie above 4.55 % of the maximum
    half_energy_side: int  # side of the centred square that holds half of the squared derivative
    inside: float  # share of the squared derivative within the theoretical field


@checked
def field_layers(model: Literal["tiny_vgg"] = "tiny_vgg") -> tuple[LayerReport, ...]:
    """List the layers whose receptive field can be drawn.

    Args:
        model: Which network.

    Returns:
        A report a layer, each named as ``effective_receptive_field`` wants it.

    >>> [row.receptive_field for row in field_layers()][:4]
    [3, 7, 11, 13]
    """
    return _plan(model)


@checked
def effective_receptive_field(
    photo: Pixels,
    layer: str = "pool3",
    model: Literal["tiny_vgg"] = "tiny_vgg",
    down: Annotated[float, Range(0.0, 1.0, 0.01)] = 0.5,
    across: Annotated[float, Range(0.0, 1.0, 0.01)] = 0.5,
    weights: Literal["trained", "random"] = "trained",
) -> EffectiveField:
    """Trace one position of a layer back to the photo by its gradient.

    Args:
        photo: uint8 (height, width, 3) or (height, width); its longer side is scaled to 192.
        layer: A name from ``field_layers``.
        model: Which network.
        down: Where in the layer, from the top (0) to the bottom (1).
        across: Where in the layer, from the left (0) to the right (1).
        weights: The trained weights, or the same network before training.

    Returns:
        The derivative at every pixel beside the theoretical field.

    Raises:
        InputError: ``layer_unknown`` or ``photo_too_narrow``.
    """
    rows = _plan(model)
    names = [row.layer.name for row in rows]
    if layer not in names:
        raise InputError("layer_unknown", layer=str(layer)[:40], allowed=", ".join(names))
    report = rows[names.index(layer)]
    shown = _scale(as_pixels(photo))
    positions = _positions(model, names.index(layer), shown)
    position = (
        min(int(down * positions[0]), positions[0] - 1),
        min(int(across * positions[1]), positions[1] - 1),
    )
    box = _box(report, position)
    with turn():
        values = _derive(_network(model, weights), shown, model, names.index(layer), position, box)
    return _measure(shown, values, report, position, positions, box)


def _positions(model: str, layer: int, shown: Pixels) -> tuple[int, int]:
    layers = [row.layer for row in _plan(model)[: layer + 1]]
    _, rows, columns = stack((3, *shown.shape[:2]), layers)[-1].shape
    return rows, columns


def _box(report: LayerReport, position: tuple[int, int]) -> Box:
    top, left = (
        start + jump * index - field / 2
        for start, jump, index, field in zip(
            report.starts, report.jumps, position, report.fields, strict=True
        )
    )
    return (top, left, top + report.fields[0], left + report.fields[1])


@functools.cache
def _plan(model: str) -> tuple[LayerReport, ...]:
    """Read the plan of the network as a stack; its normalisation and rectifiers see one pixel."""
    layers: list[Layer] = []
    convolutions = poolings = 0
    for step in tiny_vgg.PLAN:
        if step is None:
            poolings += 1
            layers.append(Layer("max_pooling", None, 2, 2, name=f"pool{poolings}"))
        else:
            convolutions += 1
            layers.append(
                Layer(
                    "convolution", step[0], 3, step[1], 1,
                    bias=False, batch_norm=True, name=f"conv{convolutions}",
                )
            )  # fmt: skip
    side = CLASSIFIERS[model].input_size
    return stack((3, side, side), layers).rows


def _network(model: str, weights: str) -> "nn.Module":
    network = load(CLASSIFIERS[model].spec)
    return network if weights == "trained" else _untrained(model, str(device_of(network)))


@functools.lru_cache(maxsize=1)
def _untrained(model: str, device: str) -> "nn.Module":
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = CLASSIFIERS[model].spec.build()
    return network.eval().requires_grad_(False).to(device)


def _scale(pixels: Pixels) -> Pixels:
    picture = Image.fromarray(pixels).convert("RGB")
    factor = LONGER_SIDE / max(picture.size)
    width, height = (round(side * factor) for side in picture.size)
    if min(width, height) < tiny_vgg.MINIMUM_SIDE:
        raise InputError("photo_too_narrow", ratio=round(max(picture.size) / min(picture.size), 1))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))


def _derive(
    network: "nn.Module",
    shown: Pixels,
    model: str,
    layer: int,
    position: tuple[int, int],
    box: Box,
) -> NDArray[np.float32]:
    import torch

    rows, columns, (row, column) = _crop(shown, box, position, _plan(model)[layer])
    device = device_of(network)
    batch = _batch(shown[rows, columns], model, device).requires_grad_()
    with torch.enable_grad():
        outputs = _run_to(network, batch, layer)[0, :, row, column]  # (channels,)
        generator = torch.Generator().manual_seed(0)
        signs = torch.randint(0, 2, (SIGNS, len(outputs)), generator=generator) * 2.0 - 1
        mixed = signs.to(device) @ outputs  # (signs,)
        squares = torch.zeros_like(batch[0, 0])  # (height, width) of the crop
        for number in range(SIGNS):
            (gradient,) = torch.autograd.grad(mixed[number], batch, retain_graph=True)
            squares += gradient[0].square().sum(0)
    values = np.zeros(shown.shape[:2], np.float32)
    values[rows, columns] = squares.sqrt().cpu().numpy()
    return values / np.float32(max(float(values.max()), 1e-30))


def _crop(
    shown: Pixels, box: Box, position: tuple[int, int], report: LayerReport
) -> tuple[slice, slice, tuple[int, int]]:
    """Find the part of the photo that the position can see, and the position within it.

    The part begins at a multiple of the jump, so that all strides fall as they do on the whole
    photo, and it ends beyond the field or with the photo, so that the padding does too.
    """
    slices, places = [], []
    for axis, length in enumerate(shown.shape[:2]):
        jump = round(report.jumps[axis])
        first = max(0, math.floor(box[axis] / jump) * jump)
        last = min(length, math.ceil(box[axis + 2] / jump) * jump + jump)
        slices.append(slice(first, last))
        places.append(position[axis] - first // jump)
    return slices[0], slices[1], (places[0], places[1])


def _batch(pixels: Pixels, model: str, device: "torch.device") -> "torch.Tensor":
    """Scale pixels as the network was trained on: (1, 3, height, width)."""
    import torch

    classifier = CLASSIFIERS[model]
    values = torch.from_numpy(pixels.copy()).to(device).permute(2, 0, 1).float() / 255
    mean, std = (
        torch.tensor(each, device=device).view(3, 1, 1)
        for each in (classifier.mean, classifier.std)
    )
    return ((values - mean) / std)[None]


def _run_to(network: "nn.Module", batch: "torch.Tensor", layer: int) -> "torch.Tensor":
    """Run the features up to a layer: a convolution's own sum, or a pooling's maxima."""
    from torch import nn

    counted = -1
    for module in network.get_submodule("features"):  # type: ignore[attr-defined]
        batch = module(batch)
        counted += isinstance(module, nn.Conv2d | nn.MaxPool2d)
        if counted == layer:
            break
    return batch


def _measure(
    shown: Pixels,
    values: NDArray[np.float32],
    report: LayerReport,
    position: tuple[int, int],
    positions: tuple[int, int],
    box: Box,
) -> EffectiveField:
    energy = values.astype(np.float64) ** 2
    total = max(float(energy.sum()), 1e-30)
    rows, columns = np.indices(values.shape) + 0.5
    top, left, bottom, right = box
    within = (rows > top) & (rows < bottom) & (columns > left) & (columns < right)
    reach = np.maximum(np.abs(rows - (top + bottom) / 2), np.abs(columns - (left + right) / 2))
    nearest = np.argsort(reach, axis=None)
    held = np.cumsum(energy.flat[nearest])
    half = 2 * reach.flat[nearest[np.searchsorted(held, held[-1] / 2)]]
    return EffectiveField(
        shown,
        values,
        report.layer.name,
        position,
        positions,
        box,
        max(report.fields),
        float(np.sqrt((values > THRESHOLD).sum())),
        math.ceil(half),
        float(energy[within].sum() / total),
    )
