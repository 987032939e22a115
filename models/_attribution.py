"""Which pixels, or which places of a layer, an answer rests on: nine methods, one question.

With S the score (logit) of the target class, x the picture and A the maps of a layer:

    saliency                max over colours of |dS/dx|                        Simonyan 2014
    input x gradient        sum over colours of x dS/dx                        Shrikumar 2016
    SmoothGrad              mean saliency of noisy copies of x                 Smilkov 2017
    integrated gradients    (x - b) times the mean of dS/dx from b to x        Sundararajan 2017
    guided backpropagation  dS/dx, every ReLU passing only positive gradients  Springenberg 2015
    Grad-CAM                relu(sum_k A_k mean(dS/dA_k))                      Selvaraju 2017
    Grad-CAM++              the same with positive gradients, weighed by place Chattopadhay 2018
    LayerCAM                relu(sum_k A_k relu(dS/dA_k))                      Jiang 2021
    occlusion               S minus S with a window of the picture covered     Zeiler 2014

Each is its own question, so they need not agree. Where captum has the method, the map is captum's
own, or equal to it within 1e-4.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from models._gate import turn
from models._graph import Trace, trace
from models._images import Pixels
from models._layer_maps import map_layer
from models._pixel_maps import Baseline, Settings, baseline_of, map_pixels
from models._ranges import Range, checked
from models._sight import ModelName, Side, Sight, check_target, look, network_of, normalise

__all__ = [
    "LAYER_METHODS",
    "SIGNED_METHODS",
    "Attribution",
    "Baseline",
    "Contrast",
    "Method",
    "attribute",
    "contrast",
    "explain",
]

Method = Literal[
    "grad_cam",
    "grad_cam_plus_plus",
    "layer_cam",
    "saliency",
    "input_x_gradient",
    "smoothgrad",
    "integrated_gradients",
    "guided_backpropagation",
    "occlusion",
]
Steps = Annotated[int, Range(8, 200, 8)]
Noise = Annotated[float, Range(0.01, 0.5, 0.01)]
Length = Annotated[int | None, Range(2, 160, 2, "px")]

LAYER_METHODS = ("grad_cam", "grad_cam_plus_plus", "layer_cam")
SIGNED_METHODS = ("input_x_gradient", "integrated_gradients", "occlusion")
BRIGHT = 99.5  # percent: a single strong pixel must not make all others invisible


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each pixel has to do with an answer."""

    values: NDArray[np.float32]  # (side, side) as the square the network was shown
    raw: NDArray[np.float32]  # (3, side, side) per colour, or (height, width) of the layer
    method: Method
    model: ModelName
    target: int  # the class asked about
    layer: str | None  # for the methods that look at a layer
    score: float  # logit of the target
    baseline_score: float | None  # logit of the baseline, where the map adds up to the difference
    signed: bool  # whether values below zero speak against the target
    sight: Sight
    remark: str | None  # why the map is blank or degenerate, as a code

    @property
    def bright(self) -> float:
        """The size that one pixel in 200 exceeds: where a picture should have its full colour."""
        sizes = np.abs(self.values)
        return float(np.percentile(sizes, BRIGHT)) or float(sizes.max()) or 1.0

    @property
    def share(self) -> NDArray[np.float32]:
        """The values for the eye, -1..1: divided by ``bright`` and cut there."""
        shared: NDArray[np.float32] = np.clip(self.values / np.float32(self.bright), -1, 1)
        return shared


@dataclass(frozen=True, eq=False)
class Contrast:
    """What speaks for one class rather than another."""

    values: NDArray[np.float32]  # (side, side) first minus second; above zero: for the first
    first: Attribution
    second: Attribution


@checked
def attribute(
    photo: Pixels,
    model: ModelName = "tiny_vgg",
    method: Method = "grad_cam",
    target: Annotated[int | None, Range(0, 999)] = None,
    layer: str | None = None,
    side: Side = None,
    baseline: Baseline = "mean",
    steps: Steps = 50,
    noise: Noise = 0.15,
    window: Length = None,
    stride: Length = None,
) -> Attribution:
    """Ask which pixels an answer rests on.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The network that answered.
        method: How to ask.
        target: Number of the class; None: the network's first answer.
        layer: For the methods that look at a layer, its name; None: the last one with places.
        side: Side of the square that the network is shown; None: the one it was trained on.
        baseline: What stands for "nothing there" in integrated gradients and occlusion: the mean
            colour of the training photos, black, or the photo itself, blurred.
        steps: Pictures between baseline and photo, or noisy copies for SmoothGrad.
        noise: Deviation of SmoothGrad's noise as a share of the photo's range.
        window: Side of occlusion's window; None: an eighth of the square's side.
        stride: Pixels from one window to the next; None: half a window.

    Returns:
        The map, and why it is blank where it is.

    Raises:
        InputError: ``class_range``, ``unknown_layer``, ``layer_without_places``,
            ``photo_too_small``, ``stride_over_window``.
    """
    check_target(target, model)
    sight = look(photo, model, side)
    settings = Settings(baseline, steps, noise, window, stride)
    return explain(trace(network_of(model)), sight, model, method, target, layer, settings)


@checked
def contrast(
    photo: Pixels,
    first: Annotated[int, Range(0, 999)] = 0,
    second: Annotated[int, Range(0, 999)] = 1,
    model: ModelName = "tiny_vgg",
    method: Method = "grad_cam",
    layer: str | None = None,
    side: Side = None,
) -> Contrast:
    """Ask what speaks for one class rather than another.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        first: Number of a class.
        second: Number of the class it is held against.
        model: The network that answered.
        method: How to ask.
        layer: As in ``attribute``.
        side: As in ``attribute``.

    Returns:
        The map of the first class minus that of the second, both in units of the score.
    """
    one = attribute(photo, model, method, first, layer, side)
    other = attribute(photo, model, method, second, layer, side)
    return Contrast(one.values - other.values, one, other)


def explain(
    network: Trace,
    sight: Sight,
    model: ModelName,
    method: Method,
    target: int | None,
    layer: str | None,
    settings: Settings | None = None,
) -> Attribution:
    """Attribute on any list of operations: the shared network's, or a private copy's."""
    settings = settings or Settings()
    batch = normalise(sight.pixels, model)
    nothing = baseline_of(batch, settings.baseline, model)
    adds_up = method == "integrated_gradients"  # to the score less that of the baseline
    with turn():
        with torch.no_grad():
            scores = network.module(torch.cat([batch, nothing]) if adds_up else batch).double()
        chosen = int(scores[0].argmax()) if target is None else target
        if method in LAYER_METHODS:
            layer = layer or network.deepest_map
            raw, values, remark = map_layer(network, batch, method, chosen, layer)
        else:
            layer = None
            raw, values, remark = map_pixels(network, batch, nothing, method, chosen, settings)
        raw, values = raw.detach(), values.detach()
    return Attribution(
        values=_to_array(values),
        raw=_to_array(raw),
        method=method,
        model=model,
        target=chosen,
        layer=layer,
        score=float(scores[0, chosen]),
        baseline_score=float(scores[1, chosen]) if adds_up else None,
        signed=method in SIGNED_METHODS,
        sight=sight,
        remark=remark or _remark(values),
    )


def _remark(values: torch.Tensor) -> str | None:
    if not bool(torch.isfinite(values).all()):
        return "map_not_finite"
    top = float(values.abs().max())
    if top < 1e-12:
        return "map_no_gradient"
    return "map_even" if float(values.max() - values.min()) < 1e-6 * top else None


def _to_array(values: torch.Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = values.detach().float().cpu().numpy()
    return np.ascontiguousarray(array)
