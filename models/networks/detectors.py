"""Detectors from torchvision and the hub, all trained on the 118,000 photos of COCO train2017.

Two stages: Faster R-CNN first asks where anything is, then looks again at each of these places
(S. Ren et al., 2015, https://arxiv.org/abs/1506.01497). One stage: SSDlite (M. Sandler et al.,
2018, https://arxiv.org/abs/1801.04381) and RetinaNet (T.-Y. Lin et al., 2017,
https://arxiv.org/abs/1708.02002) answer at once, from anchors at every place. Queries: DETR
(N. Carion et al., 2020, https://arxiv.org/abs/2005.12872) and YOLOS (Y. Fang et al., 2021,
https://arxiv.org/abs/2106.00666) ask a hundred questions of a transformer and need no suppression.

torchvision's are built so that they suppress nothing: every box above ``FLOOR`` comes out, and the
thresholds of score and overlap can move after the network has run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models._spec import Hub, ModelSpec, Torchvision

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "DETECTORS",
    "DETR",
    "FASTER_RCNN",
    "FASTER_RCNN_MOBILE",
    "FLOOR",
    "MOST",
    "RETINANET",
    "SSDLITE",
    "YOLOS",
    "Detector",
    "Family",
]

Family = Literal["grid", "two_stages", "anchors", "queries"]
FLOOR = 0.05  # scores below it do not leave the network
MOST = 1000  # boxes that leave it
TRAINED_ON = "COCO train2017 (80 classes, 118,000 photos)"


@dataclass(frozen=True)
class Detector:
    """A detector: its network, and how it comes to its boxes."""

    spec: ModelSpec
    family: Family


def _builder(name: str, settings: dict[str, Any]) -> "Callable[[], nn.Module]":
    def build() -> "nn.Module":
        import torch
        from torchvision.models import get_model

        with torch.device("cpu"):  # its anchors are no weights: no file would bring them back
            network: nn.Module = get_model(name, weights=None, weights_backbone=None, **settings)
        return network

    return build


def _torchvision(
    name: str, title: str, weights: str, figures: tuple[float, float], family: Family
) -> Detector:
    mebibytes, percent = figures
    prefix = "box_" if family == "two_stages" else ""
    names = {"score_thresh": FLOOR, "nms_thresh": 1.0, "detections_per_img": MOST}
    spec = ModelSpec(
        name=name,
        title=title,
        build=_builder(name, {f"{prefix}{key}": value for key, value in names.items()}),
        weights=Torchvision(weights),
        licence="BSD-3-Clause",
        size_bytes=round(mebibytes * 2**20),
        trained_on=TRAINED_ON,
        metrics={"map": round(percent / 100, 4)},
    )
    return Detector(spec, family)


def _yolos(folder: Path) -> "nn.Module":
    from models.networks._queries import build_yolos

    network: nn.Module = build_yolos(folder)
    return network


def _detr(folder: Path) -> "nn.Module":
    from models.networks._queries import build_detr

    network: nn.Module = build_detr(folder)
    return network


SSDLITE = _torchvision(
    "ssdlite320_mobilenet_v3_large",
    "SSDlite (MobileNetV3)",
    "SSDLite320_MobileNet_V3_Large_Weights.COCO_V1",
    (13.418, 21.3),
    "anchors",
)
FASTER_RCNN_MOBILE = _torchvision(
    "fasterrcnn_mobilenet_v3_large_320_fpn",
    "Faster R-CNN (MobileNetV3, 320)",
    "FasterRCNN_MobileNet_V3_Large_320_FPN_Weights.COCO_V1",
    (74.239, 22.8),
    "two_stages",
)
FASTER_RCNN = _torchvision(
    "fasterrcnn_resnet50_fpn_v2",
    "Faster R-CNN (ResNet-50)",
    "FasterRCNN_ResNet50_FPN_V2_Weights.COCO_V1",
    (167.104, 46.7),
    "two_stages",
)
RETINANET = _torchvision(
    "retinanet_resnet50_fpn_v2",
    "RetinaNet (ResNet-50)",
    "RetinaNet_ResNet50_FPN_V2_Weights.COCO_V1",
    (146.037, 41.5),
    "anchors",
)
# The commits are those that transformers pins for its own pipeline (DETR: 1d5f47b) and that public
# projects which pin these files name (both). What the files hold could not be looked at offline:
# that the loaders fit them is shown with files of the same layout.
YOLOS = Detector(
    ModelSpec(
        name="yolos-tiny",
        title="YOLOS-tiny",
        build=_yolos,
        weights=Hub("hustvl/yolos-tiny", "95a90f3c189fbfca3bcfc6d7315b9e84d95dc2de"),
        licence="Apache-2.0",
        size_bytes=25_978_888,
        trained_on=TRAINED_ON,
        metrics={"map": 0.287},
    ),
    "queries",
)
DETR = Detector(
    ModelSpec(
        name="detr-resnet-50",
        title="DETR (ResNet-50)",
        build=_detr,
        weights=Hub("facebook/detr-resnet-50", "1d5f47bd3bdd2c4bbfa585418ffe6da5028b4c0b"),
        licence="Apache-2.0",
        size_bytes=166_587_896,
        trained_on=TRAINED_ON,
        metrics={"map": 0.420},
    ),
    "queries",
)
DETECTORS: tuple[Detector, ...] = (
    *(SSDLITE, FASTER_RCNN_MOBILE, FASTER_RCNN, RETINANET, YOLOS, DETR),
)
