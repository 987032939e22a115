"""DETR and YOLOS as the hub holds them, each with its own way of preparing a photo.

DETR's backbone was published under timm's names, which are torchvision's; here it is built as
transformers' own ResNet, and the weights are renamed on the way in.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from torch import nn

__all__ = ["Queries", "build_detr", "build_yolos"]

BACKBONE = re.compile(r"(model\.backbone\.(?:conv_encoder\.)?model\.)(.+)")
STAGE, PART = r"layer(\d)\.(\d+)\.", "encoder.stages.{}.layers.{}."
RENAMED = (  # of the backbone: timm's name, and transformers' name with the numbers found in it
    (r"conv1\.", "embedder.embedder.convolution."),
    (r"bn1\.", "embedder.embedder.normalization."),
    (STAGE + r"downsample\.0\.", PART + "shortcut.convolution."),
    (STAGE + r"downsample\.1\.", PART + "shortcut.normalization."),
    (STAGE + r"conv(\d)\.", PART + "layer.{}.convolution."),
    (STAGE + r"bn(\d)\.", PART + "layer.{}.normalization."),
)
FIRST = (1, 0, 1)  # timm counts stages and convolutions from 1, layers of a stage from 0
TIMM = (  # settings of the published file that speak of timm
    *("backbone", "backbone_config", "backbone_kwargs", "dilation"),
    *("use_timm_backbone", "use_pretrained_backbone"),
)
RESNET = ("embedding_size", "hidden_sizes", "depths")  # settings that a described backbone may have


class Queries(nn.Module):
    """A transformer that answers a hundred questions about a photo, and what prepares the photo."""

    def __init__(self, network: Any, processor: Any) -> None:
        super().__init__()
        self.network = network
        self.processor = processor

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Put published weights in; transformers knows the names that older files have."""
        renamed = {rename(name): values for name, values in state_dict.items()}
        self.network, said = type(self.network).from_pretrained(
            None, config=self.network.config, state_dict=renamed, output_loading_info=True
        )
        if said["missing_keys"]:  # it would fill them with random numbers
            raise ValueError(f"weights lack {sorted(said['missing_keys'])}")
        return said

    def prepare(self, pixels: NDArray[np.uint8]) -> torch.Tensor:
        """Scale and normalise a photo (height, width, 3) to (1, 3, ..., ...)."""
        batch: torch.Tensor = self.processor(images=pixels, return_tensors="pt")["pixel_values"]
        return batch

    def forward(self, photo: torch.Tensor) -> Any:
        """Ask: ``logits`` (1, queries, classes + 1), ``pred_boxes`` (1, queries, 4)."""
        return self.network(photo)


def build_yolos(folder: Path) -> Queries:
    """Build YOLOS untrained, as its files describe it."""
    known: Any = transformers
    settings = known.YolosConfig.from_pretrained(folder)
    processor = known.YolosImageProcessor.from_pretrained(folder)
    return Queries(known.YolosForObjectDetection(settings), processor)


def build_detr(folder: Path) -> Queries:
    """Build DETR untrained, as its files describe it, with transformers' own ResNet."""
    known: Any = transformers
    given = json.loads((folder / "config.json").read_text("utf-8"))
    described = given.get("backbone_config") or {}
    backbone = known.ResNetConfig(
        out_features=["stage4"], **{key: described[key] for key in RESNET if key in described}
    )
    kept = {key: value for key, value in given.items() if key not in TIMM}
    settings = known.DetrConfig(backbone_config=backbone, **kept)
    processor = known.DetrImageProcessor.from_pretrained(folder)
    return Queries(known.DetrForObjectDetection(settings), processor)


def rename(name: str) -> str:
    """Give a weight of DETR's backbone the name that transformers' ResNet has for it."""
    parts = BACKBONE.fullmatch(name)
    if parts is None:
        return name
    prefix, rest = parts.groups()
    for old, new in RENAMED:
        match = re.match(old, rest)
        if match:
            found = zip(match.groups(), FIRST, strict=False)
            numbers = [int(each) - first for each, first in found]
            return prefix + new.format(*numbers) + rest[match.end() :]
    return name
