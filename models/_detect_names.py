"""The detectors of the demo, and the kinds of things they name."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from models._detect_boxes import Labels
from models._load import load
from models._ranges import checked
from models._spec import ModelSpec
from models.networks import tiny_yolo
from models.networks._coco import CLASSES, COCO_IDS, ClassName
from models.networks.detectors import DETECTORS, Detector

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "CLASSES",
    "MODELS",
    "ClassName",
    "ModelName",
    "find_detector",
    "from_coco",
    "known_classes",
    "network_of",
]

ModelName = Literal[
    "tiny_yolo",
    "ssdlite320_mobilenet_v3_large",
    "fasterrcnn_mobilenet_v3_large_320_fpn",
    "fasterrcnn_resnet50_fpn_v2",
    "retinanet_resnet50_fpn_v2",
    "yolos-tiny",
    "detr-resnet-50",
]
TINY_YOLO = Detector(tiny_yolo.SPEC, "grid")
ALL = (TINY_YOLO, *DETECTORS)
MODELS: tuple[ModelSpec, ...] = tuple(each.spec for each in ALL)
PLACES = np.full(max(COCO_IDS) + 2, -1)  # COCO's number -> place in CLASSES; -1: it names nothing
PLACES[list(COCO_IDS)] = np.arange(len(COCO_IDS))


@checked
def known_classes(model: ModelName = "tiny_yolo") -> tuple[int, ...]:
    """Say which kinds of things a detector knows.

    Args:
        model: The detector.

    Returns:
        Places in ``CLASSES``, in its order; all 80 of them for a detector trained on COCO.
    """
    if model == "tiny_yolo":
        return tuple(sorted(from_coco(np.array(tiny_yolo.COCO_IDS)).tolist()))
    return tuple(range(len(CLASSES)))


def find_detector(model: ModelName) -> Detector:
    """The detector of a name."""
    return next(each for each in ALL if each.spec.name == model)


def network_of(model: ModelName) -> "nn.Module":
    """The shared instance of a network: for reading only."""
    return load(find_detector(model).spec)


def from_coco(numbers: Labels) -> Labels:
    """Places in ``CLASSES`` of COCO's numbers; -1 for those that name nothing."""
    inside = (numbers >= 0) & (numbers < len(PLACES))
    return np.where(inside, PLACES[np.where(inside, numbers, 0)], -1).astype(np.int64)
