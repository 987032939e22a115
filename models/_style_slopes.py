"""A convolution whose slope towards its input is computed in half precision.

Forward it is exact. Backward, bfloat16's eight bits leave the slope about 0.3 % from where single
precision puts it, which an optimiser does not notice, and a CPU that multiplies bfloat16 natively
takes half the time. A GPU, and a CPU that does not, keep single precision.
"""

from typing import Any

import torch
from torch.nn import functional as F

from models._halves import halves_pay

__all__ = ["convolve"]


class _HalfSlope(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        values: torch.Tensor,
        weights: torch.Tensor,
        bias: torch.Tensor | None,
        steps: tuple[list[int], list[int]],
    ) -> torch.Tensor:
        ctx.shape, ctx.steps = values.shape, steps
        ctx.save_for_backward(weights)
        return F.conv2d(values, weights, bias, *steps)

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, None, None, None]:
        (weights,) = ctx.saved_tensors
        half = weights.bfloat16()
        shape = half.new_empty(ctx.shape).contiguous(memory_format=torch.channels_last)
        change = torch.ops.aten.convolution_backward(
            *(slope.bfloat16(), shape, half, None, *ctx.steps),
            *([1, 1], False, [0, 0], 1, [True, False, False]),
        )[0]
        return change.float(), None, None, None


def convolve(
    values: torch.Tensor,
    weights: torch.Tensor,
    bias: torch.Tensor | None,
    stride: list[int],
    padding: list[int],
) -> torch.Tensor:
    """Convolve (pictures, channels, H, W) with weights that no slope is asked of."""
    if values.requires_grad and values.device.type == "cpu" and halves_pay():
        convolved: torch.Tensor = _HalfSlope.apply(values, weights, bias, (stride, padding))
        return convolved
    return F.conv2d(values, weights, bias, stride, padding)
