"""The vision transformer: a photo cut into 16 x 16 patches, read as if they were words.

A. Dosovitskiy et al., *An image is worth 16x16 words: transformers for image recognition at
scale*, 2021, https://arxiv.org/abs/2010.11929. A [class] token stands before the patches; what it
has gathered after the last layer names the photo.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from models._spec import Hub, ModelSpec
from models.networks._classifier import Classifier
from models.networks.torchvision_classifiers import ALEXNET

if TYPE_CHECKING:
    from torch import nn

__all__ = ["VIT_BASE"]


def _build(folder: Path) -> "nn.Module":
    import transformers

    settings = transformers.ViTConfig.from_pretrained(folder, attn_implementation="eager")
    network: nn.Module = transformers.ViTForImageClassification(settings)
    return network


VIT_BASE = Classifier(
    ModelSpec(
        name="vit-base-patch16-224",
        title="ViT-Base/16",
        build=_build,
        weights=Hub("google/vit-base-patch16-224", "3f49326eb077187dfe1c2a2bb15fbd74e6ab91e3"),
        licence="Apache-2.0",
        size_bytes=round(346.3e6),
        trained_on="ImageNet-21k (21,843 classes, 14 million photos), then ImageNet-1K",
    ),
    input_size=224,
    resize=224,
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    read_classes=ALEXNET.read_classes,  # ImageNet's 1,000, in the same order
)
