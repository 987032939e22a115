"""Suppression of 10,000 boxes against torchvision's, and each detector against its bare network.

Only ``tiny_yolo`` has its weights here; the others run untrained, which takes as long; those of the
hub are built in the sizes that their publishers give. Names after the command are the detectors to
measure.

python -m benchmarks.object_detection
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from skimage import data
from torchvision.ops import batched_nms, nms

from models._detect_names import ModelName, find_detector
from models._detect_networks import RUNNERS
from models._load import load
from models._spec import Torchvision
from models.networks import tiny_yolo
from models.networks._coco import COCO_IDS
from models.object_detection import raw, select, suppress

ROUNDS = 5
BOXES = 10_000
IOU = 0.5
USUAL = (
    *("tiny_yolo", "ssdlite320_mobilenet_v3_large", "fasterrcnn_mobilenet_v3_large_320_fpn"),
    "yolos-tiny",
)
KINDS = {str(number): str(number) for number in range(max(COCO_IDS) + 1)}
PUBLISHED: dict[str, dict[str, Any]] = {  # what differs from transformers' own settings
    "yolos-tiny": {
        "hidden_size": 192,
        "num_attention_heads": 3,
        "intermediate_size": 768,
        "image_size": [800, 1333],
        "use_mid_position_embeddings": False,
        "id2label": KINDS,
    },
    "detr-resnet-50": {"id2label": KINDS},
}
SHORTER = {"yolos-tiny": 512, "detr-resnet-50": 800}  # pixels that a photo's shorter side gets
SPREADS = ((1000.0, 30.0), (1000.0, 100.0), (1000.0, 300.0))  # of corners and of sides, in pixels


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rounds(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, measured in turns, and the first round not counted."""
    pairs = [(seconds(first), seconds(second)) for _ in range(ROUNDS + 1)][1:]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return one, other


def say(what: str, ours: float, peer: float) -> None:
    """Print a line of the report."""
    print(f"{what:<58} {ours * 1e3:8.1f} ms  {peer * 1e3:8.1f} ms  x {ours / peer:.2f}")


def compare_suppression() -> None:
    """``suppress``, with every turn written down, against torchvision's operators."""
    random = np.random.default_rng(0)
    scores, labels = random.random(BOXES), random.integers(0, 80, BOXES)
    for spread, size in SPREADS:
        corners = random.random((BOXES, 2)) * spread
        boxes = np.concatenate([corners, corners + 5 + random.random((BOXES, 2)) * size], axis=1)
        table, given, kinds = (torch.from_numpy(each) for each in (boxes, scores, labels))
        kept = suppress(boxes, scores, IOU).kept
        assert kept.tolist() == nms(table, given, IOU).tolist()
        what = f"{BOXES} boxes of up to {size:.0f} px, {len(kept)} kept"
        say(what, *rounds(partial(suppress, boxes, scores, IOU), partial(nms, table, given, IOU)))
        ours, peer = rounds(
            partial(suppress, boxes, scores, IOU, labels),
            partial(batched_nms, table, given, kinds, IOU),
        )
        say("  the same in 80 classes", ours, peer)


def compare_detector(name: ModelName, photo: np.ndarray) -> None:
    """From pixels to what is kept, against the network alone."""
    detector = find_detector(name)
    network: Any
    given: Any
    if name == "tiny_yolo":
        network = load(detector.spec)
        given = torch.zeros(1, 3, tiny_yolo.INPUT, tiny_yolo.INPUT)
    elif isinstance(detector.spec.weights, Torchvision):
        torch.manual_seed(0)
        network = detector.spec.build().eval()
        given = [torch.from_numpy(photo).permute(2, 0, 1).float() / 255]
    else:
        network = build_of_the_hub(name)
        given = network.prepare(photo)

    def bare() -> object:
        with torch.inference_mode():
            return network(given)

    def whole() -> object:
        found = RUNNERS[detector.family](photo, network)(0.0)
        return select(found.boxes, found.scores, found.labels)

    say(name, *rounds(whole, bare))


def build_of_the_hub(name: ModelName) -> Any:
    """A network of the hub, untrained, from files like those that would be downloaded."""
    prepared = {"size": SHORTER[name], "max_size": 1333, "format": "coco_detection"}
    with tempfile.TemporaryDirectory() as folder:
        files = {"config.json": PUBLISHED[name], "preprocessor_config.json": prepared}
        for file, settings in files.items():
            (Path(folder) / file).write_text(json.dumps(settings), "utf-8")
        build = cast("Callable[[Path], Any]", find_detector(name).spec.build)
        torch.manual_seed(0)
        return build(Path(folder)).eval()


def main() -> None:
    """Print ours, the peer's, and their ratio."""
    torch.set_num_threads(1)
    print(f"{'':<58} {'ours':>11}  {'peer':>11}")
    compare_suppression()
    photo = np.ascontiguousarray(data.astronaut())  # type: ignore[no-untyped-call]
    for name in sys.argv[1:] or USUAL:
        compare_detector(cast("ModelName", name), photo)
    found = raw(photo)
    print(f"moving a threshold: {seconds(lambda: choose(found)) * 1e3:.1f} ms")


def choose(found: Any) -> object:
    """What a page does when a threshold moves."""
    return select(found.boxes, found.scores, found.labels, score=0.1)


if __name__ == "__main__":
    main()
