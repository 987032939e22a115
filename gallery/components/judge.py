"""Found boxes against true ones under a threshold; the true ones are drawn and changed by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.boxes import photo_data
from gallery.components.hand import heard, sent
from gallery.demos import Text, Words
from gallery.frame import current
from gallery.photo import Photo

__all__ = ["Drawn", "Found", "Judged", "Marked", "draw_judge", "read_truth"]

NAME, LIMIT = "drawn", "above"  # in the address
EMPTY = "none"  # every true box was deleted
MOST = 24  # boxes that can be drawn on one photo
WORDS = (
    "threshold", "true_box", "missed_tag", "none_kept", "hits", "wrong", "missed", "precision",
    "recall", "told", "why_hit", "why_wrong", "why_alone", "nothing_kept", "area", "no_truth",
    "class", "new", "delete", "clear", "again", "curve",
)  # fmt: skip
CORNERS = ("top_left", "top_right", "bottom_left", "bottom_right")
COUNT = '<span class="{0}" data-part="{0}"><i></i><b></b><span></span></span>'
HTML = f"""
<div class="judge">
  <div class="view">
    <div class="tools" data-part="tools"><select data-part="class"></select>
      <button type="button" data-part="new" aria-pressed="false"></button>
      <button type="button" data-part="delete"></button>
      <button type="button" data-part="clear"></button>
      <button type="button" data-part="again"></button></div>
    <div class="pictures" data-part="pictures"></div>
    <p class="hint" data-part="hint"></p>
  </div>
  <div class="side">
    <label class="scrub"><b><span data-part="scrub-label"></span>
      <output data-part="threshold"></output></b>
      <input type="range" data-part="scrub" min="0" step="1"></label>
    <div class="counts">{"".join(map(COUNT.format, ("hits", "wrong", "missed")))}</div>
    <div class="shares" data-part="shares"></div>
    <p class="told" data-part="told" aria-live="polite"></p>
    <svg data-part="curve" role="img"></svg>
    <p class="area" data-part="area"></p>
  </div>
</div>
"""

CSS, SCRIPT = parts("hand", "boxes", "hand_boxes", "judge_curve", "judge")
_component = st.components.v2.component("gallery_judge", html=HTML, css=CSS, js=SCRIPT)
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Marked:
    """One true box."""

    label: int
    box: Box  # x1 y1 x2 y2 in pixels of its photo


@dataclass(frozen=True)
class Found:
    """One box that a network found."""

    photo: int  # place among the photos
    label: int
    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True, eq=False)
class Judged:
    """A photo, and what is true of it."""

    photo: Photo
    truth: Sequence[Marked]
    alt: str


@dataclass(frozen=True)
class Drawn:
    """The true boxes of a photo: the sample's, or what the visitor has made of them."""

    boxes: tuple[Marked, ...]
    is_own: bool
    widget: str


def read_truth(photo: Photo, given: Sequence[Marked], labels: Sequence[int]) -> Drawn:
    """Say which true boxes hold, before they are drawn.

    Those drawn on a sample are part of the address; those on a visitor's own photo never are.

    Args:
        photo: With another photo its own boxes hold again.
        given: The boxes that come with it.
        labels: Kinds of things a box may be of.
    """
    page = current().demo.name

    def parse(raw: str) -> str | None:
        return raw if _parse(raw, photo.size, labels) is not None else None

    widget = address.settle(page, NAME, "", parse)
    known = st.session_state.setdefault(f"{widget}-of", photo.digest)
    if known != photo.digest and address.FOLLOWED not in st.session_state:
        st.session_state[widget] = ""
    st.session_state[f"{widget}-of"] = photo.digest
    raw = str(st.session_state[widget])
    drawn = _parse(raw, photo.size, labels) if raw else None
    kept = raw if drawn is not None and photo.sample is not None else ""
    address.hold(page, NAME, "", kept)
    if drawn is None:
        return Drawn(tuple(given), False, widget)
    return Drawn(drawn, True, widget)


def draw_judge(
    pictures: Sequence[Judged],
    found: Sequence[Found],
    keys: Mapping[int, str],
    names: Mapping[int, str],
    agreed: float,
    category: int | None,
    above: float,
    words: Words[Text],
    drawn: Drawn | None,
) -> float:
    """Draw photos, found and true boxes, the threshold and the curve.

    Args:
        pictures: The photos that are judged together.
        found: What was found in them, the surest first.
        keys: Label -> its code.
        names: Label -> what it is called; those a true box may be drawn of.
        agreed: The IoU from which on a found box is right.
        category: The one label that counts; ``None``: all.
        above: The threshold to begin with.
        words: The page's words; those named ``judge_...`` and ``corner_...`` are used.
        drawn: The true boxes of the single photo, where they may be changed.

    Returns:
        The threshold where the hand let go.
    """
    page = current().demo.name
    widget = address.settle(page, LIMIT, above, _parse_share)
    limit = float(st.session_state[widget])
    place = drawn.widget if drawn else f"{page}.judged"
    component = f"{place}-judge"
    _component(
        data={
            "pictures": [_picture(each, keys, names) for each in pictures],
            "found": [
                {**vars(each), "key": keys[each.label], "name": names[each.label]} for each in found
            ],
            "classes": sorted(
                ({"key": keys[label], "name": name} for label, name in names.items()),
                key=lambda each: each["name"],
            ),
            "agreed": agreed,
            "category": None if category is None else keys[category],
            "above": limit,
            "editable": drawn is not None,
            "changed": drawn is not None and drawn.is_own,
            "heard": heard(component),
            "stamp": _stamp(pictures, drawn),
            "words": {name: words[f"judge_{name}"] for name in WORDS}
            | {"hint": words["judge_hint" if drawn else "judge_hint_fixed"]}
            | {"corners": [words[f"corner_{name}"] for name in CORNERS]},
        },
        key=component,
        on_above_change=lambda: _take_share(component, widget),
        on_truth_change=lambda: _take_truth(component, place, pictures[0].photo, keys),
    )
    return address.hold(page, LIMIT, above, limit, lambda value: f"{value:g}")


def _picture(judged: Judged, keys: Mapping[int, str], names: Mapping[int, str]) -> dict[str, Any]:
    return {
        **photo_data(judged.photo.pixels, judged.alt),
        "truth": [
            {"key": keys[each.label], "name": names[each.label], "box": list(each.box)}
            for each in judged.truth
        ],
    }


def _stamp(pictures: Sequence[Judged], drawn: Drawn | None) -> str:
    """Changes where the component has to forget what it holds."""
    return ("" if drawn is None else "drawn-") + "".join(
        each.photo.digest.hex()[:12] for each in pictures
    )


def _take_share(component: str, widget: str) -> None:
    share = sent(component, "above")
    if isinstance(share, int | float) and 0 <= share <= 1:
        st.session_state[widget] = round(float(share), 4)


def _take_truth(component: str, place: str, photo: Photo, keys: Mapping[int, str]) -> None:
    """Believe what the browser sent only where it is boxes of known kinds inside the photo."""
    truth = sent(component, "truth")
    if not isinstance(truth, dict):
        return
    boxes = truth.get("boxes")
    labels = {key: label for label, key in keys.items()}
    if boxes is None:
        raw = ""
    elif isinstance(boxes, list) and all(isinstance(each, list) and each for each in boxes):
        known = [[labels.get(str(key), -1), *box] for key, *box in boxes]
        raw = "_".join(".".join(map(str, each)) for each in known) or EMPTY
        if _parse(raw, photo.size, tuple(keys)) is None:
            return
    else:
        return
    st.session_state[place] = raw


def _parse(raw: str, size: tuple[int, int], labels: Sequence[int]) -> tuple[Marked, ...] | None:
    """``label.x1.y1.x2.y2`` of each box, joined by ``_``; ``None`` where that is not what it is."""
    if raw == EMPTY:
        return ()
    boxes = []
    for part in raw.split("_"):
        sides = part.split(".")
        if len(sides) != 5 or not all(s.isascii() and s.isdecimal() and len(s) < 6 for s in sides):
            return None
        label, left, top, right, bottom = map(int, sides)
        if label not in labels or not (left < right <= size[0] and top < bottom <= size[1]):
            return None
        boxes.append(Marked(label, (left, top, right, bottom)))
    return tuple(boxes) if len(boxes) <= MOST else None


def _parse_share(raw: str) -> float | None:
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
