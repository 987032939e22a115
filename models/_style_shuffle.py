"""Shuffle a picture: its content is gone, and its Gram matrices notice by how small the pieces are.

A Gram matrix adds up over places, so shuffling the places of a layer's features leaves it exactly
as it was. Shuffling the photo itself is the same only for the colours; a layer that sees a field of
n x n pixels notices at the seams: single pixels may move its matrix by more than twice its own
length, blocks larger than its field by less and less.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch

from models._gate import turn
from models._images import Pixels
from models._ranges import Range, checked
from models._style_distances import relative
from models._style_features import Reader, reader_of
from models._style_goal import gram_of
from models._style_names import LossName, find_loss_network
from models._style_pictures import WorkingSide, fit, to_batch

__all__ = ["LayerMove", "Shuffled", "shuffle_pixels"]

PIXELS = "pixels"


@dataclass(frozen=True)
class LayerMove:
    """How far a layer moved when the picture was shuffled."""

    layer: str  # ``pixels`` for the picture itself (three channels: red, green, blue)
    field: int  # side in pixels of what one place sees
    features: float  # |F' - F| / |F|, place by place
    gram: float  # |G' - G| / |G|
    gram_of_places: float  # the same when the places of F are shuffled instead of the photo: 0


@dataclass(frozen=True, eq=False)
class Shuffled:
    """A shuffled picture, and what its layers say."""

    before: Pixels  # (height, width, 3), cut to whole blocks
    pixels: Pixels  # (height, width, 3), the blocks in another order
    layers: tuple[LayerMove, ...]  # the picture itself first, then the network's style layers


@checked
def shuffle_pixels(
    photo: Pixels,
    block: Annotated[int, Range(1, 64, 1, "px")] = 1,
    model: LossName = "tiny_vgg",
    side: WorkingSide = 256,
    seed: Annotated[int, Range(0, 9999)] = 0,
) -> Shuffled:
    """Put the pixels of a picture, or square blocks of them, in random order.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        block: Side of the blocks that stay together; 1: single pixels.
        model: The loss network.
        side: Longer side to which the picture is scaled.
        seed: Which order.

    Returns:
        The pictures before and after, and how far the features and the Gram matrix of each layer
        moved.

    Raises:
        InputError: ``photo_too_small``, ``photo_too_narrow``.
    """
    network = find_loss_network(model)
    reader = reader_of(network)
    pixels = fit(photo, side, network.minimum_side)
    chance = np.random.default_rng(seed)
    size = min(block, *pixels.shape[:2])
    before = pixels[: pixels.shape[0] // size * size, : pixels.shape[1] // size * size]
    after = _shuffle(before, size, chance)
    with turn(), torch.inference_mode():
        one, other = (_layers(reader, each) for each in (before, after))
        moves = tuple(_move(layer, reader, one, other, chance) for layer in one)
    return Shuffled(np.ascontiguousarray(before), after, moves)


def _shuffle(pixels: Pixels, block: int, chance: np.random.Generator) -> Pixels:
    """Cut into blocks, deal them anew, and put them together."""
    rows, columns = (length // block for length in pixels.shape[:2])
    blocks = pixels.reshape(rows, block, columns, block, 3).swapaxes(1, 2)
    dealt = chance.permutation(blocks.reshape(-1, block, block, 3))
    together = dealt.reshape(rows, columns, block, block, 3).swapaxes(1, 2)
    return np.ascontiguousarray(together.reshape(pixels.shape))


def _layers(reader: Reader, pixels: Pixels) -> dict[str, torch.Tensor]:
    """The picture itself, and what each style layer makes of it, the first layer first."""
    batch = to_batch(pixels, reader.device)
    found = reader.read(batch, reader.network.style)
    return {PIXELS: batch} | {layer: found[layer] for layer in reader.network.style}


def _move(
    layer: str,
    reader: Reader,
    one: dict[str, torch.Tensor],
    other: dict[str, torch.Tensor],
    chance: np.random.Generator,
) -> LayerMove:
    features, moved = one[layer], other[layer]
    order = torch.from_numpy(chance.permutation(features[0, 0].numel())).to(features.device)
    places = features.flatten(2)[..., order].reshape(features.shape)
    wanted = gram_of(features.double())  # or rounding would show as a change
    return LayerMove(
        layer=layer,
        field=reader.fields.get(layer, 1),
        features=relative(moved, features),
        gram=relative(gram_of(moved.double()), wanted),
        gram_of_places=relative(gram_of(places.double()), wanted),
    )
