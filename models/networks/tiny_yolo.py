"""TinyYOLO: a one-stage detector, small enough to travel with the gallery.

One look at the photo answers everything: a grid of cells lies over it, and each cell says for each
of a few **anchors**, boxes of usual sizes, whether an object is centred there, of which class, and
how its box differs from the anchor: J. Redmon and A. Farhadi, *YOLO9000: better, faster, stronger*,
2017, https://arxiv.org/abs/1612.08242. The features are those of TinyVGG, trained further.

A photo is scaled so that its longer side has ``INPUT`` pixels, bilinear and antialiased, divided
by 255, normalised by ``MEAN`` and ``STD``, and filled up with zeros (the mean colour) to the right
and below. Of the numbers ``tx, ty, tw, th, to, c...`` of the cell in row r and column c, counted
from 0, with s the stride, (aw, ah) the anchor, and σ(t) = 1 / (1 + exp(-t)):

- centre: x = (2 σ(tx) - 1/2 + c) s and y = (2 σ(ty) - 1/2 + r) s, so that a centre may lie up to
  half a cell outside the cell that answers for it (A. Bochkovskiy et al., *YOLOv4*, 2020,
  https://arxiv.org/abs/2004.10934, section 3.3);
- width aw exp(tw), height ah exp(th);
- objectness σ(to): taught to be (1 + IoU with the true box) / 2 where an object is, 0 elsewhere;
- class: the softmax of the class logits. The score of a class is objectness times its share.

x, y, width and height are in pixels of the network's input; corners are x - width / 2 and so on.
"""

from typing import TYPE_CHECKING

from models._spec import ModelSpec, read_card
from models.networks import _coco
from models.networks._classifier import IMAGENET_MEAN as MEAN
from models.networks._classifier import IMAGENET_STD as STD

if TYPE_CHECKING:
    from models.networks._yolo_layers import TinyYolo

__all__ = [
    "ANCHORS",
    "CLASSES",
    "COCO_IDS",
    "FOLDER",
    "INPUT",
    "MEAN",
    "SPEC",
    "STD",
    "STRIDE",
    "build",
]

FOLDER = "tiny_yolo"
INPUT = 256  # pixels of the longer side; any multiple of 32 will do
STRIDE = 16  # pixels of the input from cell to cell
COCO_IDS = (  # COCO's numbers of the classes, in the order of the network's logits
    *(1, 2, 3, 4, 5, 6, 7, 9, 13, 16, 17, 18, 22, 28),
    *(44, 47, 52, 55, 59, 62, 63, 67, 73, 76, 82, 88),
)
CLASSES = tuple(_coco.CLASSES[_coco.index_of(each)] for each in COCO_IDS)
ANCHORS: tuple[tuple[float, float], ...] = tuple(  # width, height in pixels of the input
    (float(width), float(height)) for width, height in read_card(FOLDER)["anchors"]
)


def build() -> "TinyYolo":
    """Build the untrained network.

    Returns:
        A module from photos (n, 3, height, width), normalised, sides multiples of 32, to raw
        numbers (n, rows, columns, anchors, 5 + classes): tx, ty, tw, th, to, class logits. Its
        buffer ``anchors`` (anchors, 2) is part of its weights.
    """
    from models.networks._yolo_layers import TinyYolo

    return TinyYolo(len(ANCHORS), len(CLASSES))


SPEC = ModelSpec.from_card(FOLDER, build)
