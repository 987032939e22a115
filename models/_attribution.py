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

The gradients of the picture come from captum. Its guided backpropagation and Grad-CAM put hooks on
the network, which many visitors share; here they work on a list of its operations instead, and the
tests hold them equal to captum's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from numpy.typing import NDArray
from torch import fx, nn
from torch.nn import functional as F

from models._errors import InputError
from models._gate import turn
from models._graph import Trace, trace
from models._images import Pixels
from models._occlusion import occlude
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
Baseline = Literal["mean", "black", "blurred"]
Steps = Annotated[int, Range(8, 200, 8)]
Noise = Annotated[float, Range(0.01, 0.5, 0.01)]
Length = Annotated[int | None, Range(2, 160, 2, "px")]

LAYER_METHODS = ("grad_cam", "grad_cam_plus_plus", "layer_cam")
SIGNED_METHODS = ("input_x_gradient", "integrated_gradients", "occlusion")
BRIGHT = 99.5  # percent: a single strong pixel must not make all others invisible
ROUNDING = 1e-4  # of a score: what two ways of adding up the same numbers may differ by
BATCH = 25  # pictures at once; more is not faster on a processor and costs memory


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


@dataclass(frozen=True)
class Settings:
    """The knobs of the methods; each method reads its own."""

    baseline: Baseline = "mean"
    steps: int = 50
    noise: float = 0.15
    window: int | None = None
    stride: int | None = None


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
    nothing = _baseline(batch, settings.baseline, model)
    adds_up = method == "integrated_gradients"  # to the score less that of the baseline
    with turn():
        with torch.no_grad():
            scores = network.module(torch.cat([batch, nothing]) if adds_up else batch).double()
        chosen = int(scores[0].argmax()) if target is None else target
        if method in LAYER_METHODS:
            layer = layer or network.deepest_map
            raw, values, remark = _by_layer(network, batch, method, chosen, layer)
        else:
            layer = None
            raw, values, remark = _by_pixel(network, batch, nothing, method, chosen, settings)
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


Maps = tuple[torch.Tensor, torch.Tensor, str | None]  # raw, values, remark


def _by_pixel(
    network: Trace,
    batch: torch.Tensor,
    nothing: torch.Tensor,
    method: Method,
    target: int,
    settings: Settings,
) -> Maps:
    """Attribute to the pixels: raw (3, side, side) and values (side, side)."""
    pixels = batch.clone().requires_grad_()
    score = network.module
    if method == "saliency":
        raw = Saliency(score).attribute(pixels, target=target)[0]
        return raw, raw.amax(0), None
    if method == "smoothgrad":
        raw = _smooth(score, batch, target, settings)
        return raw, raw.amax(0), None
    if method == "guided_backpropagation":
        guided, gates = _guided(network)
        raw = _gradient(guided, pixels, target)[0]
        return raw, raw.abs().amax(0), None if gates else "guided_without_relu"
    if method == "input_x_gradient":
        raw = InputXGradient(score).attribute(pixels, target=target)[0]
    elif method == "integrated_gradients":
        raw = IntegratedGradients(score).attribute(
            pixels, nothing, target, n_steps=settings.steps, internal_batch_size=BATCH
        )[0]
    else:
        window = settings.window or max(2, batch.shape[-1] // 8)
        stride = settings.stride or max(1, window // 2)
        raw = occlude(network, batch, nothing, target, window, stride)
        changes = float(raw.abs().max()) > ROUNDING
        return raw.expand(3, -1, -1), raw, None if changes else "map_no_change"
    return raw, raw.sum(0), None


def _by_layer(network: Trace, batch: torch.Tensor, method: Method, target: int, layer: str) -> Maps:
    """Attribute to the places of a layer: raw (height, width) and values (side, side)."""
    answer = network.names[network.layers[-1].name]
    reading = network.reading(layer, answer)
    with torch.enable_grad():
        maps, scores = reading(batch.clone().requires_grad_())
        if network.channels_first(layer, maps).ndim != 4 or maps.ndim != 4:
            raise InputError("layer_without_places", layer=layer)
        (slope,) = torch.autograd.grad(scores[0, target], maps)
    maps, slope = (network.channels_first(layer, one.detach())[0] for one in (maps, slope))
    signed = (_weights(method, maps, slope) * maps).sum(0)
    raw = F.relu(signed)
    values = F.interpolate(raw[None, None], batch.shape[-2:], mode="bilinear")[0, 0]
    return raw, values, _layer_remark(signed, slope)


def _weights(method: Method, maps: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """What each value of a layer is multiplied by, (channels, 1, 1) or (channels, h, w)."""
    if method == "grad_cam":
        return slope.mean((1, 2), keepdim=True)
    if method == "layer_cam":
        return F.relu(slope)
    square, cube = slope**2, slope**3
    below = 2 * square + maps.sum((1, 2), keepdim=True) * cube
    share = torch.where(below != 0, square / below, torch.zeros_like(below))
    return (share * F.relu(slope)).sum((1, 2), keepdim=True)


def _smooth(
    score: Callable[[torch.Tensor], torch.Tensor],
    batch: torch.Tensor,
    target: int,
    settings: Settings,
) -> torch.Tensor:
    """Average the saliency of noisy copies; the noise is the same every time."""
    deviation = settings.noise * float(batch.max() - batch.min())
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros_like(batch[0])
    for start in range(0, settings.steps, BATCH):
        count = min(BATCH, settings.steps - start)
        noise = torch.randn(count, *batch.shape[1:], generator=generator).to(batch)
        copies = (batch + deviation * noise).requires_grad_()
        total += Saliency(score).attribute(copies, target=target).sum(0)
    return total / settings.steps


def _gradient(
    score: Callable[[torch.Tensor], torch.Tensor], pixels: torch.Tensor, target: int
) -> torch.Tensor:
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(score(pixels)[0, target], pixels)
    return slope


class _GuidedReLU(torch.autograd.Function):
    """A ReLU that passes back only positive gradients, and only where it was open."""

    @staticmethod
    def forward(ctx: Any, values: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(values)
        return values.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *slopes: torch.Tensor) -> torch.Tensor:
        (values,) = ctx.saved_tensors
        passed: torch.Tensor = slopes[0].clamp(min=0) * (values > 0)
        return passed


def _guided_relu(values: torch.Tensor) -> torch.Tensor:
    guided: torch.Tensor = _GuidedReLU.apply(values)
    return guided


def _guided(network: Trace) -> tuple[fx.GraphModule, int]:
    """The network with every ReLU guided, and how many there are."""
    gates = [node for node in network.module.graph.nodes if _is_relu(network, node)]
    if "guided" not in network.variants:
        graph = fx.Graph()
        copies: dict[fx.Node, fx.Node] = {}
        for node in network.module.graph.nodes:
            copies[node] = graph.node_copy(node, copies.__getitem__)
            if node in gates:
                copies[node].op = "call_function"
                copies[node].target = _guided_relu
                copies[node].kwargs = {}
        network.variants["guided"] = fx.GraphModule(network.module, graph)
    return network.variants["guided"], len(gates)


def _is_relu(network: Trace, node: fx.Node) -> bool:
    return node.target is F.relu or isinstance(network.module_of(node), nn.ReLU)


def _baseline(batch: torch.Tensor, kind: Baseline, model: ModelName) -> torch.Tensor:
    """What stands for "nothing there"; zero is the mean colour of the training photos."""
    if kind == "mean":
        return torch.zeros_like(batch)
    if kind == "black":
        side = batch.shape[-1]
        return normalise(np.zeros((side, side, 3), np.uint8), model)
    return blur(batch)


def blur(batch: torch.Tensor) -> torch.Tensor:
    """Blur until nothing can be recognised: a Gaussian of an eighth of the side."""
    side = batch.shape[-1]
    sigma = side / 8
    reach = min(side - 1, round(3 * sigma))
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1).to(batch) / sigma) ** 2)
    taps = (taps / taps.sum()).view(1, 1, 1, -1)
    flat = batch.reshape(-1, 1, side, side)
    across = F.conv2d(F.pad(flat, (reach, reach, 0, 0), mode="reflect"), taps)
    down = F.conv2d(F.pad(across, (0, 0, reach, reach), mode="reflect"), taps.transpose(2, 3))
    return down.reshape(batch.shape)


def _layer_remark(signed: torch.Tensor, slope: torch.Tensor) -> str | None:
    if not slope.any():
        return "map_no_gradient"
    if float(signed.max()) <= 0:
        return "map_only_against"
    return "map_one_place" if signed.numel() == 1 else None


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
