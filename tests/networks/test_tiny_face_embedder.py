"""The face embedder: lengths, mirror images, what stays out of a vector, its card, its files."""

import hashlib
import json

import numpy as np
import pytest
import torch
from safetensors.numpy import load as parse
from torch import nn

from models._load import load, read_file
from models._spec import WEIGHTS, read_card
from models.networks._face_layers import FaceEmbedder, local_contrast, standardise
from models.networks.tiny_face_embedder import FOLDER, NUMBERS, SIDE, SPEC, TEMPLATE, build

CARD = read_card(FOLDER)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return load(SPEC, "cpu")


def faces_of(count: int, seed: int = 0) -> torch.Tensor:
    """Smooth greys, in the middle of 0..1, so that they can be made darker and brighter."""
    random = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 1, 9, 9, generator=random)
    return 0.25 + 0.5 * nn.functional.interpolate(coarse, (SIDE, SIDE), mode="bilinear")


def test_an_untrained_network_is_what_the_file_fills(network: nn.Module) -> None:
    with torch.device("meta"):
        untrained = build()
    assert isinstance(untrained, FaceEmbedder)
    assert {name: each.shape for name, each in untrained.state_dict().items()} == {
        name: each.shape for name, each in network.state_dict().items()
    }


@torch.inference_mode()
def test_vectors_have_length_one_and_do_not_hang_on_their_neighbours(network: nn.Module) -> None:
    faces = faces_of(5)
    vectors = network(faces)
    assert vectors.shape == (5, NUMBERS)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(5))
    torch.testing.assert_close(network(faces[2:3]), vectors[2:3], rtol=1e-3, atol=1e-4)
    assert (vectors @ vectors.T - torch.eye(5)).abs().max() < 0.999


@torch.inference_mode()
def test_a_mirror_image_is_the_same_face(network: nn.Module) -> None:
    faces = faces_of(3)
    torch.testing.assert_close(network(faces.flip(3)), network(faces), rtol=1e-3, atol=1e-4)


@torch.inference_mode()
def test_brightness_and_contrast_hardly_matter(network: nn.Module) -> None:
    faces = faces_of(3)
    cosines = (network(faces) * network(0.5 * faces + 0.3)).sum(1)
    assert cosines.min() > 0.97


@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
@torch.inference_mode()
def test_a_picture_of_one_grey_is_answered_with_numbers(network: nn.Module, grey: float) -> None:
    assert network(torch.full((1, 1, SIDE, SIDE), grey)).isfinite().all()


def test_pictures_are_brought_to_mean_zero_and_deviation_one() -> None:
    pictures = faces_of(4)
    done = standardise(pictures)
    torch.testing.assert_close(done.mean((1, 2, 3)), torch.zeros(4), rtol=0, atol=1e-5)
    expected = pictures.std((1, 2, 3), correction=0)
    torch.testing.assert_close(done.std((1, 2, 3), correction=0), expected / (expected + 1e-2))
    near = local_contrast(pictures)
    far = local_contrast(0.5 * pictures + 0.3)
    assert torch.corrcoef(torch.stack([near.flatten(), far.flatten()]))[0, 1] > 0.98


def test_the_template_is_a_face() -> None:
    left, right, nose, left_mouth, right_mouth = np.array(TEMPLATE)
    assert np.array(TEMPLATE).shape == (5, 2)
    assert 0 < left[0] < nose[0] < right[0] < SIDE
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert left[1] == pytest.approx(right[1], abs=2)
    assert max(left[1], right[1]) < nose[1] < min(left_mouth[1], right_mouth[1]) < SIDE


# --- the card and what lies beside it


def test_the_card_names_the_files_and_counts_the_parameters() -> None:
    assert {"measured.json", "heads.features", "people.features", "film.features"} < set(
        CARD["files"]
    )
    for name, entry in CARD["files"].items():
        content = (WEIGHTS / FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"] < 10_000_000
    assert CARD["parameters"] == sum(each.numel() for each in build().parameters())


def test_the_card_says_what_was_learned_from_and_for_whom_nothing_is_known() -> None:
    assert "LFW-a" in CARD["trained_on"]
    assert "research" in CARD["trained_on"]
    for word in ("age", "sex", "origin", "unknown"):
        assert word in CARD["limits"]


def test_the_network_tells_unseen_people_apart_better_than_what_it_is_compared_with() -> None:
    figures = CARD["metrics"]
    assert figures["accuracy"] >= 0.85
    for method in ("raw_pixels", "landmarks"):
        assert figures["auc"] > figures[f"{method}_auc"] + 0.1
        assert figures["equal_error_rate"] < figures[f"{method}_equal_error_rate"]
        assert 0.45 < figures[f"{method}_accuracy"] < figures["accuracy"]


def test_the_curves_are_those_of_the_histograms() -> None:
    measured = json.loads(read_file(SPEC, "measured.json"))
    assert measured["folds"] == 10
    assert measured["people"] >= 250
    assert {FOLDER, "raw_pixels", "landmarks", "weighted", "chi_square"} == set(measured["methods"])
    for method in measured["methods"].values():
        edges, thresholds = np.array(method["edges"]), np.array(method["thresholds"])
        same, different = np.array(method["same"]), np.array(method["different"])
        assert same.sum() + different.sum() == measured["pairs"]
        for edge, accepted, rejected in zip(
            edges,
            np.concatenate([[0], different.cumsum() / different.sum()]),
            np.concatenate([[0], same.cumsum() / same.sum()]),
            strict=True,
        ):
            near = np.abs(thresholds - edge).argmin()
            if abs(thresholds[near] - edge) < 1e-6 * edges[-1]:
                assert method["false_accepts"][near] == pytest.approx(accepted, abs=2e-3)
                assert method["false_rejects"][near] == pytest.approx(1 - rejected, abs=2e-3)
        assert np.all(np.diff(method["false_accepts"]) >= 0)
        assert np.all(np.diff(method["false_rejects"]) <= 0)
    ours = measured["methods"][FOLDER]
    assert {name: ours[name] for name in ("accuracy", "auc", "equal_error_rate")} == {
        name: CARD["metrics"][name] for name in ("accuracy", "auc", "equal_error_rate")
    }


def test_volunteers_are_vectors_and_numbers_and_those_of_one_person_lie_together() -> None:
    found = parse(read_file(SPEC, "people.features"))
    vectors, person = found["vectors"].astype(float), found["person"]
    assert vectors.shape == (400, NUMBERS)
    assert np.bincount(person).tolist() == [10] * 40
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 2e-3
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    same = (person[:, None] == person[None]) & ~np.eye(400, dtype=bool)
    assert apart[same].mean() < apart[person[:, None] != person[None]].mean() - 0.2


def test_the_film_ends_with_people_drawn_together() -> None:
    film = parse(read_file(SPEC, "film.features"))
    moments, faces, axes = film["points"].shape
    assert moments == len(film["epochs"]) == len(film["same"]) == len(film["different"]) >= 10
    assert faces == len(film["person"]) == 10 * len(np.unique(film["person"]))
    assert axes == 2
    assert np.all(np.diff(film["epochs"]) >= 0)
    gap = film["different"] - film["same"]
    assert gap[-1] > gap[0] + 0.2


def test_heads_are_logistic_units_over_what_two_vectors_differ_by() -> None:
    heads = parse(read_file(SPEC, "heads.features"))
    assert heads["weighted_weight"].shape == heads["chi_square_weight"].shape == (NUMBERS,)
    assert heads["plain_weight"].shape == (1,)
    vectors = parse(read_file(SPEC, "people.features"))["vectors"].astype(float)
    one, two = vectors[:-1], vectors[1:]  # ten photos of one person, then the next
    plain = np.linalg.norm(one - two, axis=1)
    chances = {
        "plain": plain[:, None],
        "weighted": np.abs(one - two),
        "chi_square": (one - two) ** 2 / (np.abs(one) + np.abs(two) + 1e-6),
    }
    for name, apart in chances.items():
        logits = apart @ heads[f"{name}_weight"] + heads[f"{name}_bias"][0]
        assert np.corrcoef(logits, plain)[0, 1] < -0.7  # further apart, less likely the same
