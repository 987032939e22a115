"""What a way of finding objects misses: its boxes against the objects drawn by hand."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import show
from gallery.detection.case import Case
from gallery.detection.hearing import marked
from gallery.detection.truths import true_boxes
from models import object_detection as od

__all__ = ["draw_missed", "nearest"]

AGREED = 0.5  # IoU from which on an object counts as found, as PASCAL VOC has it


def nearest(objects: NDArray[np.float64], boxes: NDArray[np.float64]) -> list[float]:
    """The largest IoU that any of the boxes (N, 4) has with each of the objects (M, 4)."""
    return [float(each) for each in od.overlap(objects, boxes).max(axis=1, initial=0.0)]


def draw_missed(
    case: Case, tried: NDArray[np.float64], kept: NDArray[np.float64] | None = None
) -> None:
    """Say how near the boxes come to each object; nothing where nobody has drawn on the photo.

    Args:
        case: The photo.
        tried: (N, 4) all boxes that were looked at.
        kept: (K, 4) those that were named, where a network has named any.
    """
    words = case.words
    drawn = marked(true_boxes(case.photo.sample) or ())
    if not drawn:
        return
    objects = np.array([each.box for each in drawn], float)
    best = nearest(objects, tried)
    found = best if kept is None else nearest(objects, kept)
    names = [case.name(each.label) for each in drawn]
    lost = [name for name, iou in zip(names, found, strict=True) if iou < AGREED]
    said = words.missed_some(count=len(lost), all=len(drawn), names=", ".join(lost))
    sides = (objects[:, 2:] - objects[:, :2]).astype(int).tolist()
    columns: dict[str, list[str] | list[float]] = {
        words.missed_object: names,
        words.missed_size: [f"{wide} × {high}" for wide, high in sides],
        words.missed_tried: [round(each, 2) for each in best],
    }
    if kept is not None:
        columns[words.missed_kept] = [round(each, 2) for each in found]
    with show.cards(words.missed_title):
        st.markdown(said if lost else words.missed_none(all=len(drawn)))
        show.table(columns)
