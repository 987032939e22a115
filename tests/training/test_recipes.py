"""Each recipe trains for two steps on made-up photos, goes on where it stopped, and is measured."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from models.networks import tiny_vgg as network_file
from training import _evaluate_tiny_vgg, _loop, evaluate, tiny_vgg
from training._data import SIDE, Photos, class_ids, read_photos
from training._loop import Plan, rate, train


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Pages of two classes with 50 and 25 made-up photos each: plain, red or blue, with noise."""
    folder = tmp_path / "data"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number, (wnid, channel) in enumerate({"n01": 0, "n02": 2}.items()):
        for part, rows in {"train": 2, "val": 1}.items():
            sheet = random.integers(0, 60, (rows * SIDE, 25 * SIDE, 3), np.uint8)
            sheet[..., channel] += 150
            name = f"{part}_{number:03d}_{wnid}.webp"
            Image.fromarray(sheet).save(folder / name, lossless=True)
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two classes and small batches, so that a step takes milliseconds."""
    monkeypatch.setattr(network_file, "CLASSES", 2)
    monkeypatch.setattr(tiny_vgg, "BATCH", 8)
    monkeypatch.setattr(tiny_vgg, "SMALL_SIDE", 32)


def run(data: Path, runs: Path, *more: str) -> None:
    tiny_vgg.main(["--data", str(data), "--runs", str(runs), "--device", "cpu", *more])


# --- photos


def test_photos_are_cut_from_their_page_in_order(tmp_path: Path) -> None:
    sheet = np.zeros((2 * SIDE, 25 * SIDE, 3), np.uint8)
    for tile in range(50):
        row, column = divmod(tile, 25)
        sheet[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE] = tile * 5
    Image.fromarray(sheet).save(tmp_path / "val_000_n01.webp", lossless=True)
    photos = read_photos(tmp_path, "val")
    assert photos.pixels.shape == (50, SIDE, SIDE, 3)
    assert [int(each.float().mean()) for each in photos.pixels] == [5 * tile for tile in range(50)]


def test_labels_follow_the_pages(data: Path) -> None:
    photos = read_photos(data, "train")
    assert class_ids(data) == ["n01", "n02"]
    assert len(photos) == 100
    assert photos.labels.tolist() == [0] * 50 + [1] * 50
    reds = photos.pixels[:50].float().mean((0, 1, 2))
    assert reds[0] > 100 > reds[2]


def test_a_folder_without_pages_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pages"):
        class_ids(tmp_path)


def test_the_input_is_scaled_as_the_network_is_told() -> None:
    pixels = torch.full((1, 4, 4, 3), 255, dtype=torch.uint8)
    found = tiny_vgg.as_input(pixels)[0, :, 0, 0]
    expected = [
        (1 - m) / s for m, s in zip((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), strict=True)
    ]
    assert found.tolist() == pytest.approx(expected, rel=1e-6)


def test_a_window_shows_part_of_the_photo_mirrored_half_of_the_time() -> None:
    ramp = torch.linspace(0, 1, 64).expand(200, 3, 64, 64)  # brighter to the right
    seen = tiny_vgg.crops(ramp, 48, torch.Generator().manual_seed(0))
    assert seen.shape == (200, 3, 48, 48)
    assert seen.min() >= 0
    assert seen.max() <= 1
    slope = (seen[:, 0, 0, -1] - seen[:, 0, 0, 0]).numpy()
    assert 0.35 < (slope < 0).mean() < 0.65
    assert np.abs(slope).min() > 0.55 * 0.8  # never less than the smallest window
    assert np.abs(slope).max() <= 1


# --- the loop


def test_the_rate_rises_to_its_peak_and_falls_to_zero() -> None:
    rates = [rate(done / 100, 0.4, 0.1) for done in range(101)]
    assert rates.index(max(rates)) == 10
    assert max(rates) == pytest.approx(0.4)
    assert rates[0] == 0
    assert rates[-1] == pytest.approx(0)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def line(plan: Plan) -> nn.Module:
    """Fit y = 2 x by gradient descent."""

    def loss(network: nn.Module, done: float, generator: torch.Generator) -> torch.Tensor:
        inputs = torch.rand(16, 1, generator=generator)
        with torch.autocast("cpu", enabled=False):
            return ((network(inputs) - 2 * inputs) ** 2).mean()

    torch.manual_seed(0)
    return train(nn.Linear(1, 1, bias=False), loss, plan)


def test_the_loop_learns(tmp_path: Path) -> None:
    network = line(Plan(tmp_path, steps=80, peak=0.5, decay=0, averaging=0.9))
    assert not network.training
    assert network.weight.item() == pytest.approx(2, abs=0.01)


def test_minutes_end_it(tmp_path: Path) -> None:
    line(Plan(tmp_path, minutes=0.01))
    log = json.loads((tmp_path / "log.json").read_text())
    assert 0.01 <= log[-1]["minutes"] <= 0.1


def test_going_on_ends_where_going_through_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"steps": 20, "peak": 0.1, "averaging": 0.5, "save_minutes": 1e-9}
    through = line(Plan(tmp_path / "through", **settings))

    done, stops = _loop._step, []

    def interrupted(*args: object) -> float:
        stops.append(1)
        if len(stops) == 9:
            raise KeyboardInterrupt
        return done(*args)

    monkeypatch.setattr(_loop, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        line(Plan(tmp_path / "halves", **settings))
    monkeypatch.setattr(_loop, "_step", done)
    resumed = line(Plan(tmp_path / "halves", resume=True, **settings))
    assert torch.equal(resumed.weight, through.weight)


# --- the recipe of TinyVGG


@pytest.mark.usefixtures("small")
def test_two_steps_change_the_network_and_leave_a_file(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", "--steps", "2")
    state = load_file(tmp_path / "run/model.safetensors")
    assert {values.dtype for values in state.values()} == {torch.float16, torch.int64}
    torch.manual_seed(0)
    untrained = network_file.build().state_dict()
    assert state.keys() == untrained.keys()
    assert not torch.equal(state["classifier.weight"].float(), untrained["classifier.weight"])
    assert not torch.equal(state["features.0.weight"].float(), untrained["features.0.weight"])


@pytest.mark.usefixtures("small")
def test_the_recipe_goes_on_from_its_checkpoint(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", "--steps", "2")
    run(data, tmp_path / "run", "--steps", "3", "--resume")
    log = json.loads((tmp_path / "run/log.json").read_text())
    assert [row["step"] for row in log] == [2, 3]


@pytest.mark.usefixtures("small")
def test_the_recipe_goes_on_from_a_file(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "one", "--steps", "1")
    start = tmp_path / "one/model.safetensors"
    run(data, tmp_path / "two", "--steps", "1", "--peak", "0", "--start", str(start))
    one, two = load_file(start), load_file(tmp_path / "two/model.safetensors")
    assert torch.equal(one["classifier.weight"], two["classifier.weight"])


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_the_recipe_tells_red_from_blue(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", "--steps", "30", "--peak", "0.05")
    content = (tmp_path / "run/model.safetensors").read_bytes()
    losses = [row["loss"] for row in json.loads((tmp_path / "run/log.json").read_text())]
    assert losses[-1] < 0.6  # chance is log 2 = 0.69; smoothing leaves 0.2
    assert _evaluate_tiny_vgg._network(content)(torch.zeros(1, 3, 64, 64)).shape == (1, 2)


@pytest.mark.usefixtures("small")
def test_the_recipe_ends_halfway_if_it_is_asked_to(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "one", "--steps", "1")
    start = tmp_path / "one/model.safetensors"
    again = ["--steps", "2", "--peak", "0.5", "--start", str(start)]
    run(data, tmp_path / "end", *again)
    run(data, tmp_path / "half", *again, "--blend")
    folders = [tmp_path / each for each in ("one", "end", "half")]
    one, two, half = (load_file(folder / "model.safetensors") for folder in folders)
    name = "classifier.weight"
    assert not torch.equal(one[name], two[name])
    middle = (one[name].float() + two[name].float()) / 2
    torch.testing.assert_close(half[name].float(), middle, rtol=2e-3, atol=1e-4)


def test_normalisations_are_measured_again(data: Path) -> None:
    photos = read_photos(data, "train")
    network = nn.Sequential(nn.BatchNorm2d(3))
    tiny_vgg.blend(nn.Sequential(nn.BatchNorm2d(3)), network, photos)
    assert not network.training
    mean = tiny_vgg.as_input(photos.pixels).mean((0, 2, 3))
    torch.testing.assert_close(network[0].running_mean, mean, rtol=0.02, atol=0.02)


def test_halfway_needs_a_start(data: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        run(data, tmp_path / "run", "--steps", "1", "--blend")


# --- measuring


class Oracle(nn.Module):
    """Answers from the mean brightness: class k for photos of brightness k; sure of red ones."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        std, mean = 0.229, 0.485
        brightness = (pixels[:, 0].mean((1, 2)) * std + mean) * 255
        classes = torch.arange(10)
        return -((brightness[:, None] - 20 * classes) ** 2) / 1000


def test_right_answers_are_counted_by_class() -> None:
    labels = torch.arange(10).repeat_interleave(4)
    shown = labels.clone()
    shown[0] = 2  # among the first five, but not the first
    shown[4] = 9  # not even among the first five
    pixels = (shown * 20).to(torch.uint8)[:, None, None, None].expand(-1, 8, 8, 3)
    found = _evaluate_tiny_vgg.measure(Oracle(), Photos(pixels, labels), batch=7)
    assert found.top1 == pytest.approx(38 / 40)
    assert found.top5 == pytest.approx(39 / 40)
    assert found.per_class[:2] == [(0.75, 1.0), (0.75, 0.75)]
    assert found.per_class[2:] == [(1.0, 1.0)] * 8
    assert found.top1_mirrored == found.top1  # a plain photo is its own mirror image


@pytest.fixture
def weights(writable: Callable[[str], Path]) -> Path:
    """A copy of the weights, so that a card can be written."""
    return writable("tiny_vgg")


def test_measuring_writes_the_card(data: Path, weights: Path) -> None:
    before = json.loads((weights / "card.json").read_text("utf-8"))
    content = (weights / "model.safetensors").read_bytes()
    evaluate.main(["tiny_vgg", "--data", str(data)])
    card = json.loads((weights / "card.json").read_text("utf-8"))
    assert set(card["metrics"]) == {"top1", "top5", "top1_mirrored", "top5_mirrored"}
    assert card["metrics"] != before["metrics"]  # those of two made-up classes
    assert list(card["per_class"]) == ["n01", "n02"]
    assert card["parameters"] == before["parameters"]
    assert card["files"]["model.safetensors"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert {"name", "title", "licence", "trained_on", "recipe", "evaluation"} <= set(card)


@pytest.mark.parametrize("better", [True, False])
def test_a_candidate_is_installed_only_if_it_is_better(
    data: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, better: bool
) -> None:
    old = (weights / "model.safetensors").read_bytes()
    candidate = tmp_path / "candidate.safetensors"
    candidate.write_bytes(b"new")
    monkeypatch.setattr(_evaluate_tiny_vgg, "_network", lambda content: content == b"new")

    def measure(is_new: bool, photos: Photos) -> _evaluate_tiny_vgg.Measured:
        top1 = 0.5 + (0.1 if better else -0.1) * is_new
        return _evaluate_tiny_vgg.Measured(top1, 0.9, top1, 0.9, [(top1, 0.9)] * 2)

    monkeypatch.setattr(_evaluate_tiny_vgg, "measure", measure)
    evaluate.main(["tiny_vgg", "--data", str(data), "--candidate", str(candidate)])
    card = json.loads((weights / "card.json").read_text("utf-8"))
    assert (weights / "model.safetensors").read_bytes() == (b"new" if better else old)
    assert card["metrics"]["top1"] == (0.6 if better else 0.5)
