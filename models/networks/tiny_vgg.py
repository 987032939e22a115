"""TinyVGG: a plain convolutional network, small enough to travel with the gallery.

Nothing but 3x3 convolutions, each normalised over the batch and rectified, with max pooling
between them, in the manner of VGG: K. Simonyan and A. Zisserman, *Very deep convolutional networks
for large-scale image recognition*, 2015, https://arxiv.org/abs/1409.1556. A mean over positions
stands in for VGG's large linear layers, so any picture of at least 32 pixels a side will do.
"""

import functools
import json
from typing import TYPE_CHECKING

from models._spec import WEIGHTS, ModelSpec
from models.networks._classifier import IMAGENET_MEAN, IMAGENET_STD, Classifier, ClassName

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CLASSES", "CLASSIFIER", "FOLDER", "MINIMUM_SIDE", "PLAN", "SPEC", "build"]

FOLDER = "tiny_vgg"
CLASSES = 200
MINIMUM_SIDE = 32  # pixels; the deepest layer then still sees 2 x 2 positions
PLAN: tuple[tuple[int, int] | None, ...] = (  # (channels, stride) of a convolution; None: pooling
    *((32, 2), (64, 1), (64, 1), None),
    *((128, 1), (128, 1), None),
    *((256, 1), (256, 1), None),
    (512, 1),
)


def build() -> "nn.Sequential":
    """Build the untrained network.

    Returns:
        A module from RGB (batch, 3, height, width), normalised by ``CLASSIFIER``'s mean and
        deviation, to one logit a class (batch, 200).
    """
    from torch import nn

    layers: list[nn.Module] = []
    incoming = 3
    for step in PLAN:
        if step is None:
            layers.append(nn.MaxPool2d(2))
            continue
        channels, stride = step
        layers.append(nn.Conv2d(incoming, channels, 3, stride, padding=1, bias=False))
        layers += [nn.BatchNorm2d(channels), nn.ReLU()]
        incoming = channels
    network = nn.Sequential()
    network.add_module("features", nn.Sequential(*layers))
    network.add_module("mean", nn.AdaptiveAvgPool2d(1))  # (batch, 512, 1, 1)
    network.add_module("flatten", nn.Flatten())
    network.add_module("classifier", nn.Linear(incoming, CLASSES))
    return network


@functools.cache
def _classes() -> tuple[ClassName, ...]:
    rows = json.loads((WEIGHTS / FOLDER / "classes.json").read_text("utf-8"))
    return tuple(ClassName(row["en"], row["zh"]) for row in rows)


SPEC = ModelSpec.from_card(FOLDER, build)
CLASSIFIER = Classifier(
    spec=SPEC,
    input_size=64,
    resize=64,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    read_classes=_classes,
)
