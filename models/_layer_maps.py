"""Maps of places: what the values of a layer, and the score's gradient there, say of each place.

captum's Grad-CAM puts a hook on the layer, and many visitors share the network; here the layer is
read from a list of its operations. The tests hold both equal.
"""

import torch
from torch.nn import functional as F

from models._errors import InputError
from models._graph import Trace

__all__ = ["map_layer"]

Maps = tuple[torch.Tensor, torch.Tensor, str | None]  # raw, values, remark


def map_layer(network: Trace, batch: torch.Tensor, method: str, target: int, layer: str) -> Maps:
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


def _weights(method: str, maps: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """What each value of a layer is multiplied by, (channels, 1, 1) or (channels, h, w)."""
    if method == "grad_cam":
        return slope.mean((1, 2), keepdim=True)
    if method == "layer_cam":
        return F.relu(slope)
    square, cube = slope**2, slope**3
    below = 2 * square + maps.sum((1, 2), keepdim=True) * cube
    share = torch.where(below != 0, square / below, torch.zeros_like(below))
    return (share * F.relu(slope)).sum((1, 2), keepdim=True)


def _layer_remark(signed: torch.Tensor, slope: torch.Tensor) -> str | None:
    if not slope.any():
        return "map_no_gradient"
    if float(signed.max()) <= 0:
        return "map_only_against"
    return "map_one_place" if signed.numel() == 1 else None
