"""The figures, widgets and files of the page that finds objects; the browser's own arithmetic."""

import json
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest
from pycocotools.coco import COCO

from gallery import figures
from gallery.components import cell_grid, detections, suppression
from gallery.components.cell_grid import Lattice
from gallery.detection.finding import coco_file
from models import object_detection as od

NODE = Path(playwright.__file__).parent / "driver" / "node"
METHODS = ("hard", "soft", "soft_linear", "diou")


def crowd(seed: int, count: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes that overlap a lot, by falling score, of three classes."""
    random = np.random.default_rng(seed)
    corner = random.choice([20.0, 60.0, 130.0], (count, 2)) + random.normal(0, 9, (count, 2))
    side = random.uniform(40, 90, (count, 2))
    boxes = np.concatenate([corner, corner + side], axis=1)
    scores = np.sort(random.uniform(0.05, 1, count))[::-1]
    return boxes, scores, random.integers(0, 3, count)


def browser(script: str, call: str, value: object) -> object:
    """What a function of a widget's script answers, as the browser would run it."""
    code = script.replace("export default function", "function widget")
    code += "\nconst given = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
    code += f"\nconsole.log(JSON.stringify({call}));"
    done = subprocess.run(
        [NODE, "-e", code], input=json.dumps(value), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("iou", [0.0, 0.3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("score", [0.0, 0.25, 0.8])
def test_the_sliders_choose_what_the_model_chooses(score, iou):
    boxes, scores, labels = crowd(round(100 * iou + 10 * score))
    state = {
        "data": {"boxes": boxes.tolist(), "scores": scores.tolist(), "labels": labels.tolist()},
        "score": score,
        "iou": iou,
    }
    script = detections.SCRIPT
    kept = browser(script, "choose({ ...given, off: new Set() }).kept", state)
    assert kept == od.select(boxes, scores, labels, score, iou).candidates.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_the_last_frame_of_the_steps_is_what_the_suppression_kept(method):
    boxes, scores, labels = crowd(5, 30)
    done = od.suppress(boxes, scores, 0.4, labels, method=method, least=0.2)
    place = {int(box): rank for rank, box in enumerate(done.order)}
    kept = [place[int(box)] for box in done.kept]
    data = {
        "scores": done.given[done.order].tolist(),
        "steps": [suppression._step(step, place) for step in done.steps],
        "kept": kept,
    }
    last = suppression.frames_of(done)
    assert last == 2 * len(kept) > 2
    calls = "[given.frame, 0].map((frame) => standing({ data: given, frame }))"
    end, begin = browser(suppression.SCRIPT, calls, data | {"frame": last})
    assert [n for n, kind in enumerate(end["kinds"]) if kind == "kept"] == sorted(kept)
    assert end["kinds"].count("gone") == len(boxes) - len(kept)
    for box, rank in place.items():
        if box in done.kept:
            assert end["scores"][rank] == pytest.approx(done.scores[box])
    assert set(begin["kinds"]) == {"waiting"}


def test_every_step_of_the_frames_follows_from_the_one_before():
    boxes, scores, labels = crowd(8, 25)
    done = od.suppress(boxes, scores, 0.3, labels)
    place = {int(box): rank for rank, box in enumerate(done.order)}
    data = {
        "scores": done.given[done.order].tolist(),
        "steps": [suppression._step(step, place) for step in done.steps],
        "kept": [place[int(box)] for box in done.kept],
    }
    frames = "[...Array(2 * given.steps.length + 1).keys()]"
    calls = f"{frames}.map((frame) => standing({{ data: given, frame }}))"
    shown = browser(suppression.SCRIPT, calls, data)
    gone: set[int] = set()
    for frame in shown[1:-1]:
        assert frame["kinds"].count("winner") == 1
        now = {at for at, kind in enumerate(frame["kinds"]) if kind == "gone"}
        assert gone <= now
        gone = now


def test_a_file_of_boxes_is_one_that_pycocotools_reads(tmp_path, capsys):
    boxes, scores, labels = crowd(1, 7)
    target = tmp_path / "objects.json"
    target.write_text(json.dumps(coco_file((320, 200), boxes, labels, scores)), "utf-8")
    read = COCO(str(target))
    capsys.readouterr()
    found = read.loadAnns(read.getAnnIds(imgIds=[1]))
    assert len(found) == 7
    for each, box, label, score in zip(found, boxes, labels, scores, strict=True):
        x, y, wide, high = each["bbox"]
        assert [x, y, x + wide, y + high] == pytest.approx(box, abs=0.02)
        assert read.loadCats(each["category_id"])[0]["name"] == od.CLASSES[label].key
        assert each["score"] == pytest.approx(score, abs=1e-4)
    assert read.imgs[1]["width"] == 320


def test_only_classes_of_the_photo_can_be_switched_off():
    keys = {0: "person", 60: "dining table"}
    assert detections._known("dining table,nonsense", keys) == "dining table"
    assert detections._known("../../etc/passwd", keys) is None
    assert detections._labels("dining table", keys) == {60}
    assert detections._labels("", keys) == frozenset()


@pytest.mark.parametrize("raw", ["", "1", "1,2", "1,2,x", "-1,0,0", "1,2,3,4", "9999,0,0"])
def test_only_a_row_a_column_and_an_anchor_are_a_cell(raw):
    assert cell_grid._parse(raw) is None
    assert cell_grid._parse("3,4,1") == (3, 4, 1)


@pytest.mark.parametrize("raw", ["", "-1", "1.5", "9e9", "11"])
def test_only_a_frame_that_there_is_can_be_asked_for(raw):
    assert suppression._parse(raw, 10) is None
    assert suppression._parse("10", 10) == 10


def test_the_strongest_cell_is_found_and_cells_outside_are_refused():
    objectness = np.zeros((4, 5, 3))
    objectness[2, 4, 1] = 0.9
    boxes = np.zeros((4, 5, 3, 4))
    lattice = Lattice(16.0, np.ones((3, 2)), boxes, objectness, objectness.astype(int), objectness)
    assert cell_grid._strongest(lattice) == (2, 4, 1)
    assert lattice.holds((3, 4, 2))
    assert not lattice.holds((4, 0, 0))
    one = cell_grid._cells(lattice)[2][4][1]
    assert one["score"] == pytest.approx(0.81)


def test_a_region_is_drawn_with_its_bins_and_its_numbers_stand_in_the_table():
    values = np.arange(48.0).reshape(6, 8)
    found = od.pool_region(values, (1.0, 1.0, 6.0, 5.0), 2)
    rows = [(int(a), int(b)) for a, b in found.rows]
    columns = [(int(a), int(b)) for a, b in found.columns]
    drawn = figures.region_map(
        values, "map", "alt", x="column", y="row", limit=47, rows=rows, columns=columns,
        box=(1.0, 1.0, 6.0, 5.0), winners=[(5, 5)],
    )  # fmt: skip
    assert len(drawn.figure.layout.shapes) == 2 * 2 + 2
    assert drawn.table["column 7"] == values[:, 7].tolist()
    assert drawn.table["row"] == list(range(6))
