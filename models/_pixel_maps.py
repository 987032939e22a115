"""Maps of pixels: what the score's gradient, or its fall, says of each of them.

The gradients come from captum. Its guided backpropagation puts hooks on the network, which many
visitors share; here every ReLU of a list of its operations is exchanged instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from torch import fx, nn
from torch.nn import functional as F

from models._graph import Trace
from models._occlusion import occlude
from models._sight import ModelName, normalise

__all__ = ["Baseline", "Settings", "baseline_of", "blur", "map_pixels"]

Baseline = Literal["mean", "black", "blurred"]
Maps = tuple[torch.Tensor, torch.Tensor, str | None]  # raw, values, remark
ROUNDING = 1e-4  # of a score: what two ways of adding up the same numbers may differ by
BATCH = 25  # pictures at once; more is not faster on a processor and costs memory


@dataclass(frozen=True)
class Settings:
    """The knobs of the methods; each method reads its own."""

    baseline: Baseline = "mean"
    steps: int = 50
    noise: float = 0.15
    window: int | None = None
    stride: int | None = None


def map_pixels(
    network: Trace,
    batch: torch.Tensor,
    nothing: torch.Tensor,
    method: str,
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


def baseline_of(batch: torch.Tensor, kind: Baseline, model: ModelName) -> torch.Tensor:
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
