"""The recipe of the detector on made-up photos, its scenes, its loss, its exam."""

import json
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import load_file, save_file
from skimage.data import chelsea
from torchvision.ops import box_iou

from models._load import load
from models.networks import tiny_vgg
from models.networks.tiny_yolo import ANCHORS, CLASSES, COCO_IDS, SPEC, STRIDE, build
from models.object_detection import Detections, Truth, average_precision
from training import _boxes, _evaluate_tiny_yolo, _scenes, evaluate, tiny_yolo
from training._boxes import IGNORED, Boxed, Cutout
from training._scenes import Stock, compose
from training._yolo_loss import NEAR, Target, assign, decode, encode, losses

SHAPES = torch.tensor(ANCHORS)
DOG, PERSON = COCO_IDS.index(18), COCO_IDS.index(1)


# --- data like the real: folders, files, and what stands in them


def _photo(file: Path, size: tuple[int, int], seed: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 255, (5, 6, 3), np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(file)


def _pack(file: Path, content: object) -> None:
    with lzma.open(file, "wt") as opened:
        json.dump(content, opened)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos of COCO, two guessed ones, and a page of tiles for each of two classes."""
    folder = tmp_path_factory.mktemp("data")
    images, annotations = [], []
    for number, part in enumerate(("train", "train", "val"), 1):
        name = f"{number:03d}.webp"
        _photo(folder / "coco_subset/images" / name, (160, 120), number)
        images.append({"id": number, "file_name": name, "coco_split": part})
        boxes = ([10, 10, 60, 80], [20, 30, 40, 50], [90, 20, 50, 60], [5, 90, 30, 25])
        for place, box in enumerate(boxes):
            corner = [*box[:2], box[0] + box[2], box[1], box[0] + box[2], box[1] + box[3]]
            annotations.append(
                {"id": len(annotations) + 1, "image_id": number, "bbox": box, "iscrowd": 0}
                | {"category_id": (1, 18, 3, 70)[place], "segmentation": [corner]}
            )
    annotations.append(
        {"id": 99, "image_id": 3, "bbox": [80, 60, 70, 50], "iscrowd": 1, "category_id": 1}
    )
    _pack(folder / "coco_subset/instances.json.xz", {"images": images, "annotations": annotations})
    guessed = []
    statuses = ("main_ok", "oov", "main_missing")
    for number, status in enumerate(statuses, 1):
        name = f"caltech101/thing/{number}.webp"
        _photo(folder / name, (100, 80), 10 + number)
        guessed.append({"id": number, "file": name, "status": status, "ignore": []})
    guessed[1]["ignore"] = [[0.1, 0.2, 0.5, 0.6]]
    found = {"image_id": 1, "bbox": [0.25, 0.25, 0.5, 0.5], "category_id": 18}
    (folder / "pseudo_labels").mkdir()
    _pack(folder / "pseudo_labels/objects.json.xz", {"images": guessed, "annotations": [found]})
    pages = {"train_025_n02085620": 50, "train_000_n01443537": 51}
    for page, seed in pages.items():
        _photo(folder / f"tiny_imagenet/{page}.webp", (4 * 64, 64), seed)
    rows = [f"{page.split('_')[2]},{n},5,6,{40 + n},50" for page in pages for n in range(4)]
    text = "\n".join(["wnid,index,xmin,ymin,xmax,ymax", *rows])
    with lzma.open(folder / "tiny_imagenet/train_boxes.csv.xz", "wt") as opened:
        opened.write(text)
    return folder


@pytest.fixture(scope="module")
def stock(data: Path) -> Stock:
    return Stock(
        _boxes.read_coco(data, "train"),
        _boxes.read_guessed(data),
        _boxes.read_tiles(data),
        _boxes.read_cutouts(data),
    )


def test_photos_to_measure_on_are_not_learned_from(data: Path) -> None:
    learned, held = _boxes.read_coco(data, "train"), _boxes.read_coco(data, "val")
    assert (len(learned), len(held)) == (2, 1)
    assert not any(np.array_equal(each.pixels, held[0].pixels) for each in learned)
    assert len(_boxes.read_cutouts(data)) == 6  # three things that are ours in each of two photos


def test_boxes_are_read_as_corners_with_the_network_s_classes(data: Path) -> None:
    photo = _boxes.read_coco(data, "train")[0]
    assert photo.boxes[0].tolist() == [10, 10, 70, 90]
    assert photo.labels.tolist() == [PERSON, DOG, COCO_IDS.index(3)]  # a toilet is none of ours
    crowd = _boxes.read_coco(data, "val")[0]
    assert crowd.labels[-1] == IGNORED


def test_guessed_photos_whose_thing_has_no_box_are_left_out(data: Path) -> None:
    shown, other = _boxes.read_guessed(data)
    assert shown.boxes.tolist() == [[25, 20, 75, 60]]
    assert shown.labels.tolist() == [DOG]
    np.testing.assert_allclose(other.boxes, [[10, 16, 50, 48]], atol=1e-4)
    assert other.labels.tolist() == [IGNORED]


def test_tiles_carry_their_box_to_its_last_pixel(data: Path) -> None:
    shown, others = _boxes.read_tiles(data)
    assert [each.boxes.tolist() for each in shown[:2]] == [[[5, 6, 41, 51]], [[5, 6, 42, 51]]]
    assert {each.labels[0] for each in shown} == {DOG}
    assert [len(each.boxes) for each in others] == [0, 0]


# --- scenes


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), side=st.sampled_from([96, 160]))
def test_a_scene_holds_boxes_within_its_edges(stock: Stock, seed: int, side: int) -> None:
    scene = compose(stock, side, np.random.default_rng(seed))
    assert scene.pixels.shape == (side, side, 3)
    assert scene.trust.shape == (side, side)
    assert len(scene.boxes) == len(scene.labels)
    assert (scene.boxes >= 0).all()
    assert (scene.boxes <= side).all()
    real = scene.labels != IGNORED
    assert ((scene.boxes[:, 2:] - scene.boxes[:, :2])[real] >= _scenes.SMALLEST).all()
    assert set(scene.labels.tolist()) <= {IGNORED, *range(len(CLASSES))}


def _marked(side: int = 90) -> Boxed:
    """A black photo with one red thing, and its box."""
    pixels = np.zeros((side, side + 30, 3), np.uint8)
    pixels[20:50, 30:80] = (255, 0, 0)
    return Boxed(pixels, np.array([[30, 20, 80, 50]], np.float32), np.array([DOG]))


@pytest.mark.parametrize("seed", range(12))
def test_the_box_moves_with_the_thing_in_it(seed: int) -> None:
    part = _scenes._window(_marked(), (120, 100), np.random.default_rng(seed))
    red = (part.pixels[..., 0] > 170) & (part.pixels[..., 1] < 60)
    if not len(part.boxes):
        assert red.sum() < 100
        return
    rows, columns = red.nonzero()
    around = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(part.boxes[0], around, atol=3.5)


def test_a_thing_that_is_hardly_in_the_window_is_ignored() -> None:
    boxes = np.array([[-80, 10, 20, 60], [-20, 10, 80, 60], [200, 0, 220, 9], [3, 3, 6, 40]])
    cut, labels = _scenes._clipped(boxes.astype(np.float32), np.arange(4), (100, 100))
    assert labels.tolist() == [IGNORED, 1, IGNORED]  # the third is not in it at all
    assert cut[0].tolist() == [0, 10, 20, 60]


def test_what_lies_under_a_pasted_thing_is_ignored() -> None:
    values = np.full((40, 40, 4), 255, np.uint8)
    scene = _scenes.Scene(
        np.zeros((40, 40, 3), np.uint8),
        np.array([[5, 5, 30, 30]], np.float32),
        np.array([PERSON]),
        np.ones((40, 40), np.float32),
    )
    covered = [
        _scenes._paste(scene, Cutout(values, DOG), np.random.default_rng(seed))
        for seed in range(40)
    ]
    for each in covered:
        left, top, right, bottom = each.boxes[1].astype(int)
        assert (each.pixels[top:bottom, left:right] == 255).all()
        hidden = (each.pixels[5:30, 5:30, 0] > 0).mean() > _scenes.COVERED
        assert each.labels.tolist() == [IGNORED if hidden else PERSON, DOG]
    assert {each.labels[0] for each in covered} == {IGNORED, PERSON}


# --- what answers for a box, and decoding


@st.composite
def boxes(draw: st.DrawFn) -> torch.Tensor:
    """Up to six boxes within 192 x 160 pixels."""
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        width, height = draw(st.floats(4, 150)), draw(st.floats(4, 150))
        left, top = draw(st.floats(0, 192 - width)), draw(st.floats(0, 160 - height))
        rows.append([left, top, left + width, top + height])
    return torch.tensor(rows)


@settings(max_examples=40, deadline=None)
@given(boxes=boxes())
def test_boxes_are_encoded_for_their_cells_and_decoded_again(boxes: torch.Tensor) -> None:
    which, slot = assign(boxes, SHAPES, 10, 12)
    assert set(which.tolist()) == set(range(len(boxes)))
    row, column, anchor = slot.unbind(-1)
    assert ((row >= 0) & (row < 10) & (column >= 0) & (column < 12)).all()
    wanted = boxes[which]
    cells = torch.stack([column, row], -1)
    numbers, reached = encode(wanted, cells.float(), SHAPES[anchor])
    inside = reached & (numbers[:, 2:].amax(1) < 4)
    for one in inside.nonzero()[:, 0].tolist():
        raw = torch.zeros(1, 10, 12, len(SHAPES), 5 + len(CLASSES))
        raw[0, row[one], column[one], anchor[one], :4] = numbers[one]
        found = decode(raw, SHAPES)[0, row[one], column[one], anchor[one]]
        torch.testing.assert_close(found, wanted[one], rtol=1e-3, atol=2e-2)


@settings(max_examples=40, deadline=None)
@given(boxes=boxes())
def test_the_cell_of_the_centre_answers_with_the_anchors_near_in_shape(
    boxes: torch.Tensor,
) -> None:
    which, slot = assign(boxes, SHAPES, 10, 12)
    for number, box in enumerate(boxes):
        mine = slot[which == number]
        column, row = ((box[:2] + box[2:]) / 2 / STRIDE).floor().long().tolist()
        home = mine[(mine[:, 0] == min(row, 9)) & (mine[:, 1] == min(column, 11))]
        ratio = (box[2:] - box[:2]) / SHAPES
        apart = torch.maximum(ratio, 1 / ratio).amax(1)
        near = set((apart < NEAR).nonzero()[:, 0].tolist()) | {int(apart.argmin())}
        assert set(home[:, 2].tolist()) == near
        assert ((mine[:, :2] - torch.tensor([row, column])).abs().sum(1) <= 1).all()


def test_nothing_answers_for_nothing() -> None:
    which, slot = assign(torch.zeros(0, 4), SHAPES, 6, 6)
    assert which.shape == (0,)
    assert slot.shape == (0, 3)


# --- the loss


def _answer(boxes: torch.Tensor, labels: torch.Tensor, sure: float = 12.0) -> torch.Tensor:
    """Raw numbers that are right about boxes."""
    raw = torch.zeros(1, 12, 12, len(SHAPES), 5 + len(CLASSES))
    raw[..., 4] = -sure
    which, slot = assign(boxes, SHAPES, 12, 12)
    row, column, anchor = slot.unbind(-1)
    cells = torch.stack([column, row], -1).float()
    numbers, _ = encode(boxes[which], cells, SHAPES[anchor])
    raw[0, row, column, anchor, :4] = numbers
    raw[0, row, column, anchor, 4] = sure
    raw[0, row, column, anchor, 5 + labels[which]] = 9
    return raw


def _target(boxes: torch.Tensor, labels: torch.Tensor, trust: float = 1.0) -> Target:
    return Target(boxes[None], labels[None], torch.full((1, 12, 12), trust))


TRUE = torch.tensor([[20.0, 24.0, 76.0, 90.0], [120.0, 100.0, 150.0, 138.0]])
KINDS = torch.tensor([DOG, PERSON])


def test_a_right_answer_costs_next_to_nothing_and_each_error_costs() -> None:
    right = losses(_answer(TRUE, KINDS), SHAPES, _target(TRUE, KINDS))
    assert right.box < 1e-3
    assert right.objectness < 1e-2
    moved = losses(_answer(TRUE + 6, KINDS), SHAPES, _target(TRUE, KINDS))
    assert moved.box > 0.1
    mistaken = losses(_answer(TRUE, KINDS.flip(0)), SHAPES, _target(TRUE, KINDS))
    assert mistaken.label > right.label + 2
    unsure = losses(_answer(TRUE, KINDS, 0.0), SHAPES, _target(TRUE, KINDS))
    assert unsure.objectness > right.objectness + 0.5


def test_background_counts_as_far_as_it_is_trusted_and_not_where_it_is_ignored() -> None:
    raw = _answer(TRUE, KINDS)
    raw[0, 10, 2, 0, 4] = 8  # something is seen where there is nothing
    full, half, none = (
        losses(raw, SHAPES, _target(TRUE, KINDS, trust)).objectness for trust in (1.0, 0.5, 0.0)
    )
    assert full > half > none
    assert none < 1e-2
    region = torch.tensor([[16.0, 144.0, 64.0, 192.0]])
    boxes, labels = torch.cat([TRUE, region]), torch.tensor([DOG, PERSON, IGNORED])
    assert losses(raw, SHAPES, _target(boxes, labels)).objectness < 1e-2


def test_photos_without_any_box_are_learned_from_too() -> None:
    raw = torch.zeros(1, 12, 12, len(SHAPES), 5 + len(CLASSES), requires_grad=True)
    found = losses(raw, SHAPES, _target(torch.zeros(0, 4), torch.zeros(0, dtype=torch.long)))
    found.whole.backward()
    assert found.box == found.label == 0
    assert (raw.grad[..., 4] > 0).all()
    assert raw.grad[..., :4].abs().max() == 0


# --- the recipe


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small scenes, so that a step takes a fraction of a second."""
    monkeypatch.setattr(tiny_yolo, "SIDES", {2.0: (64, 96)})
    monkeypatch.setattr(tiny_yolo, "BATCH", 2)
    monkeypatch.setattr(tiny_yolo, "anchors_of", lambda _: np.array(ANCHORS))


def run(data: Path, runs: Path, *more: str) -> None:
    tiny_yolo.main(["--data", str(data), "--runs", str(runs), "--device", "cpu", *more])


@pytest.mark.usefixtures("small")
def test_two_steps_change_the_network_and_it_goes_on(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", "--steps", "2", "--peak", "0.1")
    state = load_file(tmp_path / "run/model.safetensors")
    assert {each.dtype for each in state.values()} == {torch.float16, torch.int64}
    begun = tiny_yolo.begun(np.array(ANCHORS)).state_dict()
    assert state.keys() == begun.keys()
    assert torch.equal(state["anchors"].float(), SHAPES)
    assert torch.equal(state["features.2.weight"], begun["features.2.weight"].half())  # kept
    for name in ("features.7.weight", "far.1.weight", "answer.bias"):
        assert not torch.equal(state[name], begun[name].half()), name
    run(data, tmp_path / "run", "--steps", "3", "--resume")
    log = json.loads((tmp_path / "run/log.json").read_text())
    assert [row["step"] for row in log] == [2, 3]
    assert {"box", "label", "objectness"} <= set(log[-1])


@torch.inference_mode()
def test_training_begins_with_the_features_of_tiny_vgg() -> None:
    network = tiny_yolo.begun(np.array(ANCHORS)).eval()
    photo = torch.randn(1, 3, 64, 64)
    expected = load(tiny_vgg.SPEC, "cpu").features(photo)
    torch.testing.assert_close(network.features(photo), expected, rtol=1e-3, atol=1e-4)
    assert network(photo)[..., 4].sigmoid().mean() < 0.05


def test_anchors_come_from_true_boxes_at_the_size_they_are_seen() -> None:
    sizes = [(10, 10), (20, 40), (60, 30), (50, 60), (90, 100), (160, 150)]
    assert len(sizes) == len(ANCHORS)
    boxes = np.array([[0, 0, *size] for size in sizes for _ in range(9)], np.float32)
    photo = Boxed(np.zeros((384, 300, 3), np.uint8), 2 * boxes, np.zeros(len(boxes), np.int64))
    found = tiny_yolo.anchors_of([photo])
    assert found.shape == (6, 2)
    assert {tuple(each) for each in found.tolist()} <= {tuple(map(float, size)) for size in sizes}


# --- measuring


@pytest.fixture
def weights(writable: Callable[[str], Path]) -> Path:
    """A copy of the weights, so that a card can be written."""
    return writable("tiny_yolo")


def test_measuring_writes_the_card_and_keeps_the_better(
    data: Path, weights: Path, tmp_path: Path
) -> None:
    before = json.loads((weights / "card.json").read_text("utf-8"))
    content = (weights / "model.safetensors").read_bytes()
    state = load_file(weights / "model.safetensors")
    state["answer.bias"] = state["answer.bias"] - 40  # sees nothing any more
    save_file(state, tmp_path / "candidate.safetensors")
    candidate = str(tmp_path / "candidate.safetensors")
    evaluate.main(["tiny_yolo", "--data", str(data), "--candidate", candidate])
    assert (weights / "model.safetensors").read_bytes() == content
    card = json.loads((weights / "card.json").read_text("utf-8"))
    assert set(card["metrics"]) == {"map50"}
    assert list(card["per_class"]) == ["person", "car", "dog"]
    assert card["per_class"]["person"]["boxes"] == 1  # the crowd is not counted
    assert card["anchors"] == before["anchors"]
    assert card["files"] == before["files"]


def test_our_average_precision_is_that_of_pycocotools() -> None:
    random = np.random.default_rng(4)
    found, truth = [], []
    for _ in range(6):
        corner, size = random.uniform(0, 100, (9, 2)), random.uniform(40, 70, (9, 2))
        true = np.concatenate([corner, corner + size], 1)
        crowd = (random.random(9) < 0.15).astype(np.int64)
        kinds = random.integers(0, 4, 9)
        truth.append(Truth(true, kinds, crowd))
        moved = np.concatenate([true, true[:5]]) + random.normal(0, 6, (14, 4))
        labels = np.concatenate([kinds, random.integers(0, 4, 5)])
        order = np.argsort(-(scores := random.random(14)))
        found.append(Detections(moved[order], labels[order], scores[order]))
    peer = _evaluate_tiny_yolo.peers_average(found, truth)
    ours = average_precision(found, truth, 0.5)
    for curve in ours.classes:
        assert curve.average == pytest.approx(peer[curve.label], abs=1e-6)
    assert 0.1 < ours.mean < 0.95


@torch.inference_mode()
def test_the_exam_finds_what_the_gallery_does() -> None:
    from models.object_detection import CLASSES as ALL
    from models.object_detection import raw

    photo = chelsea()  # a cat
    exam = _evaluate_tiny_yolo.find(load(SPEC, "cpu"), photo)
    shown = raw(photo, "tiny_yolo")
    first = slice(0, 5)  # the surest; a photo is scaled a little differently here and there
    assert len(exam.boxes) > 0
    for box, label, score in zip(
        exam.boxes[first], exam.labels[first], exam.scores[first], strict=True
    ):
        same = [ALL[each].key == CLASSES[label].key for each in shown.labels]
        shared = box_iou(torch.tensor(box)[None], torch.tensor(shown.boxes[same]))[0]
        assert shared.max() > 0.8
        assert shown.scores[same][shared > 0.8].max() == pytest.approx(score, abs=0.05)


def test_untrained_weights_find_nothing_of_note(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = build().eval()
    network.anchors.copy_(SHAPES)
    found = _evaluate_tiny_yolo.find(network, np.zeros((40, 64, 3), np.uint8))
    assert len(found.boxes) <= _evaluate_tiny_yolo.MOST
