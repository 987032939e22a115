"""What is in the photo: boxes, two thresholds under the hand, classes, and the files to take."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import show
from gallery.components.detections import Candidates, choose_detections
from gallery.detection.case import Case
from gallery.takeaway import TakeAway, json_bytes, snippet
from models import object_detection as od
from models.networks._coco import COCO_IDS

__all__ = ["coco_file", "draw_found"]

COCO_NAME = "objects_coco.json"


def draw_found(case: Case) -> TakeAway:
    """The boxes, their table, and files of them."""
    words, knobs = case.words, case.knobs
    spec = case.choose_model()
    raw = case.ask(spec)
    set_to = choose_detections(
        "boxes",
        case.photo.pixels,
        Candidates(
            raw.boxes.tolist(),
            raw.labels.tolist(),
            raw.scores.tolist(),
            case.keys(raw.labels),
            case.names(raw.labels),
        ),
        words,
        (knobs.score, knobs.iou),
        od.detect,
        case.described,
    )
    kept = od.select(raw.boxes, raw.scores, raw.labels, set_to.score, set_to.iou)
    shown = ~np.isin(kept.labels, list(set_to.off))
    boxes, labels, scores = kept.boxes[shown], kept.labels[shown], kept.scores[shown]
    table = case.table(boxes.tolist(), labels.tolist(), scores.tolist())
    with st.expander(case.page.frame.shared.labels.table_twin, icon=":material/table_rows:"):
        show.table(table)
    settings = {"model": spec.name, "score": set_to.score, "iou": set_to.iou}
    return TakeAway(
        "objects",
        snippet(od.detect, case.photo, **settings),
        picture=case.boxed(boxes, labels, scores),
        table=table,
        data={
            "photo": list(case.photo.size),
            **settings,
            "objects": [
                {"class": case.key(label), "score": score, "box": box}
                for label, score, box in zip(labels, scores, boxes.tolist(), strict=True)
            ],
        },
        files={COCO_NAME: json_bytes(coco_file(case.photo.size, boxes, labels, scores))},
        spec=spec,
    )


def coco_file(
    size: tuple[int, int],
    boxes: NDArray[np.float64],
    labels: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> dict[str, Any]:
    """Boxes of one photo as COCO writes them: left, top, width, height, with COCO's numbers.

    Args:
        size: Width and height of the photo.
        boxes: (N, 4) x1 y1 x2 y2 in pixels.
        labels: (N,) places in ``CLASSES``.
        scores: (N,)
    """
    width, height = size
    sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1).round(2)
    rows = zip(labels.tolist(), sides.tolist(), scores.tolist(), strict=True)
    return {
        "images": [{"id": 1, "file_name": "photo", "width": width, "height": height}],
        "annotations": [
            {
                "id": place,
                "image_id": 1,
                "category_id": COCO_IDS[label],
                "bbox": bbox,
                "area": round(bbox[2] * bbox[3], 2),
                "iscrowd": 0,
                "score": round(score, 5),
            }
            for place, (label, bbox, score) in enumerate(rows, start=1)
        ],
        "categories": [
            {"id": number, "name": each.key}
            for number, each in zip(COCO_IDS, od.CLASSES, strict=True)
        ],
    }
