"""Read photos with boxes: COCO's own, guessed ones, and Tiny ImageNet's tiles with one box each."""

import csv
import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.networks.tiny_yolo import COCO_IDS
from training import _data

__all__ = [
    "IGNORED",
    "Boxed",
    "Cutout",
    "coco_part",
    "corners",
    "place_of",
    "read_coco",
    "read_cutouts",
    "read_guessed",
    "read_tiles",
    "tile_boxes",
]

Part = Literal["train", "val"]
IGNORED = -1  # label of a region that is neither an object to find nor background
GUESSED_TRUST = 0.7  # weight of the background of photos whose boxes were guessed
TILE_TRUST = 0.5  # of tiles: each has one box, however many things it shows
CUTOUT_SIDE = 24  # pixels; smaller objects are not cut out

TILES = {  # COCO's number: Tiny ImageNet's classes that are this and nothing else
    3: ("n02814533", "n03100240", "n03670208", "n04285008"),
    6: ("n04146614", "n04487081"),
    7: ("n02917067", "n03393912"),
    9: ("n03447447", "n03662601"),
    16: ("n01855672", "n02002724", "n02056570", "n02058221"),
    17: ("n02123045", "n02123394", "n02124075"),
    18: ("n02085620", "n02094433", "n02099601", "n02099712", "n02106662", "n02113799"),
    22: ("n02504458",),
    28: ("n04507155",),
    44: ("n02823428", "n03983396", "n03937543"),
    47: ("n07920052",),
    52: ("n07753592",),
    55: ("n07747607",),
    59: ("n07873807",),
    62: ("n04099969",),
    67: ("n03201208",),
    76: ("n03085013",),
    82: ("n04070727",),
    88: ("n04399382",),
}
OTHERS = (  # its classes that show none of ours, and hardly ever people
    *("n01443537", "n01629819", "n01641577", "n01698640", "n01742172", "n01784675", "n01882714"),
    *("n01910747", "n01917289", "n01944390", "n01983481", "n02074367", "n02125311", "n02129165"),
    *("n02132136", "n02165456", "n02206856", "n02226429", "n02268443", "n02279972", "n02364673"),
    *("n02395406", "n02403003", "n02410509", "n02415577", "n02423022", "n02437312", "n02480495"),
    *("n02486410", "n02509815", "n02666196", "n02795169", "n02808440", "n02814860", "n02841315"),
    *("n02843684", "n02906734", "n02909870", "n02950826", "n02988304", "n02999410", "n03160309"),
    *("n03544143", "n03706229", "n03804744", "n03837869", "n03930313", "n03970156", "n04067472"),
    *("n04149813", "n04179913", "n04265275", "n04275548", "n04311004", "n04328186", "n04366367"),
    *("n04417672", "n04456115", "n04486054", "n04532670", "n04562935", "n04596742", "n07583066"),
    *("n07695742", "n07711569", "n07715103", "n07720875", "n07734744", "n07768694", "n07871810"),
    *("n09193705", "n09246464", "n09256479", "n09332890", "n12267677"),
)


@dataclass(frozen=True, eq=False)
class Boxed:
    """A photo and what is to be found in it."""

    pixels: NDArray[np.uint8]  # (height, width, 3)
    boxes: NDArray[np.float32]  # (n, 4) x1, y1, x2, y2 in pixels
    labels: NDArray[np.int64]  # (n,) places in COCO_IDS, or IGNORED
    trust: float = 1.0  # weight of what is outside the boxes as an example of nothing


@dataclass(frozen=True, eq=False)
class Cutout:
    """An object without its surroundings."""

    pixels: NDArray[np.uint8]  # (height, width, 4) RGB and how much of the pixel is object
    label: int


def place_of(coco_id: int) -> int | None:
    """The place of a class in ``COCO_IDS``, or None where it is none of ours."""
    return COCO_IDS.index(coco_id) if coco_id in COCO_IDS else None


def _boxed(pixels: NDArray[np.uint8], found: list[tuple[Any, int]], trust: float = 1.0) -> Boxed:
    boxes = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
    return Boxed(pixels, boxes, np.array([label for _, label in found], np.int64), trust)


def corners(box: Sequence[float]) -> tuple[float, float, float, float]:
    """Turn left, top, width, height into x1, y1, x2, y2."""
    left, top, width, height = box
    return left, top, left + width, top + height


def _open(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as opened:
        return np.asarray(opened.convert("RGB"))


def coco_part(data: Path, part: Part) -> list[tuple[Path, list[dict[str, Any]]]]:
    """Files of one part of the COCO subset, in the order of their numbers, and what is in them."""
    with lzma.open(data / "coco_subset/instances.json.xz") as file:
        instances = json.load(file)
    inside: dict[int, list[dict[str, Any]]] = {}
    for each in instances["annotations"]:
        inside.setdefault(each["image_id"], []).append(each)
    images = sorted(instances["images"], key=lambda image: image["id"])
    return [
        (data / "coco_subset/images" / each["file_name"], inside.get(each["id"], []))
        for each in images
        if each["coco_split"] == part
    ]


def read_coco(data: Path, part: Part) -> list[Boxed]:
    """Photos of one part of the COCO subset; crowds are ignored."""
    photos = []
    for file, inside in coco_part(data, part):
        places = [(each, place_of(each["category_id"])) for each in inside]
        found = [
            (corners(each["bbox"]), IGNORED if each["iscrowd"] else place)
            for each, place in places
            if place is not None
        ]
        photos.append(_boxed(_open(file), found))
    return photos


def read_cutouts(data: Path) -> list[Cutout]:
    """Objects of COCO's training photos, cut out along their outlines."""
    cutouts = []
    for file, inside in coco_part(data, "train"):
        photo = _open(file)
        for each in inside:
            place, outlines = place_of(each["category_id"]), each.get("segmentation")
            large = min(each["bbox"][2:]) >= CUTOUT_SIDE
            if place is not None and large and isinstance(outlines, list) and outlines:
                cutouts.append(Cutout(_cut_out(photo, outlines, each["bbox"]), place))
    return cutouts


def _cut_out(
    photo: NDArray[np.uint8], outlines: list[list[float]], box: list[float]
) -> NDArray[np.uint8]:
    cover = Image.new("L", (photo.shape[1], photo.shape[0]))
    for outline in outlines:
        ImageDraw.Draw(cover).polygon(outline, fill=255)
    left, top, right, bottom = (round(edge) for edge in corners(box))
    both = np.dstack([photo, np.asarray(cover)])
    return both[max(top, 0) : bottom, max(left, 0) : right]


def read_guessed(data: Path) -> list[Boxed]:
    """Photos of Caltech-101 and the ImageNet sample with boxes that reference models guessed."""
    with lzma.open(data / "pseudo_labels/objects.json.xz") as file:
        guessed = json.load(file)
    boxes: dict[int, list[tuple[Any, int]]] = {}
    for each in guessed["annotations"]:
        place = place_of(each["category_id"])
        if place is not None:
            boxes.setdefault(each["image_id"], []).append((corners(each["bbox"]), place))
    photos = []
    for image in guessed["images"]:
        if image["status"] == "main_missing":
            continue
        pixels = _open(data / image["file"])
        size = np.tile([pixels.shape[1], pixels.shape[0]], 2)
        found = boxes.get(image["id"], []) + [(box, IGNORED) for box in image["ignore"]]
        scaled = [(np.array(box) * size, label) for box, label in found]
        photos.append(_boxed(pixels, scaled, GUESSED_TRUST))
    return photos


def read_tiles(data: Path) -> tuple[list[Boxed], list[Boxed]]:
    """Tiny ImageNet's tiles that show one of our classes, and tiles that show none."""
    boxes = tile_boxes(data)
    pages = {page.stem.split("_")[2]: page for page in data.glob("tiny_imagenet/train_*.webp")}
    labels = {wnid: COCO_IDS.index(each) for each, wnids in TILES.items() for wnid in wnids}
    shown = []
    for wnid in labels:
        if wnid in pages:
            tiles = enumerate(_data.cut(pages[wnid]))
            found = ((tile, boxes.get((wnid, index))) for index, tile in tiles)
            shown += [_boxed(tile, [(box, labels[wnid])], TILE_TRUST) for tile, box in found if box]
    others = [
        _boxed(tile, [], TILE_TRUST)
        for wnid in OTHERS
        if wnid in pages
        for tile in _data.cut(pages[wnid])[::3]
    ]
    return shown, others


def tile_boxes(data: Path) -> dict[tuple[str, int], tuple[int, int, int, int]]:
    """The box of each tile, by class and number: x1, y1, x2, y2 in pixels."""
    with lzma.open(data / "tiny_imagenet/train_boxes.csv.xz", "rt") as file:
        return {(row["wnid"], int(row["index"])): _edges(row) for row in csv.DictReader(file)}


def _edges(row: dict[str, str]) -> tuple[int, int, int, int]:
    """The edges of a box whose last row and column were counted in."""
    left, top, right, bottom = (int(row[name]) for name in ("xmin", "ymin", "xmax", "ymax"))
    return left, top, right + 1, bottom + 1
