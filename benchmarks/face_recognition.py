"""The face pipeline, stage by stage: what each takes, and what the bare work in it takes.

python -m benchmarks.face_recognition
"""

import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
import torch
from skimage import data

from models._face import Face
from models._face_align import TEMPLATE, align, alignment
from models._face_describe import describe_crops
from models._face_find import find
from models._face_gallery import MOST_ENTRIES, FaceGallery
from models._face_identify import identify
from models._images import to_grey
from models._load import load
from models.face_recognition import Pipeline, pipeline
from models.networks import tiny_face_embedder, tiny_face_finder

ROUNDS = 15
DESCRIBER = tiny_face_embedder.SPEC.name


def rounds(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median milliseconds of both, measured in turns, and the first round not counted."""
    pairs = [(milliseconds(first), milliseconds(second)) for _ in range(ROUNDS + 1)][1:]
    one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return one, other


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def say(stage: str, bare: str, one: float, other: float) -> None:
    """One line."""
    print(f"{stage:44} {other:8.2f} ms; {bare:30} {one:8.2f} ms: {other / one:5.2f} times")


def compare_find(photo: np.ndarray) -> None:
    """``find`` against the forward pass alone."""
    network = load(tiny_face_finder.SPEC)
    height, width = photo.shape[:2]
    scale = tiny_face_finder.INPUT / max(height, width)
    size = [max(32, round(side * scale / 32) * 32) for side in (width, height)]
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    batch = torch.from_numpy(to_grey(np.asarray(small, np.uint8)) / 255)[None, None]

    def bare() -> None:
        with torch.inference_mode():
            network(batch)

    one, other = rounds(bare, lambda: find(photo))
    say(f"find, {width} x {height}", "forward pass", one, other)


def compare_align(photo: np.ndarray) -> Face:
    """``align`` against OpenCV's warp alone."""
    points = (TEMPLATE * 0.9 + [170, 60]).astype(np.float32)
    face = Face(np.array([160, 60, 290, 190], np.float32), 1.0, points)
    matrix = alignment(face).matrix
    one, other = rounds(
        lambda: cv2.warpAffine(photo, matrix, (112, 112)), lambda: align(photo, face)
    )
    say("align, one face", "OpenCV's warp, in colour", one, other)
    return face


def compare_describe(crop: np.ndarray, count: int) -> None:
    """``describe_crops`` against the forward pass alone."""
    network = load(tiny_face_embedder.SPEC)
    crops = [crop] * count
    batch = torch.from_numpy(np.stack(crops))[:, None].float() / 255

    def bare() -> None:
        with torch.inference_mode():
            network(batch)

    one, other = rounds(bare, lambda: describe_crops(crops, DESCRIBER))
    say(f"describe, {count} aligned", "forward pass", one, other)


def compare_identify() -> None:
    """``identify`` in a full gallery against the distances alone."""
    rows = np.random.default_rng(0).normal(size=(MOST_ENTRIES, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    book = FaceGallery(DESCRIBER, tuple(str(n) for n in range(MOST_ENTRIES)), rows)
    one, other = rounds(
        lambda: np.linalg.norm(rows - rows[0], axis=1), lambda: identify(rows[0], book, 1.0)
    )
    say(f"identify among {MOST_ENTRIES}", "distances", one, other)


def main() -> None:
    """Measure on the embedded networks."""
    photo = np.asarray(data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]
    print(f"{torch.get_num_threads()} threads; the median of {ROUNDS} rounds")
    compare_find(photo)
    face = compare_align(photo)
    crop = align(photo, face)
    for count in (1, 16):
        compare_describe(crop, count)
    compare_identify()
    runs: list[Pipeline] = [pipeline(photo) for _ in range(ROUNDS + 1)][1:]
    spent = {
        stage: statistics.median(run.milliseconds[stage] for run in runs)
        for stage in runs[0].milliseconds
    }
    told = ", ".join(f"{stage} {value:.1f}" for stage, value in spent.items())
    print(f"the whole of a photo with {len(runs[0].faces)} found: {told} ms")


if __name__ == "__main__":
    main()
