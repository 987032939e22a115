"""The recipe of the classifier with one box, on made-up tiles, and its exam."""

import json
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torchvision.ops import box_iou

from models._load import load
from models.networks import tiny_vgg
from models.networks.tiny_locator import UNITS, build
from training import _evaluate_tiny_locator, evaluate, tiny_locator


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of four tiles each, with boxes, and as many to measure on."""
    folder = tmp_path_factory.mktemp("data")
    pages = folder / "tiny_imagenet"
    pages.mkdir()
    random = np.random.default_rng(0)
    names = ("n01443537", "n01629819")
    for number, wnid in enumerate(names):
        for part in ("train", "val"):
            coarse = random.integers(0, 255, (4, 16, 3), np.uint8)
            page = Image.fromarray(coarse).resize((256, 64), Image.Resampling.NEAREST)
            page.save(pages / f"{part}_{number:03d}_{wnid}.webp")
    rows = [f"{wnid},{index},8,16,{39 + index},55" for wnid in names for index in range(4)]
    with lzma.open(pages / "train_boxes.csv.xz", "wt") as file:
        file.write("\n".join(["wnid,index,xmin,ymin,xmax,ymax", *rows]))
    return folder


def test_boxes_are_in_units_and_mirrored_with_their_tiles(data: Path) -> None:
    examples = tiny_locator.read_examples(data, range(2), mirrored=True)
    assert examples.features.shape == (8, 512, 4, 4)
    assert examples.labels.tolist() == [0] * 4 + [1] * 4
    side = 64 / UNITS
    assert (examples.boxes[0] * side).tolist() == [8, 16, 40, 56]
    assert (examples.boxes[2] * side).tolist() == [24, 16, 56, 56]


@torch.inference_mode()
def test_features_are_those_of_tiny_vgg() -> None:
    photos = torch.randint(0, 256, (3, 64, 64, 3), dtype=torch.uint8)
    found = tiny_locator.features_of(photos).float()
    exact = load(tiny_vgg.SPEC, "cpu").features(tiny_locator.as_input(photos))
    torch.testing.assert_close(found, exact, rtol=0.1, atol=0.1)


def run(data: Path, runs: Path, *more: str) -> None:
    tiny_locator.main(["--data", str(data), "--runs", str(runs), "--device", "cpu", *more])


def test_two_steps_change_the_network_and_it_goes_on(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", "--steps", "2", "--peak", "0.1")
    state = load_file(tmp_path / "run/model.safetensors")
    torch.manual_seed(0)
    begun = build().state_dict()
    assert state.keys() == begun.keys()
    assert not any(torch.equal(state[name], begun[name].half()) for name in state)
    run(data, tmp_path / "run", "--steps", "3", "--resume")
    log = json.loads((tmp_path / "run/log.json").read_text())
    assert [row["step"] for row in log] == [2, 3]
    assert {"label", "box"} <= set(log[-1])


def test_overlaps_are_torchvision_s() -> None:
    random = torch.Generator().manual_seed(0)
    corner = torch.rand(9, 2, generator=random) * 6
    boxes = torch.cat([corner, corner + 1 + 3 * torch.rand(9, 2, generator=random)], 1)
    moved = boxes + torch.randn(9, 4, generator=random) * 0.3
    expected = box_iou(moved, boxes).diagonal()
    torch.testing.assert_close(_evaluate_tiny_locator.overlaps(moved, boxes), expected)


def test_measuring_writes_the_card(
    data: Path, writable: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = writable("tiny_locator")
    monkeypatch.setattr(_evaluate_tiny_locator, "HELD", range(2, 4))
    monkeypatch.setattr(_evaluate_tiny_locator, "EVERY", 1)
    evaluate.main(["tiny_locator", "--data", str(data)])
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert set(card["metrics"]) == {"iou", "iou50", "iou50_middle", "top1"}
    assert card["measured_on"].startswith("boxes of 4 training tiles")
