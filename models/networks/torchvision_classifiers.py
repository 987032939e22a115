"""Seven classifiers that made history, with torchvision's weights, from AlexNet to ConvNeXt.

All were trained on the 1.28 million photos of ImageNet-1K. The figures are torchvision's own, for
one look at the centre of each of the 50,000 validation photos; a test holds them to its tables.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models._spec import ModelSpec, Torchvision
from models.networks._classifier import IMAGENET_MEAN, IMAGENET_STD, Classifier, ClassName

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "ALEXNET",
    "CLASSIFIERS",
    "CONVNEXT_TINY",
    "GOOGLENET",
    "MOBILENET_V3_LARGE",
    "RESNET18",
    "RESNET50",
    "VGG16",
]

CHINESE = Path(__file__).with_name("imagenet_zh.txt")  # one name a line, in the classes' order
LICENCE = "BSD-3-Clause"
TRAINED_ON = "ImageNet-1K (1,000 classes, 1.28 million photos)"


@functools.cache
def _classes() -> tuple[ClassName, ...]:
    from torchvision.models._meta import _IMAGENET_CATEGORIES as ENGLISH

    chinese = CHINESE.read_text("utf-8").splitlines()
    return tuple(ClassName(en, zh) for en, zh in zip(ENGLISH, chinese, strict=True))


def _builder(name: str, settings: dict[str, Any]) -> "Callable[[], nn.Module]":
    def build() -> "nn.Module":
        from torchvision.models import get_model

        network: nn.Module = get_model(name, weights=None, **settings)
        for module in network.modules():
            if hasattr(module, "inplace"):
                # so that what a layer gave can still be looked at
                module.inplace = False  # type: ignore[assignment]
        return network

    return build


def _classifier(
    builder: str,
    title: str,
    weights: str,
    mebibytes: float,
    percent: tuple[float, float],
    resize: int = 256,
    **settings: Any,
) -> Classifier:
    spec = ModelSpec(
        name=builder,
        title=title,
        build=_builder(builder, settings),
        weights=Torchvision(weights),
        licence=LICENCE,
        size_bytes=round(mebibytes * 2**20),
        trained_on=TRAINED_ON,
        metrics={"top1": round(percent[0] / 100, 5), "top5": round(percent[1] / 100, 5)},
    )
    return Classifier(spec, 224, resize, IMAGENET_MEAN, IMAGENET_STD, _classes)


ALEXNET = _classifier(
    "alexnet", "AlexNet", "AlexNet_Weights.IMAGENET1K_V1", 233.087, (56.522, 79.066)
)
VGG16 = _classifier("vgg16", "VGG-16", "VGG16_Weights.IMAGENET1K_V1", 527.796, (71.592, 90.382))
GOOGLENET = _classifier(
    *("googlenet", "GoogLeNet", "GoogLeNet_Weights.IMAGENET1K_V1", 49.731, (69.778, 89.530)),
    aux_logits=False,  # the two side heads serve training only
    transform_input=True,  # its weights were made for another scale of the input
    init_weights=False,
)
RESNET18 = _classifier(
    "resnet18", "ResNet-18", "ResNet18_Weights.IMAGENET1K_V1", 44.661, (69.758, 89.078)
)
RESNET50 = _classifier(
    "resnet50", "ResNet-50", "ResNet50_Weights.IMAGENET1K_V2", 97.790, (80.858, 95.434), 232
)
MOBILENET_V3_LARGE = _classifier(
    *("mobilenet_v3_large", "MobileNetV3-Large", "MobileNet_V3_Large_Weights.IMAGENET1K_V2"),
    *(21.107, (75.274, 92.566), 232),
)
CONVNEXT_TINY = _classifier(
    *("convnext_tiny", "ConvNeXt-Tiny", "ConvNeXt_Tiny_Weights.IMAGENET1K_V1"),
    *(109.119, (82.520, 96.146), 236),
)
CLASSIFIERS: tuple[Classifier, ...] = (
    *(ALEXNET, VGG16, GOOGLENET, RESNET18, RESNET50, MOBILENET_V3_LARGE, CONVNEXT_TINY),
)
