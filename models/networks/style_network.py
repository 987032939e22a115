"""One network that paints a photo in any of its styles, or in a mix of them, in one pass.

Two strided convolutions make the photo four times smaller, residual blocks repaint it, and two
enlargements, each to the nearest neighbour and then convolved, bring it back: J. Johnson et al.,
*Perceptual losses for real-time style transfer and super-resolution*, 2016,
https://arxiv.org/abs/1603.08155. All styles share the kernels. A style is only what stands in the
normalisations, a scale and a shift for each channel: V. Dumoulin et al., *A learned representation
for artistic style*, 2017, https://arxiv.org/abs/1610.07629; so a mix of styles is a weighted mean
of scales and shifts.

A normalisation looks at the whole photo. A photo that is painted in tiles therefore needs the mean
and variance of the whole, or of a small copy of it: Z. Chen et al., *Towards ultra-resolution
neural style transfer via thumbnail instance normalization*, 2022,
https://arxiv.org/abs/2103.11784.
"""

from typing import TYPE_CHECKING

from models._spec import ModelSpec

if TYPE_CHECKING:
    from models.networks._style_layers import StyleNetwork

__all__ = ["FACTOR", "FOLDER", "REACH", "SPEC", "STYLES", "build"]

FOLDER = "style_network"
STYLES = (  # in the order of the network's weights
    *("starry_night", "great_wave", "scream", "shipwreck", "water_lilies", "flowers"),
    *("composition", "woman_with_hat", "udnie"),
    *("brush_field", "stained_glass", "mosaic", "woodcut", "halftone", "pointillism"),
    "watercolour",
)
WIDTHS = (64, 96)  # channels at half and at a quarter of the photo's size
BLOCKS = 4  # residual blocks at the quarter
FACTOR = 4  # corners of tiles lie at multiples of it
REACH = 48  # pixels that a pixel of the result can see to either side


def build() -> "StyleNetwork":
    """Build the untrained network.

    Returns:
        A module from photos (n, 3, height, width), RGB in 0..1, and weights (n, styles), whose
        rows add up to 1, to pictures (n, 3, height, width), RGB in 0..1. Its third argument and
        its method ``statistics`` are for tiles of a photo.
    """
    from models.networks._style_layers import StyleNetwork

    return StyleNetwork(len(STYLES), WIDTHS, BLOCKS)


SPEC = ModelSpec.from_card(FOLDER, build)
