"""Running a detector on a photo, family by family: what goes in, and what comes out as boxes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torchvision.models.detection.rpn import concat_box_prediction_layers
from torchvision.transforms.v2 import functional as pictures

from models._detect_boxes import Boxes, Labels, Scores
from models._detect_grid import decode_all
from models._detect_names import from_coco
from models._detect_results import Grid, Proposals, Raw
from models._errors import InputError
from models._gate import turn
from models._images import Pixels, as_pixels, to_colour
from models._load import device_of
from models.networks import tiny_yolo
from models.networks.detectors import FLOOR, MOST, Family

__all__ = ["RUNNERS", "look_at_grid", "prepare"]

Finish = Callable[[float], Raw]  # seconds -> what is answered
MINIMUM_SIDE = 16  # pixels of the photo's shorter side
LONGEST = 16  # times the shorter side
GRID_FLOOR = 0.01  # of tiny_yolo: lower than FLOOR, to see what it hesitates about


def prepare(photo: Pixels) -> Pixels:
    """Check that a photo can be searched, and give it three channels.

    Raises:
        InputError: ``photo_shape``, ``photo_too_small`` or ``photo_too_narrow``.
    """
    pixels = to_colour(as_pixels(photo))
    height, width = pixels.shape[:2]
    if min(height, width) < MINIMUM_SIDE:
        raise InputError("photo_too_small", width=width, height=height, limit=MINIMUM_SIDE)
    ratio = max(height, width) / min(height, width)
    if ratio > LONGEST:
        raise InputError("photo_too_narrow", ratio=round(ratio))
    return pixels


def _grid(pixels: Pixels, network: Any) -> Finish:
    grid = look_at_grid(pixels, network)
    best = grid.shares.argmax(axis=-1)
    scores = grid.objectness * grid.shares.max(axis=-1)
    cells = np.argwhere(scores >= GRID_FLOOR)
    rows, columns, anchors = cells.T
    boxes = grid.boxes[rows, columns, anchors]
    labels = grid.classes[best[rows, columns, anchors]]
    parts = (boxes, labels, scores[rows, columns, anchors], cells)
    return lambda seconds: _raw(parts, pixels, GRID_FLOOR, seconds, grid=grid)


def look_at_grid(pixels: Pixels, network: nn.Module) -> Grid:
    """Run ``tiny_yolo`` and decode every cell."""
    batch, scale = _letter(pixels)
    with turn(), torch.inference_mode():
        numbers = network(batch.to(device_of(network)))[0].float().cpu().numpy()
    values = numbers.astype(np.float64)
    exponent = np.exp(values[..., 5:] - values[..., 5:].max(axis=-1, keepdims=True))
    return Grid(
        numbers=numbers,
        anchors=np.array(tiny_yolo.ANCHORS),
        stride=tiny_yolo.STRIDE,
        scale=scale,
        cell=tiny_yolo.STRIDE * scale,
        boxes=decode_all(numbers, scale),
        objectness=1 / (1 + np.exp(-np.clip(values[..., 4], -500, 500))),
        shares=exponent / exponent.sum(axis=-1, keepdims=True),
        classes=from_coco(np.array(tiny_yolo.COCO_IDS)),
    )


def _letter(pixels: Pixels) -> tuple[torch.Tensor, float]:
    """Scale the longer side to ``INPUT``, normalise, and fill up to a square.

    Returns:
        float32 (1, 3, INPUT, INPUT), and the pixels of the photo to one of it.
    """
    height, width = pixels.shape[:2]
    side = tiny_yolo.INPUT
    scale = max(height, width) / side
    small = [max(1, round(length / scale)) for length in (height, width)]
    batch = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None]
    values = pictures.resize(batch.float(), small, antialias=True).div(255)
    mean, deviation = (
        torch.tensor(three).view(1, 3, 1, 1) for three in (tiny_yolo.MEAN, tiny_yolo.STD)
    )
    filled = torch.zeros(1, 3, side, side)
    filled[:, :, : small[0], : small[1]] = (values - mean) / deviation
    return filled, scale


def _two_stages(pixels: Pixels, network: Any) -> Finish:
    """Faster R-CNN, taken apart between its stages so that the proposals can be seen."""
    with turn(), torch.inference_mode():
        images, _ = network.transform([_as_tensor(pixels, network)])
        features = network.backbone(images.tensors)
        places, proposals = _propose(network, images, features, pixels)
        answers, _ = network.roi_heads(features, [places], images.image_sizes)
        answer = network.transform.postprocess(answers, images.image_sizes, [pixels.shape[:2]])[0]
        parts = _parts(answer)
    return lambda seconds: _raw(parts, pixels, FLOOR, seconds, proposals=proposals)


def _propose(
    network: Any, images: Any, features: dict[str, torch.Tensor], pixels: Pixels
) -> tuple[torch.Tensor, Proposals]:
    """The first stage: boxes in pixels of the scaled photo, and what a page shows of them."""
    stage, maps = network.rpn, list(features.values())
    objectness, changes = stage.head(maps)
    anchors = stage.anchor_generator(images, maps)
    counts = [int(each[0].numel()) for each in objectness]
    sure, changes = concat_box_prediction_layers(objectness, changes)
    decoded = stage.box_coder.decode(changes, anchors).view(1, -1, 4)
    boxes, scores = stage.filter_proposals(decoded, sure, images.image_sizes, counts)
    tall, wide = images.image_sizes[0]
    height, width = pixels.shape[:2]
    scale = torch.tensor([width / wide, height / tall] * 2, device=boxes[0].device)
    order = scores[0].argsort(descending=True, stable=True)
    return boxes[0], Proposals(
        boxes=(boxes[0] * scale)[order].double().cpu().numpy(),
        scores=scores[0][order].double().cpu().numpy(),
        anchors=sum(counts),
        considered=sum(min(count, stage.pre_nms_top_n()) for count in counts),
        iou=float(stage.nms_thresh),
    )


def _anchors(pixels: Pixels, network: Any) -> Finish:
    with turn(), torch.inference_mode():
        parts = _parts(network([_as_tensor(pixels, network)])[0])
    return lambda seconds: _raw(parts, pixels, FLOOR, seconds)


def _queries(pixels: Pixels, network: Any) -> Finish:
    """DETR and YOLOS: each of a hundred queries answers with a class, or "nothing", and a box."""
    shown = network.prepare(pixels)
    with turn(), torch.inference_mode():
        answer = network(shown.to(device_of(network)))
        shares = answer.logits[0].double().softmax(dim=-1)[:, :-1].cpu().numpy()
        middle = answer.pred_boxes[0].double().cpu().numpy()  # x, y, width, height, of the photo
    height, width = pixels.shape[:2]
    half = middle[:, 2:] / 2
    corners = np.concatenate([middle[:, :2] - half, middle[:, :2] + half], axis=1)
    boxes = corners * np.array([width, height] * 2)
    labels = from_coco(shares.argmax(axis=1))
    parts = (boxes, labels, shares.max(axis=1), _no_cells(len(labels)))
    return lambda seconds: _raw(parts, pixels, FLOOR, seconds)


def _as_tensor(pixels: Pixels, network: nn.Module) -> torch.Tensor:
    batch = torch.from_numpy(np.array(pixels)).to(device_of(network))
    return batch.permute(2, 0, 1).float().div(255)


def _parts(answer: dict[str, torch.Tensor]) -> tuple[Boxes, Labels, Scores, Labels]:
    boxes, labels, scores = (answer[key].cpu().numpy() for key in ("boxes", "labels", "scores"))
    return boxes, from_coco(labels), scores.astype(np.float64), _no_cells(len(labels))


def _no_cells(count: int) -> Labels:
    return np.full((count, 3), -1)


RUNNERS: dict[Family, Callable[[Pixels, Any], Finish]] = {
    "grid": _grid,
    "two_stages": _two_stages,
    "anchors": _anchors,
    "queries": _queries,
}


def _raw(
    parts: tuple[Boxes, Labels, Scores, Labels],
    pixels: Pixels,
    floor: float,
    seconds: float,
    grid: Grid | None = None,
    proposals: Proposals | None = None,
) -> Raw:
    """Sort, cut at the edges of the photo, and drop what names nothing or has no area."""
    boxes, labels, scores, cells = parts
    height, width = pixels.shape[:2]
    boxes = np.clip(boxes.astype(np.float64), 0, (width, height, width, height))
    good = (boxes[:, 2:] > boxes[:, :2]).all(axis=1) & (labels >= 0) & (scores >= floor)
    order = np.flatnonzero(good)
    order = order[np.argsort(-scores[order], kind="stable")][:MOST]
    return Raw(
        boxes=boxes[order],
        labels=labels[order],
        scores=np.minimum(scores[order].astype(np.float64), 1),
        cells=cells[order],
        height=height,
        width=width,
        floor=floor,
        grid=grid,
        proposals=proposals,
        milliseconds=seconds * 1000,
    )
