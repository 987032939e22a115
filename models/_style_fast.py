"""A style in one pass: a network that has learned to paint.

Optimising a picture takes hundreds of passes. A network can be trained to do the same for any
photo in one (Johnson, Alahi and Fei-Fei, *Perceptual Losses for Real-Time Style Transfer*, 2016),
and one network can hold many styles: they share every convolution, and each has a scale gamma and
a shift beta of its own in every instance normalisation (Dumoulin, Shlens and Kudlur, *A Learned
Representation for Artistic Style*, 2017). A blend of styles is a blend of these numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from models._images import MAXIMUM_SIDE, Note, Pixels
from models._ranges import Range, checked
from models._style_colours import Colours
from models._style_names import STYLES, StyleName
from models._style_paint import AT_ONCE, Finish, Painter
from models._style_pictures import scale_down
from models._style_weights import shares
from models.networks import style_network

__all__ = ["Side", "Strength", "Stylised", "shares_of", "stylise", "stylise_blend"]

Strength = Annotated[float, Range(0, 1, 0.05)]
TILE = 384  # pixels of a side of the tiles of a larger photo
Side = Annotated[int | None, Range(64, 1024, 32, "px")]
HALF_AND_HALF = dict.fromkeys(style_network.STYLES[:2], 1.0)


@dataclass(frozen=True, eq=False)
class Stylised:
    """A photo in a style."""

    pixels: Pixels  # (height, width, 3) RGB
    weights: dict[str, float]  # share of each style that is not 0; they add up to 1
    notes: tuple[Note, ...]  # what was done to the photo first: ``scaled``


@checked
def stylise(
    photo: Pixels,
    style: StyleName = style_network.STYLES[0],
    strength: Strength = 1.0,
    keep_colours: bool = False,
    colours: Colours = "luminance",
    side: Side = None,
) -> Stylised:
    """Paint a photo in one of ``STYLES``.

    The strength mixes pixels, photo + strength x (painted - photo), and is no other painting: at
    0 the photo comes back as it was, at 0.5 both shine through each other.

    Args:
        photo: uint8 (height, width) or (height, width, 3), of any size.
        style: A key of ``STYLES``.
        strength: Share of the painting in the result, 0..1.
        keep_colours: Give the painting the colours of the photo.
        colours: How: ``luminance`` takes only light and dark from the painting (Gatys et al.,
            *Preserving Color in Neural Artistic Style Transfer*, 2016, section 3); ``histogram``
            moves its colours until their mean and covariance are the photo's (section 4).
        side: Longer side of the result; a larger photo is scaled down to it, a smaller one stays
            as it is. None: 1024. For more, ``stylise_tiles``.

    Returns:
        The painted photo, and a remark where it had to be scaled.
    """
    return stylise_blend(photo, {style: 1.0}, strength, keep_colours, colours, side)


@checked
def stylise_blend(
    photo: Pixels,
    weights: Mapping[str, float] | None = None,
    strength: Strength = 1.0,
    keep_colours: bool = False,
    colours: Colours = "luminance",
    side: Side = None,
) -> Stylised:
    """Paint a photo in a blend of styles.

    Args:
        photo: uint8 (height, width) or (height, width, 3), of any size.
        weights: Key of ``STYLES`` -> weight; only their shares count. None: the first two, half
            and half.
        strength: As in ``stylise``.
        keep_colours: As in ``stylise``.
        colours: As in ``stylise``.
        side: As in ``stylise``.

    Returns:
        The painted photo, the share of each style, and a remark where it had to be scaled.

    Raises:
        InputError: ``weights_unnamed``, ``not_a_choice``, ``weight_bad`` or ``weights_zero`` when
            the weights are no mapping, name an unknown style, hold something other than a number
            of at least 0, or are all 0.
    """
    mixed = shares_of(weights)
    pixels, notes = scale_down(photo, side or MAXIMUM_SIDE)
    finish = Finish(strength, keep_colours, colours)
    if strength == 0:
        return Stylised(pixels.copy(), mixed, notes)
    at_once = max(pixels.shape[:2]) <= AT_ONCE
    painter = Painter(pixels, mixed, finish, AT_ONCE if at_once else TILE)
    return Stylised(painter.whole(), mixed, notes)


def shares_of(weights: object) -> dict[str, float]:
    """What a visitor wants of each style: shares that add up to 1."""
    return shares(weights, STYLES, HALF_AND_HALF, "style")
