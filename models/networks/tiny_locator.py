"""TinyLocator: which one thing a photo shows, and one box around it.

The oldest way to turn a classifier into a detector: beside the softmax over classes, four more
numbers come out, x1, y1, x2, y2, and both are trained at once, by the sum of cross-entropy and
smooth L1 (P. Sermanet et al., *OverFeat*, 2014, https://arxiv.org/abs/1312.6229; the loss: R.
Girshick, *Fast R-CNN*, 2015, https://arxiv.org/abs/1504.08083, equation 3). What both are read off
are TinyVGG's features, which stay as they are.

A photo is squeezed to ``INPUT`` x ``INPUT`` pixels, whatever its sides; the box is in ``UNITS`` to
a side, from the left and from the top, so that errors beyond a tenth of a side cost linearly.
"""

from typing import TYPE_CHECKING

from models._spec import ModelSpec
from models.networks import tiny_vgg

if TYPE_CHECKING:
    from models.networks._locator_layers import TinyLocator

__all__ = ["FOLDER", "INPUT", "SPEC", "UNITS", "WEIGHT", "build"]

FOLDER = "tiny_locator"
INPUT = 64  # pixels a side, as TinyVGG was trained
UNITS = 10.0  # to a side of the photo
WEIGHT = 1.0  # of the box's loss beside that of the class


def build() -> "TinyLocator":
    """Build the untrained network.

    Returns:
        A module from TinyVGG's features of photos (n, 512, 4, 4) to class logits (n, 200) and
        boxes (n, 4), x1, y1, x2, y2 in units.
    """
    from models.networks._locator_layers import TinyLocator

    return TinyLocator(tiny_vgg.CLASSES)


SPEC = ModelSpec.from_card(FOLDER, build)
