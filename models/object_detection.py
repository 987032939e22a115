"""Object detection: what is in a photo, and where.

A detector answers with boxes, each with a class and a score. Networks that look once (YOLO, SSD,
RetinaNet) lay a grid over the photo and let every cell answer, as a change to a few boxes of usual
shape, the *anchors*; so one thing is found many times over, and *non-maximum suppression* keeps the
best of each crowd, by *intersection over union*. Faster R-CNN first asks where anything is and then
looks again. DETR and YOLOS ask a transformer a hundred questions instead.

The network runs once; the thresholds move afterwards:

    found = raw(photo, model)                                    # all boxes that left the network
    kept = select(found.boxes, found.scores, found.labels, score=0.25, iou=0.5)

``detect`` does both. ``suppress`` opens the suppression turn by turn, ``decode`` the way from raw
numbers to a box, ``meet`` the overlap of two boxes, ``average_precision`` how right a detector is,
and ``slide``, ``locate``, ``propose`` and ``pool_region`` how it was done before. Boxes are
(x1, y1, x2, y2) in pixels of the photo; classes are places in ``CLASSES``, COCO's 80. Each part
names its sources.
"""

from models._detect_anchors import Anchors, anchors
from models._detect_boxes import Meeting, distance_overlap, generalised_overlap, meet, overlap
from models._detect_compare import Comparison, compare
from models._detect_degrade import (
    DAMAGES,
    Damage,
    Endurance,
    degrade,
    endure,
    endure_steps,
)
from models._detect_find import detect, raw, select
from models._detect_grid import Decoded, Responsible, decode, responsible
from models._detect_locate import LOCATORS, Located, locate
from models._detect_names import CLASSES, MODELS, ClassName, ModelName, known_classes
from models._detect_pool import PooledRegion, pool_region
from models._detect_precision import Curve, Interpolation, Precision, average_precision
from models._detect_propose import RegionProposals, propose
from models._detect_results import Detections, Grid, Proposals, Raw, Truth
from models._detect_slide import Sliding, Window, slide, slide_steps
from models._detect_suppress import Method, Suppression, SuppressionStep, suppress

__all__ = [
    "CLASSES",
    "DAMAGES",
    "LOCATORS",
    "MODELS",
    "Anchors",
    "ClassName",
    "Comparison",
    "Curve",
    "Damage",
    "Decoded",
    "Detections",
    "Endurance",
    "Grid",
    "Interpolation",
    "Located",
    "Meeting",
    "Method",
    "ModelName",
    "PooledRegion",
    "Precision",
    "Proposals",
    "Raw",
    "RegionProposals",
    "Responsible",
    "Sliding",
    "Suppression",
    "SuppressionStep",
    "Truth",
    "Window",
    "anchors",
    "average_precision",
    "compare",
    "decode",
    "degrade",
    "detect",
    "distance_overlap",
    "endure",
    "endure_steps",
    "generalised_overlap",
    "known_classes",
    "locate",
    "meet",
    "overlap",
    "pool_region",
    "propose",
    "raw",
    "responsible",
    "select",
    "slide",
    "slide_steps",
    "suppress",
]
