"""Measure the face finder on photos it never trained on, beside scikit-image's cascade.

The photos are portraits of Caltech-101 (other people than those learned from) and COCO's
val2017. What counts as a face is a pseudo-label, the answer of a larger network (MTCNN), not a
person's. A face is found if a box overlaps its own by 0.4 (intersection over union; no higher,
since the cascade draws squares); what lies in a doubtful region is not counted. ``found`` is the
share of faces found where one false face in ten photos is let through: for the network at the
score where this is so (``score``), for the cascade at the best of its settings. ``landmarks`` is
how far landmarks of found faces are off, in the mean, as a share of the distance of the eyes.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load as parse
from torch import nn
from torchvision.ops import box_iou, nms

from models.networks.tiny_face_finder import INPUT, MULTIPLE, STRIDES, build, decode
from training._card import Found
from training._face_photos import Photo, read_photos

__all__ = ["FILE", "Answer", "Exam", "best_cascade", "find", "judge", "open_weights", "share_found"]

FILE = "model.safetensors"
OVERLAP = 0.4  # intersection over union from which a face is found
RIVALS = 0.3  # overlap of boxes from which the one with the lower score goes
LEAST = 0.02  # scores below are not looked at
FALSE = 0.1  # false faces a photo
SETTINGS = ((320, 4), (320, 8), (320, 12), (320, 14), (320, 20))  # side, least neighbours
SIZES = (24.0, 48.0)  # pixels of a face in the network's input, between small, middling and large
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """The faces found in one photo, in its own pixels."""

    scores: Array  # (found,)
    boxes: Array  # (found, 4)
    landmarks: Array  # (found, 5, 2)


class Exam:
    """Photos that every set of weights is asked to find faces in; a candidate is one file."""

    def __init__(self, data: Path, runs: Path) -> None:
        self.photos, self.kept = read_photos(data, "held_out"), runs / "cascade.json"

    def measure(self, weights: Path) -> Found:
        """Measure a file of weights, or the one in a folder."""
        network = open_weights(weights / FILE if weights.is_dir() else weights)
        answers = [find(network, photo.pixels) for photo in self.photos]
        found, score = share_found(self.photos, answers)
        good = [_above(answer, score) for answer in answers]
        cascade, setting, tried = best_cascade(self.photos, self.kept)
        metrics = {
            "found": found,
            **_by_kind(self.photos, good),
            "score": score,
            "landmarks": landmark_error(self.photos, good),
            "cascade_found": cascade["found"],
            "cascade_found_portraits": cascade["found_portraits"],
            "cascade_found_scenes": cascade["found_scenes"],
        }
        faces = sum(len(photo.boxes) for photo in self.photos)
        entries = {
            "title": "Tiny face finder",
            "licence": "Apache-2.0",
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": {name: round(float(value), 4) for name, value in metrics.items()},
            "by_size": _by_size(self.photos, good),
            "measured_on": (
                f"{faces} faces in {len(self.photos)} photos, longer side {INPUT} pixels: portraits"
                " of Caltech-101 of other people than those learned from, and COCO val2017; boxes"
                f" by MTCNN; found: overlap of {OVERLAP}; {FALSE} false faces a photo let through"
            ),
            "cascade": f"scikit-image's LBP cascade, best setting with so few false: {setting}",
            "cascade_tried": [
                {"side": side, "neighbours": least, "found": share, "false": wrong}
                for side, least, share, wrong in tried
            ],
        }
        summary = ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
        return Found(found, summary, entries)

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a file of weights in its place."""
        shutil.copyfile(candidate, folder / FILE)
        return {}


@torch.inference_mode()
def find(network: nn.Module, pixels: NDArray[np.uint8], side: int = INPUT) -> Answer:
    """Find faces in a grey photo (height, width): all above the least score, best first."""
    scale = side / max(pixels.shape)
    size = [max(1, round(length * scale)) for length in pixels.shape]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, (size[1], size[0]), interpolation=way)
    padded = [-(-length // MULTIPLE) * MULTIPLE for length in size]
    photo = torch.full((1, 1, *padded), 0.45)
    photo[0, 0, : size[0], : size[1]] = torch.from_numpy(small).float() / 255
    parts = [decode(raw[0], stride) for raw, stride in zip(network(photo), STRIDES, strict=True)]
    scores, boxes, landmarks = (torch.cat(each) for each in zip(*parts, strict=True))
    likely = scores > LEAST
    scores, boxes, landmarks = scores[likely], boxes[likely], landmarks[likely]
    kept = nms(boxes, scores, RIVALS)
    return Answer(
        scores[kept].double().numpy(),
        (boxes[kept] / scale).double().numpy(),
        (landmarks[kept] / scale).double().numpy(),
    )


def judge(photo: Photo, answer: Answer) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Say which face each box has found.

    Returns:
        (found,) the number of a face, -1 where there is none or another box found it; and
        (found,) whether a box counts at all: it does not where a face was doubtful.
    """
    faces = np.full(len(answer.boxes), -1)
    overlap = _overlap(answer.boxes, photo.boxes)
    for number in np.argsort(-answer.scores):
        free = np.where(np.isin(np.arange(len(photo.boxes)), faces), 0.0, overlap[number])
        if len(free) and free.max() >= OVERLAP:
            faces[number] = free.argmax()
    middle = (answer.boxes[:, :2] + answer.boxes[:, 2:]) / 2
    low, high = photo.ignored[None, :, :2], photo.ignored[None, :, 2:]
    doubtful = np.all((middle[:, None] > low) & (middle[:, None] < high), axis=2).any(axis=1)
    return faces, (faces >= 0) | ~doubtful


def _overlap(ours: Array, theirs: Array) -> Array:
    both = box_iou(torch.from_numpy(ours).view(-1, 4), torch.from_numpy(theirs).view(-1, 4))
    values: Array = both.numpy()
    return values


def share_found(photos: list[Photo], answers: list[Answer]) -> tuple[float, float]:
    """Give the share of faces found, and the score, at one false face in ten photos."""
    judged = [judge(photo, answer) for photo, answer in zip(photos, answers, strict=True)]
    scores = np.concatenate([each.scores for each in answers])
    right = np.concatenate([faces >= 0 for faces, _ in judged])
    counted = np.concatenate([counts for _, counts in judged])
    order = np.argsort(-scores, kind="stable")
    wrong = np.cumsum((~right & counted)[order])
    allowed = int((wrong <= FALSE * len(photos)).sum())
    total = sum(len(photo.boxes) for photo in photos)
    lowest = float(scores[order][allowed - 1]) if allowed else 1.0
    return int(right[order][:allowed].sum()) / max(total, 1), lowest


def _above(answer: Answer, score: float) -> Answer:
    good = answer.scores >= score
    return Answer(answer.scores[good], answer.boxes[good], answer.landmarks[good])


def _by_kind(photos: list[Photo], answers: list[Answer]) -> dict[str, float]:
    names = {"found_portraits": "caltech101", "found_scenes": "coco_subset"}
    shares = {}
    for name, kind in names.items():
        pairs = [each for each in zip(photos, answers, strict=True) if each[0].kind == kind]
        hits = sum(int((judge(*pair)[0] >= 0).sum()) for pair in pairs)
        shares[name] = hits / max(1, sum(len(photo.boxes) for photo, _ in pairs))
    return shares


def _by_size(photos: list[Photo], answers: list[Answer]) -> list[dict[str, Any]]:
    """Count faces and those found, from small to large."""
    hits: list[list[bool]] = [[], [], []]
    for photo, answer in zip(photos, answers, strict=True):
        found = set(judge(photo, answer)[0].tolist())
        sides = np.sqrt((photo.boxes[:, 2:] - photo.boxes[:, :2]).prod(1))
        sizes = sides * INPUT / max(photo.pixels.shape)
        for number, size in enumerate(sizes):
            hits[int(np.searchsorted(SIZES, size))].append(number in found)
    below = (*SIZES, float(INPUT))
    return [
        {"pixels_below": end, "faces": len(each), "found": sum(each)}
        for end, each in zip(below, hits, strict=True)
    ]


def landmark_error(photos: list[Photo], answers: list[Answer]) -> float:
    """Mean distance of landmarks from where they are, as a share of the distance of the eyes."""
    off = []
    for photo, answer in zip(photos, answers, strict=True):
        faces, _ = judge(photo, answer)
        for number in np.flatnonzero(faces >= 0):
            true = photo.landmarks[faces[number]]
            eyes = float(np.linalg.norm(true[0] - true[1]))
            if eyes * INPUT / max(photo.pixels.shape) >= 8:  # pixels; labels of smaller are rough
                apart = np.linalg.norm(answer.landmarks[number] - true, axis=1)
                off.append(float(apart.mean()) / eyes)
    return float(np.mean(off)) if off else float("nan")


def best_cascade(photos: list[Photo], kept: Path) -> tuple[dict[str, float], str, list[Any]]:
    """Let scikit-image's cascade find faces, at the best of its settings for one false in ten.

    What was found is kept in a file, since it takes minutes and no weights change it.
    """
    if kept.exists():
        before = json.loads(kept.read_text("utf-8"))
        if before["photos"] == len(photos):
            return before["best"], before["setting"], before["tried"]
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    file: Any = lbp_frontal_face_cascade_filename
    cascade = Cascade(file())
    best, named = {"found": 0.0, "found_portraits": 0.0, "found_scenes": 0.0}, "none"
    rows = []
    for side, neighbours in SETTINGS:
        look = _looking(cascade, side, neighbours)
        answers = [look(photo.pixels) for photo in photos]
        judged = [judge(*pair) for pair in zip(photos, answers, strict=True)]
        wrong = sum(int(((faces < 0) & counts).sum()) for faces, counts in judged)
        right = sum(int((faces >= 0).sum()) for faces, _ in judged)
        share = right / max(1, sum(len(photo.boxes) for photo in photos))
        rows.append([side, neighbours, round(share, 4), round(wrong / len(photos), 4)])
        if wrong <= FALSE * len(photos) and share > best["found"]:
            best = {"found": share, **_by_kind(photos, answers)}
            named = f"longer side {side}, at least {neighbours} neighbouring windows"
    kept.parent.mkdir(parents=True, exist_ok=True)
    found = {"photos": len(photos), "best": best, "setting": named, "tried": rows}
    kept.write_text(json.dumps(found), "utf-8")
    return best, named, rows


def _looking(cascade: Any, side: int, neighbours: int) -> Callable[[NDArray[np.uint8]], Answer]:
    def look(pixels: NDArray[np.uint8]) -> Answer:
        scale = side / max(pixels.shape)
        size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
        found = cascade.detect_multi_scale(
            img=cv2.resize(pixels, size),
            scale_factor=1.2,
            step_ratio=1,
            min_size=(24, 24),
            max_size=(side, side),
            min_neighbor_number=neighbours,
        )
        boxes = [[f["c"], f["r"], f["c"] + f["width"], f["r"] + f["height"]] for f in found]
        corners = np.array(boxes, dtype=float).reshape(-1, 4) / scale
        return Answer(np.ones(len(corners)), corners, np.zeros((len(corners), 5, 2)))

    return look


def open_weights(file: Path) -> nn.Module:
    """Open weights as they are kept, in half precision, to run in full."""
    network = build()
    state = parse(file.read_bytes())
    network.load_state_dict({name: values.float() for name, values in state.items()})
    return network.eval()
