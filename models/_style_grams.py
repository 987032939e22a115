"""The Gram matrix: which features of a picture occur together, wherever that is.

Let F be the features of a layer, one row a channel, one column a place: (C, H W). Then

    G = F F^T / (C H W)

Johnson, Alahi and Fei-Fei, *Perceptual Losses for Real-Time Style Transfer*, 2016, equation 3. The
sum over places forgets where something was, and dividing by their number makes pictures of
different sizes comparable. Gatys et al. (2016) leave G undivided and divide the squared difference
by 4 C^2 (H W)^2 instead, which is the same number: J_style of a layer is |G - A|^2 / 4 here.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models._errors import InputError
from models._gate import turn
from models._images import Pixels
from models._ranges import checked
from models._style_features import reader_of
from models._style_goal import gram_of
from models._style_names import LossName, find_loss_network
from models._style_pictures import WorkingSide, fit, to_batch

__all__ = ["GramMatrix", "gram", "gram_matrices"]


@dataclass(frozen=True, eq=False)
class GramMatrix:
    """What one layer says of the style of a picture."""

    layer: str
    values: NDArray[np.float32]  # (channels, channels)
    places: tuple[int, int]  # (height, width) of the layer that was summed over
    field: int  # receptive field: side in pixels of what one place sees


@checked
def gram(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """The Gram matrix of features, divided by the number of their values.

    G[i, j] = sum over places of F[i] F[j] / (C H W).

    Args:
        features: (C, H, W), or (C, places).

    Returns:
        (C, C) float32, symmetric, no eigenvalue below 0.

    Raises:
        InputError: ``features_shape`` when it is no such table or holds what is not a number.
    """
    if not isinstance(features, np.ndarray) or features.ndim not in {2, 3} or not features.size:
        raise InputError("features_shape", shape=str(getattr(features, "shape", "?")))
    if features.dtype.kind not in "buif" or not np.isfinite(features).all():
        raise InputError("features_shape", shape=f"{features.shape} {features.dtype}")
    rows = features.reshape(len(features), -1).astype(np.float64)
    divided: NDArray[np.float32] = (rows @ rows.T / rows.size).astype(np.float32)
    return divided


@checked
def gram_matrices(
    photo: Pixels, model: LossName = "tiny_vgg", side: WorkingSide = 256
) -> tuple[GramMatrix, ...]:
    """The Gram matrices of a picture at every layer that styles are usually compared at.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The loss network.
        side: Longer side to which the picture is scaled.

    Returns:
        One a layer, the first layer first.

    Raises:
        InputError: ``photo_too_small``, ``photo_too_narrow``.
    """
    network = find_loss_network(model)
    reader = reader_of(network)
    pixels = fit(photo, side, network.minimum_side)
    with turn(), torch.inference_mode():
        found = reader.read(to_batch(pixels, reader.device), network.style)
        grams = {layer: gram_of(found[layer])[0].cpu().numpy() for layer in network.style}
    return tuple(
        GramMatrix(
            layer, values, (found[layer].shape[2], found[layer].shape[3]), reader.fields[layer]
        )
        for layer, values in grams.items()
    )
