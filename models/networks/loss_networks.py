"""The networks whose features say what a picture shows and how it is painted.

A loss network was trained to name photos and is only read here. ``TINY_VGG`` is our own and travels
with the gallery; ``VGG19`` is the one that Gatys, Ecker and Bethge used (*Image Style Transfer
Using Convolutional Neural Networks*, CVPR 2016), with torchvision's weights. A layer is named as
there: ``relu3_1`` is the first rectified convolution after the second pooling. Of VGG-19 only the
convolutions are built: the linear layers, seven eighths of its weights, say nothing of style.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models._spec import ModelSpec, Torchvision
from models.networks import tiny_vgg
from models.networks._classifier import IMAGENET_MEAN, IMAGENET_STD

if TYPE_CHECKING:
    from torch import nn

__all__ = ["LOSS_NETWORKS", "TINY_VGG", "VGG19", "LossNetwork", "build_vgg19"]

VGG19_PLAN = (2, 2, 4, 4, 4)  # convolutions before each pooling
TINY_VGG_PLAN = (3, 2, 2, 1)


@dataclass(frozen=True)
class LossNetwork:
    """A chain of layers, ``network.features``, of which some can be read by name."""

    spec: ModelSpec
    layers: Mapping[str, int]  # name -> its place in ``network.features``, in their order
    content: tuple[str, ...]  # the layers that are read unless others are asked for
    style: tuple[str, ...]
    minimum_side: int  # pixels; a smaller picture has no place left in the deepest layer
    side_on_cpu: int  # pixels; with more, a step of ``optimise`` would take a CPU over a second
    mean: tuple[float, float, float] = IMAGENET_MEAN  # red, green, blue, of values in 0..1
    std: tuple[float, float, float] = IMAGENET_STD


def build_vgg19() -> "nn.Sequential":
    """Build the convolutions of VGG-19, untrained.

    Returns:
        A module whose ``features`` are torchvision's, but write over nothing.
    """
    from torch import nn
    from torchvision.models import vgg19

    network = nn.Sequential()
    network.add_module("features", vgg19(weights=None, init_weights=False).features)
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return network


def _name(plan: tuple[int, ...], modules: int) -> dict[str, int]:
    """Number the rectified convolutions; each takes ``modules`` places, a pooling takes one."""
    layers: dict[str, int] = {}
    place = -1
    for block, convolutions in enumerate(plan, start=1):
        for number in range(1, convolutions + 1):
            place += modules
            layers[f"relu{block}_{number}"] = place
        place += 1
    return layers


TINY_VGG = LossNetwork(
    spec=tiny_vgg.SPEC,
    layers=_name(TINY_VGG_PLAN, 3),  # convolution, normalisation, rectification
    content=("relu3_1",),
    style=("relu1_1", "relu1_3", "relu2_1", "relu3_1"),  # relu4_1 alone paints little but noise
    minimum_side=tiny_vgg.MINIMUM_SIDE,
    side_on_cpu=384,
)
VGG19 = LossNetwork(
    spec=ModelSpec(
        name="vgg19",
        title="VGG-19",
        build=build_vgg19,
        weights=Torchvision("VGG19_Weights.IMAGENET1K_V1"),
        licence="BSD-3-Clause",
        size_bytes=round(548.051 * 2**20),
        trained_on="ImageNet-1K (1,000 classes, 1.28 million photos)",
        metrics={"top1": 0.72376, "top5": 0.90876},
    ),
    layers=_name(VGG19_PLAN, 2),
    content=("relu4_2",),  # both as in the paper
    style=("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
    minimum_side=32,
    side_on_cpu=192,
)
LOSS_NETWORKS: tuple[LossNetwork, ...] = (TINY_VGG, VGG19)
