"""What a layer alone keeps of a picture: the picture is searched for that gives the same there.

Content: the same features, place by place. Low layers give the photo back, high layers keep what
stands where and are free in colour and texture. Style: the same Gram matrix. Low layers paint
colours and grain, high layers whole motifs, and no layer knows where anything was. Figure 1 of
Gatys, Ecker and Bethge, 2016; the search for a picture from its features is older: Mahendran and
Vedaldi, *Understanding Deep Image Representations by Inverting Them*, 2015.
"""

from collections.abc import Generator
from typing import Annotated

from models._gate import turn
from models._images import Pixels
from models._ranges import Range, checked
from models._style_descent import Descent, Step
from models._style_distances import layer_shares
from models._style_features import reader_of
from models._style_goal import aim
from models._style_names import LossName, find_loss_network
from models._style_optimise import noise
from models._style_pictures import WorkingSide, fit, to_batch

__all__ = ["reconstruct_content", "reconstruct_style"]

CONTENT = 100.0  # alpha and beta, beside which gamma is a matter of taste
STYLE = 10_000.0
Steps = Annotated[int, Range(1, 200)]
Smoothness = Annotated[float, Range(0, 1000, 0.1)]
Seed = Annotated[int, Range(0, 9999)]


@checked
def reconstruct_content(
    photo: Pixels,
    layer: str | None = None,
    model: LossName = "tiny_vgg",
    steps: Steps = 40,
    side: WorkingSide = 160,
    gamma: Smoothness = 20.0,
    seed: Seed = 0,
) -> Generator[Step]:
    """Search, from noise, for a picture with the features of a photo at one layer.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        layer: Name of a layer of the loss network; None: its content layer.
        model: The loss network.
        steps: Steps of L-BFGS.
        side: Longer side of the picture, as in ``optimise``.
        gamma: Weight of the total variation.
        seed: Which noise.

    Yields:
        Each picture with its losses, the noise first.

    Raises:
        InputError: ``not_a_choice``, ``photo_too_small``, ``photo_too_narrow``.
    """
    network = find_loss_network(model)
    shares = layer_shares({layer: 1.0} if layer else None, network, network.content)
    return _search(photo, model, (CONTENT, 0, gamma), (shares, {}), steps, side, seed)


@checked
def reconstruct_style(
    style: Pixels,
    layer: str | None = None,
    model: LossName = "tiny_vgg",
    together: bool = False,
    steps: Steps = 40,
    side: WorkingSide = 160,
    gamma: Smoothness = 20.0,
    seed: Seed = 0,
) -> Generator[Step]:
    """Search, from noise, for a picture with the Gram matrix of another at one layer.

    Args:
        style: uint8 (height, width) or (height, width, 3).
        layer: Name of a layer of the loss network; None: its last style layer.
        model: The loss network.
        together: Ask for the style layers before it as well, as the paper's figure 1 does.
        steps: Steps of L-BFGS.
        side: Longer side of the picture, as in ``optimise``.
        gamma: Weight of the total variation.
        seed: Which noise.

    Yields:
        Each picture with its losses, the noise first.

    Raises:
        InputError: ``not_a_choice``, ``photo_too_small``, ``photo_too_narrow``.
    """
    network = find_loss_network(model)
    chosen = layer or network.style[-1]
    layer_shares({chosen: 1.0}, network, network.style)
    layers = [chosen]
    if together:
        last = network.layers[chosen]
        layers = [each for each in network.style if network.layers[each] < last] + layers
    shares = layer_shares(dict.fromkeys(layers, 1.0), network, network.style)
    return _search(style, model, (0, STYLE, gamma), ({}, shares), steps, side, seed)


def _search(
    photo: Pixels,
    model: LossName,
    factors: tuple[float, float, float],
    shares: tuple[dict[str, float], dict[str, float]],
    steps: int,
    side: int,
    seed: int,
) -> Generator[Step]:
    network = find_loss_network(model)
    reader = reader_of(network)
    pixels = fit(photo, reader.step_side(side), network.minimum_side)
    batch = to_batch(pixels, reader.device)
    with turn():
        goal = aim(reader, factors, (batch, shares[0]), (batch, shares[1]))
    return Descent(goal, noise(pixels, seed).to(reader.device), "lbfgs").run(steps)
