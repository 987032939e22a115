"""Measure TinyYOLO on photos of COCO's validation part, on which it never trained.

``map50`` is the mean over its classes of the average precision at an IoU of 0.5, computed by
``models.object_detection.average_precision``: of each photo at most 100 boxes, each with its
likeliest class and a score of at least 0.01, after suppression class by class at an IoU of 0.5.
Every true box counts, however small; crowds count neither way. pycocotools has to find the same.
"""

import contextlib
import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load as parse
from torchvision.ops import batched_nms

from models.networks._yolo_layers import TinyYolo
from models.networks.tiny_yolo import CLASSES, INPUT, MEAN, STD, build
from models.object_detection import Detections, Truth, average_precision
from training._boxes import coco_part, corners, place_of, read_coco
from training._card import Found
from training._yolo_loss import decode

__all__ = ["FILE", "Exam", "find", "open_weights", "peers_average"]

FILE = "model.safetensors"
FLOOR, IOU, MOST = 0.01, 0.5, 100
AGREED = 1e-4  # how far pycocotools may be off


class Exam:
    """The photos that every set of weights is shown; a candidate is one file."""

    def __init__(self, data: Path, _: Path) -> None:
        self.photos = [each.pixels for each in read_coco(data, "val")]
        self.truth = [_truth(inside) for _, inside in coco_part(data, "val")]

    def measure(self, weights: Path) -> Found:
        """Measure a file of weights, or the one in a folder."""
        network = open_weights(weights / FILE if weights.is_dir() else weights)
        found = [find(network, each) for each in self.photos]
        result = average_precision(found, self.truth, IOU)
        curves = {each.label: each for each in result.classes}
        rows = {
            name.key: {"ap50": round(curves[place].average, 4), "boxes": curves[place].truths}
            for place, name in enumerate(CLASSES)
            if place in curves and curves[place].truths
        }
        mean = float(np.mean([each["ap50"] for each in rows.values()]))
        peer = float(np.nanmean(peers_average(found, self.truth)))
        if abs(mean - peer) > AGREED:
            raise AssertionError(f"mAP is {mean:.4f}, but pycocotools finds {peer:.4f}")
        entries = {
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": {"map50": round(mean, 4)},
            "per_class": rows,
            "anchors": network.anchors.tolist(),
            "input": INPUT,
            "measured_on": f"{len(self.photos)} photos of COCO val2017, {INPUT} × {INPUT}",
            "checked_by": "pycocotools",
        }
        return Found(mean, f"mAP@0.5 {mean:.4f} (pycocotools: {peer:.4f})", entries)

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a file of weights in its place."""
        shutil.copyfile(candidate, folder / FILE)
        return {}


def open_weights(file: Path) -> TinyYolo:
    """Open weights as they are kept, in half precision, to run in full."""
    network = build()
    state = parse(file.read_bytes())
    network.load_state_dict({name: values.float() for name, values in state.items()})
    return network.eval()


@torch.inference_mode()
def find(network: TinyYolo, pixels: NDArray[np.uint8], side: int = INPUT) -> Detections:
    """What a network finds in a photo; labels are places in the network's own classes."""
    photo, scale = _prepared(pixels, side)
    raw = network(photo).float()
    boxes = decode(raw, network.anchors).flatten(0, 3) / scale
    shares, labels = raw[..., 5:].softmax(-1).max(-1)
    scores = (raw[..., 4].sigmoid() * shares).flatten()
    labels = labels.flatten()
    height, width = pixels.shape[:2]
    boxes[:, ::2] = boxes[:, ::2].clamp(0, width)
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, height)
    good = ((boxes[:, 2:] > boxes[:, :2]).all(1) & (scores >= FLOOR)).nonzero()[:, 0]
    kept = good[batched_nms(boxes[good], scores[good], labels[good], IOU)][:MOST]
    return Detections(
        boxes[kept].double().numpy(), labels[kept].numpy(), scores[kept].double().numpy()
    )


def _prepared(pixels: NDArray[np.uint8], side: int) -> tuple[torch.Tensor, float]:
    """The network's input (1, 3, side, side), and its pixels to one of the photo."""
    scale = side / max(pixels.shape[:2])
    height, width = (max(round(each * scale), 1) for each in pixels.shape[:2])
    resized = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR)
    values = (np.asarray(resized) / 255 - MEAN) / STD
    canvas = np.zeros((side, side, 3), np.float32)
    canvas[:height, :width] = values
    return torch.from_numpy(canvas).permute(2, 0, 1)[None], scale


def _truth(inside: list[dict[str, Any]]) -> Truth:
    ours = [each for each in inside if place_of(each["category_id"]) is not None]
    return Truth(
        np.array([corners(each["bbox"]) for each in ours], np.float64).reshape(-1, 4),
        np.array([place_of(each["category_id"]) for each in ours], np.int64),
        np.array([each["iscrowd"] for each in ours], np.int64),
    )


def peers_average(found: Sequence[Detections], truth: Sequence[Truth]) -> NDArray[np.float64]:
    """The same by pycocotools: (classes,), NaN where nothing is true."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    rows = [
        {
            "image_id": photo,
            "category_id": int(label),
            "bbox": [*box[:2], *(box[2:] - box[:2])],
            "area": float((box[2:] - box[:2]).prod()),
            "iscrowd": int(crowd),
        }
        for photo, each in enumerate(truth)
        for box, label, crowd in zip(each.boxes, each.labels, _crowds(each), strict=True)
    ]
    results = [
        np.column_stack(
            [
                np.full(len(each.boxes), photo),
                each.boxes[:, :2],
                each.boxes[:, 2:] - each.boxes[:, :2],
                each.scores,
                each.labels,
            ]
        )
        for photo, each in enumerate(found)
    ]
    if not any(len(each.boxes) for each in found):
        present = np.isin(np.arange(len(CLASSES)), np.concatenate([each.labels for each in truth]))
        return np.where(present, 0.0, np.nan)
    with contextlib.redirect_stdout(io.StringIO()):
        known = COCO()
        known.dataset = {
            "images": [{"id": photo} for photo in range(len(truth))],
            "annotations": [row | {"id": number} for number, row in enumerate(rows, 1)],
            "categories": [{"id": place} for place in range(len(CLASSES))],
        }
        known.createIndex()
        judge = COCOeval(known, known.loadRes(np.concatenate(results)), "bbox")
        judge.params.iouThrs = np.array([IOU])
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][0, :, :, 0, -1]  # (recalls, classes); -1: nothing is true
    averages: NDArray[np.float64] = np.where(precision[0] < 0, np.nan, precision.mean(0))
    return averages


def _crowds(truth: Truth) -> NDArray[np.int64]:
    return np.zeros(len(truth.labels), np.int64) if truth.crowd is None else truth.crowd
