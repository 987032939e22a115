"""The embedded generators: shapes, cards, and what lies beside them."""

import dataclasses
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

from models import _load, _spec
from models._errors import WeightsCorrupt, WeightsMissing
from models._load import load, read_file
from models._spec import WEIGHTS, read_card
from models.networks._gan_files import film, reference, training_pictures
from models.networks.gan import COLOUR, DIGITS, MODELS, Gan, GanModel

ALL = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
GREY = pytest.mark.parametrize("model", MODELS[:2], ids=lambda model: model.name)


def some(model: GanModel, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(3)
    return torch.randn(count, model.latent, generator=chance), torch.arange(count) % 10


@ALL
@torch.inference_mode()
def test_every_stage_doubles_the_side(model: GanModel) -> None:
    generator = load(model.spec).generator
    latent, label = some(model, 3)
    stages = generator.stages(latent, label)
    first = model.side >> (len(model.widths) - 1)
    sides = [(each.shape[1], each.shape[2], each.shape[3]) for each in stages]
    assert sides == [(w, first << n, first << n) for n, w in enumerate(model.widths)]
    pictures = generator(latent, label)
    assert pictures.shape == (3, model.channels, model.side, model.side)
    assert pictures.abs().max() <= 1
    assert load(model.spec).discriminator(pictures, label).shape == (3,)


@ALL
@torch.inference_mode()
def test_a_sample_does_not_depend_on_the_others(model: GanModel) -> None:
    network = load(model.spec)
    latent, label = some(model, 8)
    together = network.generator(latent, label)
    for index in range(8):
        alone = network.generator(latent[index, None], label[index, None])
        torch.testing.assert_close(alone[0], together[index], rtol=0, atol=1e-4)
    scores = network.discriminator(together, label)
    alone_score = network.discriminator(together[5, None], label[5, None])
    torch.testing.assert_close(alone_score[0], scores[5], rtol=1e-4, atol=1e-4)


@ALL
@torch.inference_mode()
def test_class_and_latent_both_matter(model: GanModel) -> None:
    network = load(model.spec)
    latent, label = some(model, 10)
    made = network.generator(latent, label)
    for other in (network.generator(latent, (label + 1) % 10), network.generator(-latent, label)):
        assert (made - other).abs().mean((1, 2, 3)).min() > 0.01
    moved = network.discriminator(made, (label + 1) % 10)
    assert (moved - network.discriminator(made, label)).abs().max() > 0.1


@ALL
def test_the_network_is_plain(model: GanModel) -> None:
    network = load(model.spec)
    assert not any(parametrize.is_parametrized(module) for module in network.modules())
    assert not network.training
    variances = [
        module.running_var for module in network.modules() if isinstance(module, nn.BatchNorm2d)
    ]
    assert len(variances) == len(model.widths)
    assert all((each > 0).all() for each in variances)


@torch.no_grad()
def test_the_score_is_linear_in_the_features_of_picture_and_class() -> None:
    torch.manual_seed(0)
    model = dataclasses.replace(DIGITS, judges=((4, 2), (8, 2)))
    network = Gan(model).discriminator
    pictures, label = torch.rand(5, 1, 28, 28) * 2 - 1, torch.arange(5)
    features = network.features(pictures).sum((2, 3))
    weights = network.score.weight[0] + network.match.weight[label]
    expected = torch.einsum("nd,nd->n", features, weights) + network.score.bias
    torch.testing.assert_close(network(pictures, label), expected)


@ALL
def test_the_card_matches_the_files(model: GanModel) -> None:
    card = read_card(model.name)
    network = load(model.spec)
    assert card["parameters"] == sum(each.numel() for each in network.parameters())
    assert card["network"] == "gan"
    assert card["classifier"] == model.classifier.name
    for name, entry in card["files"].items():
        content = (WEIGHTS / model.name / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (*entry.values(),)
        assert len(content) < 10_000_000
    assert {path.name for path in (WEIGHTS / model.name).iterdir()} == {*card["files"], "card.json"}


@ALL
def test_the_card_holds_the_ends_of_the_scale(model: GanModel) -> None:
    metrics = read_card(model.name)["metrics"]
    assert 0 < metrics["frechet_real"] < metrics["frechet"] < metrics["frechet_noise"]
    assert 0 < metrics["precision"] <= 1
    assert 0 < metrics["recall"] <= 1
    assert metrics["agreement"] >= {"gan_digits": 0.97, "gan_fashion": 0.85}.get(model.name, 0.3)


@ALL
def test_every_class_has_a_key_and_two_names(model: GanModel) -> None:
    assert len({*model.keys}) == len(model.classes) == len(model.columns) == 10
    assert all(key.replace("_", "").isalnum() for key in model.keys)
    assert (
        len({name.en for name in model.classes}) == len({name.zh for name in model.classes}) == 10
    )


def test_photos_carry_the_names_of_the_classifier() -> None:
    from models.networks.tiny_vgg import CLASSIFIER

    assert COLOUR.classes == tuple(CLASSIFIER.classes[number] for number in COLOUR.columns)


# --- what lies beside


@ALL
def test_the_film_shows_the_same_seeds(model: GanModel) -> None:
    shown = film(model)
    frames, samples = shown.frames.shape[:2]
    assert shown.frames.shape[2:] == (model.side, model.side, model.channels)
    assert len(shown.epochs) == frames >= 4
    assert samples == len(shown.seeds) == len(shown.labels)
    assert (np.diff(shown.epochs) > 0).all()
    assert len(shown.at) == len(shown.generator) == len(shown.discriminator) > 10
    assert np.isfinite([shown.generator, shown.discriminator]).all()
    assert shown.said["pictures"] > 1000


@ALL
@torch.inference_mode()
def test_the_last_frame_is_what_the_weights_make(model: GanModel) -> None:
    shown = film(model)
    latents = [
        torch.randn(model.latent, generator=torch.Generator().manual_seed(int(seed)))
        for seed in shown.seeds[:20]
    ]
    labels = torch.from_numpy(shown.labels[:20])
    made = load(model.spec).generator(torch.stack(latents), labels).permute(0, 2, 3, 1)
    levels = ((made + 1) * 127.5).round().numpy()
    assert np.abs(levels - shown.frames[-1, :20]).max() <= 6  # half precision


def variety(frame: np.ndarray) -> float:
    """How much samples of one class differ, seed by seed."""
    return float(frame.reshape(-1, 10, 28 * 28).astype(float).std(0).mean())


def test_a_training_that_failed_has_its_film_and_the_cured_one_too() -> None:
    bad, cured, good = film(DIGITS, "collapse"), film(DIGITS, "cured"), film(DIGITS)
    for healthy in (cured, good):
        assert variety(bad.frames[-1]) < 0.2 * variety(healthy.frames[-1])
    settings = ("batch", "pictures", "spectral", "averaging", "steps")
    assert [bad.said[name] for name in settings] == [cured.said[name] for name in settings]
    assert bad.said["peaks"] != cured.said["peaks"]


@ALL
def test_kept_features_are_of_the_held_out_pictures(model: GanModel) -> None:
    held = reference(model)
    assert len(held.features) == len(held.labels) == read_card(model.name)["counts"]["held_out"]
    assert np.isfinite(held.features).all()
    assert set(held.labels.tolist()) == set(range(10))


@GREY
def test_training_pictures_travel_along(model: GanModel) -> None:
    shown = training_pictures(model)
    assert shown.pixels.shape == (len(shown.labels), 28, 28, 1)
    assert len(shown.labels) == {"gan_digits": 10_000, "gan_fashion": 5_000}[model.name]
    assert (np.bincount(shown.labels) > 400).all()


def test_no_photo_travels_along() -> None:
    assert training_pictures(COLOUR) is None


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the digits' folder, to be broken."""
    folder = tmp_path / "gan_digits"
    shutil.copytree(WEIGHTS / "gan_digits", folder)
    for module in (_spec, _load):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    return folder


READERS = {
    "film.webp": film.__wrapped__,
    "film.json": film.__wrapped__,
    "reference.features": reference.__wrapped__,
    "training.webp": training_pictures.__wrapped__,
    "training.json": training_pictures.__wrapped__,
}


@pytest.mark.parametrize("name", READERS)
def test_a_wrong_byte_is_refused(broken: Path, name: str) -> None:
    content = bytearray((broken / name).read_bytes())
    content[len(content) // 2] ^= 1
    (broken / name).write_bytes(content)
    with pytest.raises(WeightsCorrupt) as caught:
        READERS[name](DIGITS)
    assert caught.value.values["file"] == name


@pytest.mark.parametrize("name", ["film.webp", "reference.features"])
def test_a_missing_file_is_said(broken: Path, name: str) -> None:
    (broken / name).unlink()
    with pytest.raises(WeightsMissing):
        READERS[name](DIGITS)


def test_only_what_is_on_the_card_is_read(broken: Path) -> None:
    (broken / "other.json").write_text(json.dumps({}))
    with pytest.raises(WeightsMissing):
        read_file(DIGITS.spec, "other.json")
