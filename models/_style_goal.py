"""What a picture is measured against: a photo's features, a style's Gram matrices, smoothness.

The targets are read once and kept. A picture is read no further than the last layer that counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from models._style_features import Reader

__all__ = ["Goal", "Terms", "aim", "gram_of", "style_gap", "variation_of"]


@dataclass(frozen=True)
class Terms:
    """The terms of J for one picture, as tensors that gradients flow through."""

    total: torch.Tensor
    content: torch.Tensor  # J_content
    style: torch.Tensor  # J_style
    variation: torch.Tensor
    layers: dict[str, torch.Tensor]  # J_style of each layer, without its weight


@dataclass(frozen=True, eq=False)
class Goal:
    """J = factors[0] J_content + factors[1] J_style + factors[2] V; what counts for 0 is not read.

    Layers and their shares: ``content`` and ``style``; what they should be: the targets.
    """

    reader: Reader
    factors: tuple[float, float, float]
    content: Mapping[str, float]
    style: Mapping[str, float]
    content_targets: Mapping[str, torch.Tensor]  # (1, channels, height, width)
    style_targets: Mapping[str, torch.Tensor]  # (1, channels, channels)

    def terms(self, picture: torch.Tensor) -> Terms:
        """Measure a picture (1, 3, height, width) in 0..1."""
        zero = picture.new_zeros(())
        found = self.reader.read(picture, {*self.content, *self.style})
        by_layer = {
            layer: style_gap(found[layer], self.style_targets[layer]) for layer in self.style
        }
        by_place = {
            layer: (found[layer] - self.content_targets[layer]).square().mean() / 4
            for layer in self.content
        }
        content = sum((share * by_place[name] for name, share in self.content.items()), zero)
        style = sum((share * by_layer[name] for name, share in self.style.items()), zero)
        variation = variation_of(picture) if self.factors[2] else zero
        terms = zip(self.factors, (content, style, variation), strict=True)
        total = sum((factor * term for factor, term in terms), zero)
        return Terms(total, content, style, variation, by_layer)


def aim(
    reader: Reader,
    factors: tuple[float, float, float],
    content: tuple[torch.Tensor, Mapping[str, float]],
    style: tuple[torch.Tensor, Mapping[str, float]],
) -> Goal:
    """Read the targets of a goal.

    Args:
        reader: The loss network.
        factors: alpha, beta, gamma.
        content: The photo (1, 3, height, width) in 0..1, and the share of each layer.
        style: The same of the style picture.

    Returns:
        The goal; layers of a term whose factor is 0 are left out.
    """
    places, layers = (
        shares if factor else {}
        for (_, shares), factor in zip((content, style), factors[:2], strict=True)
    )
    with torch.no_grad():
        features = reader.read(content[0], places)
        grams = {name: gram_of(each) for name, each in reader.read(style[0], layers).items()}
    return Goal(reader, factors, places, layers, features, grams)


def gram_of(features: torch.Tensor) -> torch.Tensor:
    """Gram matrices (pictures, C, C) of features (pictures, C, H, W), divided by C H W."""
    places = _places(features)
    return places.transpose(1, 2) @ places / features[0].numel()


def _places(features: torch.Tensor) -> torch.Tensor:
    """One row a place, one column a channel: (pictures, H W, C)."""
    return features.permute(0, 2, 3, 1).flatten(1, 2)


class _StyleGap(torch.autograd.Function):
    """|G - A|^2 / 4. Its slope F (G - A) / (C H W) takes one product; autograd would take two."""

    @staticmethod
    def forward(ctx: Any, features: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        gap = gram_of(features) - target
        ctx.save_for_backward(features, gap)
        return gap.square().sum() / 4

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, None]:
        features, gap = ctx.saved_tensors
        change = _places(features) @ (gap * (slope / features[0].numel()))
        return change.unflatten(1, features.shape[2:]).permute(0, 3, 1, 2), None


def style_gap(features: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """J_style of one layer: features (1, C, H, W) against a Gram matrix (1, C, C)."""
    gap: torch.Tensor = _StyleGap.apply(features, target)
    return gap


def variation_of(picture: torch.Tensor) -> torch.Tensor:
    """Total variation: mean square of the differences of neighbours, down plus across."""
    down = (picture[..., 1:, :] - picture[..., :-1, :]).square().mean()
    across = (picture[..., 1:] - picture[..., :-1]).square().mean()
    return down + across
