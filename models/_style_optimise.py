"""Style transfer from its definition: a picture is changed until both losses are small.

    J(picture) = alpha J_content + beta J_style + gamma V

J_content and J_style are those of ``content_distance`` and ``style_distance``; the total variation
V is the mean square of the differences between neighbours, down and across (Mahendran and Vedaldi,
2015, with exponent 2), and keeps the picture from breaking into single pixels. The weights of the
network stay as they are: the gradient goes to the pixels (on a CPU that multiplies bfloat16
natively it is rounded to that on its way, some 0.3 %; the losses are not). Source: Gatys, Ecker
and Bethge, *Image Style Transfer Using Convolutional Neural Networks*, CVPR 2016.
"""

from collections.abc import Generator, Mapping
from typing import Annotated, Literal

import torch

from models._errors import InputError
from models._gate import turn
from models._images import Pixels, as_pixels, to_colour
from models._ranges import Range, checked
from models._style_colours import Colours, match_colours, take_luminance
from models._style_descent import Descent, Losses, Optimiser, Step
from models._style_distances import layer_shares
from models._style_features import reader_of
from models._style_goal import aim
from models._style_names import LossName, find_loss_network
from models._style_pictures import WorkingSide, fit, resize, to_batch

__all__ = ["Losses", "Optimiser", "Start", "Step", "noise", "optimise"]

Start = Literal["content", "noise", "style"]


@checked
def optimise(
    content: Pixels,
    style: Pixels,
    model: LossName = "tiny_vgg",
    alpha: Annotated[float, Range(0, 100, 0.1)] = 1.0,
    beta: Annotated[float, Range(0, 1_000_000, 1)] = 10_000.0,
    gamma: Annotated[float, Range(0, 1000, 0.1)] = 10.0,
    content_layers: Mapping[str, float] | None = None,
    style_layers: Mapping[str, float] | None = None,
    start: Start = "content",
    picture: Pixels | None = None,
    optimiser: Optimiser = "lbfgs",
    steps: Annotated[int, Range(1, 500)] = 60,
    side: WorkingSide = 256,
    style_scale: Annotated[float, Range(0.25, 2, 0.25)] = 1.0,
    keep_colours: bool = False,
    colours: Colours = "histogram",
    seed: Annotated[int, Range(0, 9999)] = 0,
) -> Generator[Step]:
    """Make a picture with the content of one picture and the style of another.

    Args:
        content: uint8 (height, width) or (height, width, 3).
        style: The same, of any size.
        model: The loss network.
        alpha: Weight of the content.
        beta: Weight of the style. Only the ratio of the three weights matters.
        gamma: Weight of the total variation; more is smoother.
        content_layers: Name of a layer -> weight; only their shares count. None: the network's own.
        style_layers: The same for the style.
        start: The picture to begin with: the content, noise, or the style picture stretched over
            the content.
        picture: A picture to go on from, as an earlier step gave it; ``start`` does not count then.
            The optimiser begins anew: what it knew of the slope is not part of the picture.
        optimiser: L-BFGS (as in the paper; one forward and backward pass a step) or Adam.
        steps: Steps to take; ``steps`` + 1 pictures come.
        side: Longer side of the picture; on a CPU ``vgg19`` gets at most 192 pixels, so that a step
            stays under a second.
        style_scale: Size of the style picture compared with the content; more makes its strokes
            larger.
        keep_colours: Keep the colours of the content.
        colours: How: ``histogram`` recolours the style picture before (Gatys et al., *Preserving
            Color in Neural Artistic Style Transfer*, 2016), ``luminance`` takes only light and
            dark from the result.
        seed: Which noise.

    Yields:
        Each picture with its losses, the start first. Between two steps the machine is free.

    Raises:
        InputError: ``photo_too_small``, ``photo_too_narrow``, ``not_a_choice``, ``weight_bad``,
            ``weights_zero``, ``weights_unnamed``.
    """
    if alpha == beta == gamma == 0:
        raise InputError("weights_zero")
    network = find_loss_network(model)
    places = layer_shares(content_layers, network, network.content)
    layers = layer_shares(style_layers, network, network.style)
    reader = reader_of(network)
    longer = reader.step_side(side)
    photo = fit(content, longer, network.minimum_side)
    painting = fit(style, round(longer * style_scale), network.minimum_side)
    if keep_colours and colours == "histogram":
        painting = match_colours(painting, photo)(painting, painting)
    one, other = (to_batch(each, reader.device) for each in (photo, painting))
    with turn():
        goal = aim(reader, (alpha, beta, gamma), (one, places), (other, layers))
    begin = _begin(photo, painting, start if picture is None else picture, seed)
    descent = Descent(goal, begin.to(reader.device), optimiser)
    if keep_colours and colours == "luminance":
        return descent.run(steps, lambda pixels: take_luminance(pixels, photo))
    return descent.run(steps)


def _begin(photo: Pixels, painting: Pixels, start: str | Pixels, seed: int) -> torch.Tensor:
    """The picture to begin with, as large as the photo."""
    height, width = photo.shape[:2]
    if isinstance(start, str) and start == "noise":
        return noise(photo, seed)
    first = {"content": photo, "style": painting}[start] if isinstance(start, str) else start
    return to_batch(resize(to_colour(as_pixels(first)), height, width), torch.device("cpu"))


def noise(photo: Pixels, seed: int) -> torch.Tensor:
    """Pixels drawn from 0..1, as many as a photo has: (1, 3, height, width)."""
    chance = torch.Generator().manual_seed(seed)
    return torch.rand(1, 3, *photo.shape[:2], generator=chance)
