"""The recipe of the style network on made-up pictures, its losses, its pictures, its exam."""

import json
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from models import _spec
from models._load import load
from models.networks import tiny_vgg
from models.networks.style_network import STYLES, build
from training import (
    _evaluate_style_network,
    _style_data,
    _style_losses,
    _style_pictures,
    evaluate,
    style_network,
)
from training._style_losses import STYLE_LAYERS, Eye, Goal, contents, grams, looks, scaled

GALLERY = Path(_spec.__file__).resolve().parent.parent / "gallery/samples"


def stripes(side: int, period: int, colour: tuple[int, int, int]) -> np.ndarray:
    across = (np.arange(side) // period % 2)[None, :, None]
    return np.broadcast_to(across * np.array(colour), (side, side, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos in the folders of three sets, and nine style pictures."""
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    for name in ("caltech101/ant", "imagenet_sample1000", "coco_subset/images", "style_images"):
        (folder / name).mkdir(parents=True)

    def write(name: str) -> None:
        coarse = random.integers(0, 255, (6, 8, 3), np.uint8)
        Image.fromarray(coarse).resize((80, 60), Image.Resampling.BICUBIC).save(folder / name)

    for number in range(3):
        write(f"caltech101/ant/image_{number}.webp")
        write(f"imagenet_sample1000/n{number}_thing.webp")
    parts = {"1.webp": "train", "2.webp": "val", "3.webp": "val"}
    for name in parts:
        write(f"coco_subset/images/{name}")
    images = [{"file_name": name, "coco_split": part} for name, part in parts.items()]
    with lzma.open(folder / "coco_subset/instances.json.xz", "wt") as file:
        json.dump({"images": images}, file)
    for number, name in enumerate(_style_data.PAINTINGS.values()):
        colour = (200, 25 * number, 255 - 25 * number)
        Image.fromarray(stripes(64, 2 + number, colour)).save(folder / "style_images" / name)
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures, so that a step takes a fraction of a second."""
    monkeypatch.setattr(_style_data, "STYLE_SIDE", 48)
    monkeypatch.setattr(_style_data, "KEPT_SIDE", 72)
    monkeypatch.setattr(style_network, "SIDES", {2.0: 64})
    monkeypatch.setattr(style_network, "BATCH", 2)
    monkeypatch.setattr(_evaluate_style_network, "PHOTOS", 2)
    monkeypatch.setattr(_evaluate_style_network, "SIDE", 32)
    drawn = {style: stripes(48, 3 + n, (255, 30 * n, 0)) for n, style in enumerate(STYLES[9:])}
    monkeypatch.setattr(_style_pictures, "draw", lambda style, side: drawn[style])


def run(data: Path, runs: Path, *more: str) -> None:
    style_network.main(["--data", str(data), "--runs", str(runs), "--device", "cpu", *more])


# --- the recipe


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_two_steps_change_the_network_and_it_goes_on(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", "--steps", "2", "--peak", "1")
    state = load_file(tmp_path / "run/model.safetensors")
    assert {values.dtype for values in state.values()} == {torch.float16}
    torch.manual_seed(0)
    untrained = build().state_dict()
    assert state.keys() == untrained.keys()
    for name in ("enter.convolution.weight", "blocks.1.first.norm.scale", "leave.bias"):
        assert not torch.equal(state[name].float(), untrained[name].half().float())
    run(data, tmp_path / "run", "--steps", "3", "--resume")
    log = json.loads((tmp_path / "run/log.json").read_text())
    assert [row["step"] for row in log] == [2, 3]
    assert {"content", "style", "roughness"} <= set(log[-1])


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_the_recipe_goes_on_from_a_file(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "one", "--steps", "1")
    start = tmp_path / "one/model.safetensors"
    run(data, tmp_path / "two", "--steps", "1", "--peak", "0", "--start", str(start))
    one, two = load_file(start), load_file(tmp_path / "two/model.safetensors")
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.usefixtures("small")
def test_photos_to_measure_on_are_not_learned_from(data: Path, tmp_path: Path) -> None:
    learned = _style_data.read_contents(data, tmp_path)
    assert learned.shape == (3 + 3 + 1, 72, 72, 3)
    held = _style_data.coco_photos(data, "val")
    assert [file.name for file in held] == ["2.webp", "3.webp"]
    held_out = [_style_data.square(file, 72) for file in held]
    assert not any(np.array_equal(ours, theirs) for ours in learned for theirs in held_out)
    again = _style_data.read_contents(data / "nowhere", tmp_path)  # what was kept
    np.testing.assert_array_equal(again, learned)


@pytest.mark.usefixtures("small")
def test_every_style_is_drawn_equally_often(data: Path, tmp_path: Path) -> None:
    photos = _style_data.read_contents(data, tmp_path)
    batches = style_network._Batches(photos, None, None, "cpu")
    generator = torch.Generator().manual_seed(0)
    drawn = [batches.draw(64, generator) for _ in range(len(STYLES))]
    counts = torch.cat([styles for _, styles in drawn]).bincount()
    assert counts.tolist() == [2] * len(STYLES)
    assert drawn[0][0].shape == (2, 3, 64, 64)
    assert 0 <= drawn[0][0].min() <= drawn[0][0].max() <= 1


def test_kernels_are_moved_where_they_lie() -> None:
    kernel = torch.nn.Parameter(torch.randn(4, 3, 3, 3).to(memory_format=torch.channels_last))
    before = kernel.detach().clone()
    optimiser = style_network._Kernels([kernel], 0.1)
    kernel.grad = torch.randn(4, 3, 3, 3)
    optimiser.step()
    moved = style_network._rows(kernel.detach() - before)
    sizes = torch.linalg.svdvals(moved)  # Muon: as far in each direction
    assert sizes.min() > 0.03
    assert sizes.max() < 0.15
    assert (moved * style_network._rows(kernel.grad)).sum() < 0


# --- the losses


def test_the_eye_sees_what_tiny_vgg_does() -> None:
    pictures = torch.rand(2, 3, 48, 40)
    mean, std = (
        torch.tensor(each).view(1, 3, 1, 1)
        for each in (tiny_vgg.CLASSIFIER.mean, tiny_vgg.CLASSIFIER.std)
    )
    values, found = (pictures - mean) / std, Eye()(pictures)
    assert tuple(found) == STYLE_LAYERS
    for number, layer in enumerate(load(tiny_vgg.SPEC, "cpu").features[: STYLE_LAYERS[-1] + 1]):
        values = layer(values)
        if number in found:
            torch.testing.assert_close(found[number], values, rtol=1e-3, atol=1e-4)


def test_gram_matrices_are_those_of_the_definition() -> None:
    values = torch.randn(2, 5, 4, 3)
    (found,) = grams({0: values})
    expected = torch.einsum("nchw,ndhw->ncd", values, values) / 12
    torch.testing.assert_close(found, expected)


@torch.no_grad()
def test_distances_are_one_for_nothing_done_and_zero_at_the_goal() -> None:
    torch.manual_seed(0)
    photos, styles = torch.rand(3, 3, 32, 32), [torch.rand(3, 40, 40) ** 3, torch.rand(3, 32, 48)]
    eye = Eye()
    goal = Goal.of(eye, styles, photos)
    for number, picture in enumerate(styles):
        same = goal.style(looks(eye, picture[None]), torch.tensor([number]))
        assert same.max() < 1e-6
        apart = goal.style(looks(eye, photos), torch.full((3,), number))
        torch.testing.assert_close(apart.mean(0), torch.ones(apart.shape[1]))
    seen = contents(eye, photos)
    assert goal.content(seen, seen).max() == 0
    others = [each.roll(1, 0) for each in seen]
    assert goal.content(seen, others).mean() == pytest.approx(1, rel=1e-4)


def test_pictures_are_halved_by_means_of_four() -> None:
    pictures = torch.arange(16.0).view(1, 1, 4, 4)
    assert scaled(pictures, 0.5).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]
    assert scaled(pictures, 2).shape == (1, 1, 8, 8)


# --- the pictures


@pytest.mark.parametrize("style", ["stained_glass", "mosaic", "woodcut", "halftone"])
def test_a_picture_is_drawn_the_same_again(style: str) -> None:
    picture = _style_pictures.draw(style, 48)
    assert picture.shape == (48, 48, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 20
    np.testing.assert_array_equal(picture, _style_pictures.draw(style, 48))
    assert not np.array_equal(picture, _style_pictures.draw(style, 48, seed=6))


def test_the_gallery_offers_the_pictures_that_are_drawn() -> None:
    offered = {file.stem for file in GALLERY.glob("style_*.webp")}
    assert offered == {f"style_{style}" for style in _style_pictures.PICTURES}
    with Image.open(GALLERY / "style_halftone.webp") as file:
        shipped = np.asarray(file.convert("RGB")).astype(float)
    drawn = _style_pictures.draw("halftone", 384)
    assert np.abs(shipped - drawn).mean() < 20  # what WebP loses of sharp dots


def test_every_style_has_a_picture() -> None:
    assert set(STYLES) == set(_style_data.PAINTINGS) | set(_style_pictures.PICTURES)


# --- measuring


@pytest.fixture
def weights(writable: Callable[[str], Path]) -> Path:
    """A copy of the weights, so that a card can be written."""
    return writable("style_network")


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_measuring_writes_the_card_and_keeps_the_better(
    data: Path, weights: Path, tmp_path: Path
) -> None:
    before = json.loads((weights / "card.json").read_text("utf-8"))
    content = (weights / "model.safetensors").read_bytes()
    candidate = tmp_path / "candidate.safetensors"
    state = load_file(weights / "model.safetensors")
    state["smooth.bias"] = state["smooth.bias"] + 20  # all white
    from safetensors.torch import save_file

    save_file(state, candidate)
    evaluate.main(["style_network", "--data", str(data), "--candidate", str(candidate)])
    assert (weights / "model.safetensors").read_bytes() == content
    card = json.loads((weights / "card.json").read_text("utf-8"))
    assert set(card["metrics"]) == {"style_removed", "style_removed_least", "content_moved"}
    assert card["metrics"] != before["metrics"]  # those of two made-up photos
    assert card["styles"] == before["styles"]
    assert list(card["per_style"]) == list(STYLES)
    assert card["files"] == before["files"]


@pytest.mark.usefixtures("small")
def test_a_network_that_does_nothing_removes_and_moves_nothing(data: Path) -> None:
    exam = _evaluate_style_network.Exam(data, data)
    rows = _evaluate_style_network.measure(
        lambda photos, weights: photos, exam.photos, exam.eye, exam.goal
    )
    torch.testing.assert_close(rows, torch.zeros(len(STYLES), 2), rtol=0, atol=1e-4)


def test_the_losses_are_named_in_the_card() -> None:
    card = json.loads((_spec.WEIGHTS / "style_network/card.json").read_text("utf-8"))
    assert "TinyVGG" in card["limits"]
    assert _style_losses.ZOOMS == (1, 0.5, 2)
