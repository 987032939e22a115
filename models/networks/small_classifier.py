"""A small classifier of grey pictures of 28 pixels a side, to judge what generators make.

Convolutions, each normalised over the batch and rectified, as in ``tiny_vgg``; the 64 features
before its last layer are what distances between sets of pictures are measured in. One set of
weights knows handwritten digits (``classifier_digits``), one pieces of clothing
(``classifier_fashion``). It has seen real pictures only.
"""

import functools

from torch import nn

from models._spec import ModelSpec

__all__ = ["CLASSES", "FEATURES", "SIDE", "build", "spec"]

CLASSES = 10
FEATURES = 64
SIDE = 28  # pixels
PLAN = ((32, 2), (48, 1), (48, 2), (FEATURES, 1), (FEATURES, 1))  # (channels, stride)


def build() -> nn.Sequential:
    """Build the untrained network.

    Returns:
        A module from grey pictures (batch, 1, 28, 28) in -1..1 to one logit a class (batch, 10).
    """
    layers: list[nn.Module] = []
    incoming = 1
    for channels, stride in PLAN:
        layers.append(nn.Conv2d(incoming, channels, 3, stride, padding=1, bias=False))
        layers += [nn.BatchNorm2d(channels), nn.ReLU()]
        incoming = channels
    network = nn.Sequential()
    network.add_module("features", nn.Sequential(*layers))
    network.add_module("mean", nn.AdaptiveAvgPool2d(1))  # (batch, 64, 1, 1)
    network.add_module("flatten", nn.Flatten())
    network.add_module("classifier", nn.Linear(incoming, CLASSES))
    return network


@functools.cache
def spec(folder: str) -> ModelSpec:
    """Describe the weights in ``classifier_digits`` or ``classifier_fashion``."""
    return ModelSpec.from_card(folder, build)
