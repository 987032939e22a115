"""How far a picture is from a photo's content and from a picture's style, as numbers.

With F the features of the picture and P those of the photo at a layer of C channels and H x W
places, and G, A the Gram matrices (``gram``) of the picture and of the style picture:

    J_content = sum of (F - P)^2 / (4 C H W)            J_style = sum of (G - A)^2 / 4

each summed over layers with their weights. J_style is that of Gatys et al. (2016) exactly; their
J_content is the sum divided by 2, here it is divided by the number of values as well, so that alpha
means the same for every size of picture.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models._gate import turn
from models._images import Pixels
from models._ranges import checked
from models._style_features import Reader, reader_of
from models._style_goal import gram_of
from models._style_names import LossName, find_loss_network
from models._style_pictures import WorkingSide, fit, resize, to_batch
from models._style_weights import shares
from models.networks.loss_networks import LossNetwork

__all__ = [
    "Distance",
    "LayerDistance",
    "content_distance",
    "gram_distance",
    "layer_shares",
    "relative",
    "style_distance",
]


@dataclass(frozen=True)
class LayerDistance:
    """The distance at one layer."""

    layer: str
    weight: float  # share in the total
    value: float  # J of this layer alone, without its weight
    relative: float  # |F - P| / |P|, or |G - A| / |A|: 0 for equal


@dataclass(frozen=True)
class Distance:
    """A distance, and where it comes from."""

    value: float  # J: the sum over layers of weight x value
    relative: float  # the weighted mean of the layers' relative distances
    layers: tuple[LayerDistance, ...]


@checked
def content_distance(
    picture: Pixels,
    photo: Pixels,
    model: LossName = "tiny_vgg",
    layers: Mapping[str, float] | None = None,
    side: WorkingSide = 256,
) -> Distance:
    """How much of a photo's content a picture has lost.

    Args:
        picture: uint8 (height, width) or (height, width, 3); stretched to the photo's size.
        photo: The same, with the content.
        model: The loss network.
        layers: Name of a layer -> weight; only their shares count. None: the network's own.
        side: Longer side to which both are scaled.

    Returns:
        J_content and its parts.

    Raises:
        InputError: ``photo_too_small``, ``photo_too_narrow``, ``not_a_choice``, ``weight_bad``,
            ``weights_zero``, ``weights_unnamed``.
    """
    network = find_loss_network(model)
    chosen = layer_shares(layers, network, network.content)
    wanted = fit(photo, side, network.minimum_side)
    height, width = wanted.shape[:2]
    given = resize(fit(picture, side, network.minimum_side), height, width)
    reader = reader_of(network)
    with turn(), torch.inference_mode():
        both = [reader.read(to_batch(each, reader.device), chosen) for each in (given, wanted)]
        return _distance(chosen, both[0], both[1], mean=True)


@checked
def style_distance(
    picture: Pixels,
    style: Pixels,
    model: LossName = "tiny_vgg",
    layers: Mapping[str, float] | None = None,
    side: WorkingSide = 256,
) -> Distance:
    """How far a picture is from the style of another one.

    Args:
        picture: uint8 (height, width) or (height, width, 3).
        style: The same, of any size: only its style counts.
        model: The loss network.
        layers: As in ``content_distance``.
        side: Longer side to which each is scaled.

    Returns:
        J_style and its parts.

    Raises:
        InputError: As ``content_distance``.
    """
    network = find_loss_network(model)
    chosen = layer_shares(layers, network, network.style)
    pixels = [fit(each, side, network.minimum_side) for each in (picture, style)]
    reader = reader_of(network)
    with turn(), torch.inference_mode():
        grams = [_grams(reader, each, chosen) for each in pixels]
        return _distance(chosen, grams[0], grams[1], mean=False)


def gram_distance(
    picture: Pixels, wanted: Mapping[str, NDArray[np.float32]], model: LossName, side: int
) -> Distance:
    """How far a picture is from the style of one of which only the Gram matrices are known.

    Args:
        picture: uint8 (height, width) or (height, width, 3).
        wanted: Layer -> (channels, channels), all layers counting alike.
        model: The loss network that they are of.
        side: Longer side to which the picture is scaled.

    Returns:
        J_style and its parts.

    Raises:
        InputError: ``photo_too_small``, ``photo_too_narrow``.
    """
    network = find_loss_network(model)
    chosen = layer_shares(dict.fromkeys(wanted, 1.0), network, network.style)
    pixels = fit(picture, side, network.minimum_side)
    reader = reader_of(network)
    with turn(), torch.inference_mode():
        tables = {name: torch.tensor(each)[None].to(reader.device) for name, each in wanted.items()}
        return _distance(chosen, _grams(reader, pixels, chosen), tables, mean=False)


def _grams(reader: Reader, pixels: Pixels, layers: Collection[str]) -> dict[str, torch.Tensor]:
    found = reader.read(to_batch(pixels, reader.device), layers)
    return {layer: gram_of(values) for layer, values in found.items()}


def layer_shares(
    given: Mapping[str, float] | None, network: LossNetwork, default: tuple[str, ...]
) -> dict[str, float]:
    """What a visitor wants of each layer: shares that add up to 1."""
    return shares(given, network.layers, dict.fromkeys(default, 1.0), "layer")


def _distance(
    chosen: Mapping[str, float],
    given: Mapping[str, torch.Tensor],
    wanted: Mapping[str, torch.Tensor],
    mean: bool,
) -> Distance:
    rows = []
    for layer, share in chosen.items():
        gap = (given[layer] - wanted[layer]).square()
        value = float(gap.mean() if mean else gap.sum()) / 4
        rows.append(LayerDistance(layer, share, value, relative(given[layer], wanted[layer])))
    return Distance(
        sum(row.weight * row.value for row in rows),
        sum(row.weight * row.relative for row in rows),
        tuple(rows),
    )


def relative(given: torch.Tensor, wanted: torch.Tensor) -> float:
    """|given - wanted| / |wanted|; 0 where both are nothing."""
    size = float(wanted.norm())
    gap = float((given - wanted).norm())
    return gap / size if size else float(gap > 0)
