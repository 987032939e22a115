"""Generators train for two steps on made-up pictures, go on, leave a film, and are measured."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from models import _load, _spec
from models.networks import _gan_files, small_classifier
from models.networks.gan import COLOUR, DIGITS, Gan
from training import _augmentation, _evaluate_gan, _film, evaluate, gan
from training import small_classifier as classifier_recipe
from training._film import Film, sheet
from training._loop import Plan
from training._pictures import as_input, as_pixels, read_pictures

NARROW = dataclasses.replace(DIGITS, latent=8, widths=(16, 8, 8), judges=((8, 2), (16, 2)))
NARROW_COLOUR = dataclasses.replace(COLOUR, latent=8, widths=(16, 8, 8), judges=((8, 2), (16, 2)))


def _page(folder: Path, name: str, tiles: np.ndarray, columns: int) -> None:
    side = tiles.shape[1]
    grid = tiles.reshape(-1, columns, *tiles.shape[1:]).swapaxes(1, 2)
    pixels = grid.reshape(-1, columns * side, *tiles.shape[3:])
    Image.fromarray(pixels).save(folder / name, lossless=True)


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    """200 pictures to learn from and 100 held out; class k has k + 2 bright rows."""
    folder, random = tmp_path / "grey", np.random.default_rng(0)
    folder.mkdir()
    for part, count in {"train": 200, "test": 100}.items():
        labels = random.integers(0, 10, count)
        tiles = random.integers(0, 40, (count, 28, 28), np.uint8)
        tiles[np.arange(28)[None] < labels[:, None] + 2] += 200
        _page(folder, f"{part}_00_100x1.webp", tiles, 100)
        np.save(folder / f"{part}_labels.npy", labels)
    return folder


@pytest.fixture
def colour(tmp_path: Path) -> Path:
    """25 plain photos a class."""
    folder, random = tmp_path / "colour", np.random.default_rng(0)
    folder.mkdir()
    for number in COLOUR.columns:
        for part in ("train", "val"):
            shades = random.integers(0, 255, (25, 1, 1, 3), np.uint8)
            _page(
                folder,
                f"{part}_{number:03d}_n{number}.webp",
                shades.repeat(64, 1).repeat(64, 2),
                25,
            )
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Narrow networks and small batches, so that a step takes milliseconds."""
    monkeypatch.setattr(gan, "MODELS", (NARROW, NARROW_COLOUR))
    for name, manner in gan.MANNERS.items():
        quick = dataclasses.replace(manner, batch=20, averaging=min(0.9, manner.averaging))
        monkeypatch.setitem(gan.MANNERS, name, quick)
    monkeypatch.setattr(gan, "SETTLING", 2)
    monkeypatch.setattr(gan, "GLANCE", 1)
    monkeypatch.setattr(gan, "NOTED", 1)


def run(data: Path, runs: Path, *more: str, pictures: str = "digits") -> Path:
    gan.main([pictures, "--data", str(data), "--runs", str(runs), "--device", "cpu", *more])
    return runs / "weights"


# --- pictures


def test_pictures_are_cut_in_order_with_their_labels(grey: Path) -> None:
    held = read_pictures(grey, DIGITS, "test")
    assert held.pixels.shape == (100, 28, 28, 1)
    bright = (held.pixels[..., 0].float().mean(2) > 150).sum(1)
    assert torch.equal(bright, held.labels + 2)


def test_photos_are_made_smaller_class_by_class(colour: Path) -> None:
    photos = read_pictures(colour, COLOUR, "test")
    assert photos.pixels.shape == (250, 32, 32, 3)
    assert photos.labels.tolist() == np.repeat(np.arange(10), 25).tolist()


def test_scaling_goes_there_and_back() -> None:
    levels = torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1)
    assert as_input(levels).min() == -1
    assert as_input(levels).max() == 1
    assert torch.equal(as_pixels(as_input(levels)), levels)


def test_no_pages_are_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pages"):
        (
            np.save(tmp_path / "test_labels.npy", np.zeros(1)),
            read_pictures(tmp_path, DIGITS, "test"),
        )


# --- augmentation


def test_a_shift_moves_each_picture_by_itself() -> None:
    pictures = torch.zeros(50, 1, 9, 9)
    pictures[:, :, 4, 4] = 1
    moved = _augmentation.shift(pictures, 2, torch.Generator().manual_seed(0), outside=-1.0)
    places = moved.flatten(1).argmax(1)
    assert moved.amax((1, 2, 3)).eq(1).all()
    rows, columns = places // 9, places % 9
    for along in (rows, columns):
        assert set(along.tolist()) == {2, 3, 4, 5, 6}
    assert moved.min() == -1


def test_augmentation_passes_gradients_and_covers_a_part() -> None:
    pictures = torch.rand(20, 3, 32, 32).mul(2).sub(1).requires_grad_()
    shown = _augmentation.augment(pictures, torch.Generator().manual_seed(0))
    assert shown.shape == pictures.shape
    covered = (shown == 0).all(1).float().mean((1, 2))
    assert covered.min() >= 0.05  # at least a corner of the hole
    assert 0.1 < covered.mean() < 0.5
    shown.sum().backward()
    assert pictures.grad is not None
    assert pictures.grad.abs().sum((1, 2, 3)).gt(0).all()


def test_half_are_mirrored() -> None:
    ramp = torch.linspace(-1, 1, 8).expand(400, 1, 8, 8)
    turned = _augmentation.mirror(ramp, torch.Generator().manual_seed(0))[:, 0, 0, 0] > 0
    assert 0.4 < turned.float().mean() < 0.6


# --- the recipe


@pytest.mark.usefixtures("small")
def test_two_steps_leave_plain_half_precision_weights(grey: Path, tmp_path: Path) -> None:
    weights = run(grey, tmp_path / "run", "--steps", "2")
    state = load_file(weights / "model.safetensors")
    torch.manual_seed(0)
    untrained = Gan(NARROW).state_dict()
    assert state.keys() == untrained.keys()
    assert {values.dtype for values in state.values()} == {torch.float16, torch.int64}
    for part in ("generator.start", "generator.paint", "discriminator.features.0"):
        assert not torch.allclose(state[f"{part}.weight"].float(), untrained[f"{part}.weight"])
    with torch.device("meta"):
        network = Gan(NARROW)
    network.load_state_dict({name: values.float() for name, values in state.items()}, assign=True)
    for name in ("features.0", "features.2", "score", "match"):  # divided by their norms
        matrix = state[f"discriminator.{name}.weight"].float().flatten(1)
        assert torch.linalg.matrix_norm(matrix, 2) == pytest.approx(1, abs=0.2)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_going_on_ends_where_going_through_does(
    grey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, done, stops = read_pictures(grey, NARROW, "train"), gan.step, []

    def begin(name: str, resume: bool = False) -> Path:
        plan = Plan(tmp_path / name, steps=12, save_minutes=1e-9, resume=resume)
        torch.manual_seed(0)
        gan.train(NARROW, photos, plan, gan.MANNERS["good"])
        return plan.folder / "weights"

    def interrupted(*given: Any) -> tuple[float, float]:
        stops.append(1)
        if len(stops) == 8:
            raise KeyboardInterrupt
        return done(*given)

    through = begin("through")
    monkeypatch.setattr(gan, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        begin("halves")
    monkeypatch.setattr(gan, "step", done)
    resumed = begin("halves", resume=True)
    one, two = (load_file(folder / "model.safetensors") for folder in (through, resumed))
    for name, values in one.items():
        torch.testing.assert_close(two[name], values, rtol=1e-2, atol=1e-3)
    said = [json.loads((folder / "film.json").read_text()) for folder in (through, resumed)]
    assert said[0]["epochs"] == said[1]["epochs"]
    assert said[0]["losses"]["epochs"] == said[1]["losses"]["epochs"]
    assert said[1]["losses"]["generator"] == pytest.approx(said[0]["losses"]["generator"], abs=1e-2)


@pytest.mark.usefixtures("small")
def test_the_film_keeps_the_same_seeds_through_the_training(
    grey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = run(grey, tmp_path / "run", "--steps", "24")  # 2.4 epochs of 10 steps
    card = {"name": DIGITS.name, "title": "", "files": {}, "licence": "", "trained_on": ""}
    folder = tmp_path / "weights" / DIGITS.name
    folder.parent.mkdir()
    weights.rename(folder)
    monkeypatch.setattr(_spec, "WEIGHTS", folder.parent)
    monkeypatch.setattr(_load, "WEIGHTS", folder.parent)
    (folder / "card.json").write_text(json.dumps(card | {"metrics": {"x": 1}}))
    evaluate.write_card(folder, evaluate.Found(0, "", {}, ("film.webp", "film.json")))
    _spec.read_card.cache_clear()
    film = _gan_files.film.__wrapped__(dataclasses.replace(NARROW))
    _spec.read_card.cache_clear()
    assert film.epochs.tolist() == [0.3, 0.5, 1.0, 2.4]
    assert film.frames.shape == (4, 40, 28, 28, 1)
    assert sorted(set(film.seeds.tolist())) == [0, 1, 2, 3]
    assert film.labels.tolist() == list(range(10)) * 4
    assert len(film.at) == len(film.generator) == len(film.discriminator) == 24
    assert film.said["pictures"] == 200
    saved = {name: v.float() for name, v in load_file(folder / "model.safetensors").items()}
    network = Gan(NARROW)
    network.load_state_dict(saved)
    latent = torch.randn(8, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        last = network.eval().generator(latent[None], torch.tensor([7]))
    shown = film.frames[-1][27].astype(int)  # seed 2, class 7
    assert np.abs(as_pixels(last)[0].numpy() - shown).max() <= 3  # half precision


@pytest.mark.usefixtures("small")
def test_a_training_meant_to_fail_keeps_a_film_of_its_own(grey: Path, tmp_path: Path) -> None:
    weights = run(grey, tmp_path / "run", "--steps", "2", "--manner", "collapse")
    assert {"collapse.webp", "collapse.json"} <= {each.name for each in weights.iterdir()}
    said = json.loads((weights / "collapse.json").read_text())
    assert said["epochs"] == [0.1, 0.2]  # every 1/32 of an epoch, here each step
    assert not said["spectral"]


def test_what_cures_is_one_change() -> None:
    bad, cured = (dataclasses.asdict(gan.MANNERS[each]) for each in ("collapse", "cured"))
    assert {name for name in bad if bad[name] != cured[name]} == {"peaks", "film"}


@pytest.mark.usefixtures("small")
def test_photos_in_colour_train_too(colour: Path, tmp_path: Path) -> None:
    more = ["--steps", "2", "--peak", "0.001"]
    weights = run(colour, tmp_path / "run", *more, pictures="colour")
    said = json.loads((weights / "film.json").read_text())
    assert said["pictures"] == 250
    assert said["peaks"] == [0.001, 0.002]


@pytest.mark.usefixtures("small")
def test_the_class_reaches_the_discriminator(grey: Path, tmp_path: Path) -> None:
    before, after = (
        _evaluate_gan.open_gan(NARROW, (weights / "model.safetensors").read_bytes()).discriminator
        for weights in (
            run(grey, tmp_path / "before", "--steps", "1"),
            run(grey, tmp_path / "after", "--steps", "4"),
        )
    )
    assert (after.match.weight - before.match.weight).abs().amax(1).gt(1e-4).all()  # every class
    held = as_input(read_pictures(grey, NARROW, "test").pixels)
    with torch.no_grad():
        scores = torch.stack([after(held, torch.full((100,), each)) for each in range(10)])
    assert scores.std(0).mean() > 0.01


def test_normalisations_are_measured_again() -> None:
    torch.manual_seed(0)
    generator = Gan(NARROW).generator
    with torch.no_grad():
        generator.start.bias.add_(3)
    gan.settle(generator, NARROW, 20)
    assert not generator.training
    first = generator.grow[0].norm.norm
    assert first.running_mean.mean() == pytest.approx(generator.start.bias.mean().item(), abs=0.05)


def test_a_sheet_is_read_as_it_was_made() -> None:
    pictures = torch.randint(0, 256, (7, 28, 28, 1), dtype=torch.uint8)
    pixels = np.asarray(sheet(pictures, 3))
    assert pixels.shape == (84, 84, 3)
    assert np.array_equal(pixels[28:56, 28:56, 0], pictures[4, ..., 0].numpy())


def test_frames_come_after_twice_as_many_epochs_each() -> None:
    film = Film(NARROW)
    assert film.labels.shape == (10 * _film.PER_CLASS,)
    taken = []
    for step in range(1, 41):
        if film.note(step / 10, (1.0, 2.0), step % 10 == 0):
            film.add(step / 10, Gan(NARROW).generator.eval())
            taken.append(step / 10)
    assert taken == [0.3, 0.5, 1.0, 2.0, 4.0]
    assert film.losses == [[1.0, 1.0, 2.0], [2.0, 1.0, 2.0], [3.0, 1.0, 2.0], [4.0, 1.0, 2.0]]


# --- measuring


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of weights."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for module in (_spec, _load):
        monkeypatch.setattr(module, "WEIGHTS", folder)
    _spec.read_card.cache_clear()
    small_classifier.spec.cache_clear()
    _load.forget()
    return folder


@pytest.mark.usefixtures("small")
def test_a_judge_and_a_generator_get_their_cards(
    grey: Path, tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ["--data", str(grey)]
    monkeypatch.setattr(classifier_recipe, "AVERAGING", 0.5)
    classifier_recipe.main(["digits", *data, "--runs", str(tmp_path / "judge"), "--steps", "12"])
    judge = str(tmp_path / "judge/model.safetensors")
    evaluate.main(["classifier_digits", *data, "--candidate", judge])
    card = json.loads((weights / "classifier_digits/card.json").read_text())
    assert card["metrics"]["top1"] > 0
    assert card["counts"] == {"top1": 100}
    made = run(grey, tmp_path / "run", "--steps", "2")
    monkeypatch.setitem(
        evaluate.EXAMS, "gan_digits", lambda *given: _evaluate_gan.Exam(NARROW, *given)
    )
    monkeypatch.setattr(_evaluate_gan, "DRAWN", 100)
    monkeypatch.setitem(_evaluate_gan.SHOWN, "gan_digits", 150)
    evaluate.main(["gan_digits", *data, "--candidate", str(made)])
    found = json.loads((weights / "gan_digits/card.json").read_text())
    assert found["counts"] == {"held_out": 100, "compared": 50, "draws": 2}
    assert 0 < found["metrics"]["frechet_real"] < found["metrics"]["frechet"]
    assert found["metrics"]["agreement_real"] == pytest.approx(card["metrics"]["top1"])
    assert set(found["files"]) == {
        *("model.safetensors", "film.webp", "film.json", "reference.features"),
        *("training.webp", "training.json"),
    }
    model = dataclasses.replace(NARROW)
    shown = _gan_files.training_pictures.__wrapped__(model)
    real = read_pictures(grey, NARROW, "train")
    assert np.array_equal(shown.pixels, real.pixels[:150].numpy())
    assert np.array_equal(shown.labels, real.labels[:150].numpy())
    reference = _gan_files.reference.__wrapped__(model)
    assert reference.features.shape == (100, small_classifier.FEATURES)
    assert (
        np.bincount(reference.labels).tolist()
        == np.bincount(read_pictures(grey, NARROW, "test").labels).tolist()
    )


def test_nothing_installed_and_nothing_to_install_is_said(grey: Path, weights: Path) -> None:
    with pytest.raises(SystemExit):
        evaluate.main(["classifier_digits", "--data", str(grey)])
