"""Directions: principal components against others', and what is measured on pictures."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import moments_central
from sklearn.decomposition import PCA

from models import gan_sampling
from models._errors import InputError
from models._gan_directions import find_basis, principal_moves
from models._gan_latent import draw
from models._gan_network import find_gan, network_of
from models._gan_traits import measure_traits

TWO = pytest.mark.parametrize("model", ["gan_digits", "gan_colour"])


# --- the directions


def test_the_first_stage_is_taken_apart_as_its_matrix_is():
    """It is linear: its principal moves are the right singular vectors of its weights."""
    weights = network_of("gan_digits").generator.start.weight.double().numpy()
    _, singular, moves = np.linalg.svd(weights, full_matrices=False)
    basis = find_basis("gan_digits", 0, None)
    shares = singular**2 / (singular**2).sum()
    np.testing.assert_allclose(basis.shares, shares[: len(basis.shares)], rtol=1e-3)
    gaps = np.abs(np.diff(singular)).clip(0) / singular[0]
    apart = [n for n in range(8) if min(gaps[max(0, n - 1) : n + 1]) > 1e-4]  # no near ties
    assert apart
    for number in apart:
        assert abs(basis.vectors[number] @ moves[number]) == pytest.approx(1, abs=1e-2)
    np.testing.assert_allclose(basis.fits, 1, atol=1e-4)


def test_components_are_those_of_scikit_learn():
    chance = np.random.default_rng(0)
    latents = chance.standard_normal((120, 12))
    activations = np.tanh(latents @ chance.standard_normal((12, 80)) * np.linspace(0.1, 1, 80))
    latents, activations = latents - latents.mean(0), activations - activations.mean(0)
    found = principal_moves(latents, activations)
    theirs = PCA(n_components=12, svd_solver="full").fit(activations)
    np.testing.assert_allclose(found.shares, theirs.explained_variance_ratio_, rtol=1e-4)
    coordinates = theirs.transform(activations)
    moves = np.linalg.lstsq(coordinates, latents, rcond=None)[0]
    moves /= np.linalg.norm(moves, axis=1, keepdims=True)
    cosines = np.abs((moves * found.vectors).sum(1))
    np.testing.assert_allclose(cosines, 1, atol=1e-4)
    for number, move in enumerate(found.vectors):
        known = np.corrcoef(latents @ move, coordinates[:, number])[0, 1] ** 2
        assert found.fits[number] == pytest.approx(known, abs=1e-4)


@pytest.mark.parametrize(("model", "stage"), [("gan_digits", 1), ("gan_colour", 1)])
def test_moves_have_length_one_and_shares_fall(model, stage):
    basis = find_basis(model, stage, None)
    np.testing.assert_allclose(np.linalg.norm(basis.vectors, axis=1), 1, rtol=1e-5)
    assert (np.diff(basis.shares) <= 1e-7).all()
    assert 0 < basis.shares.sum() <= 1 + 1e-6
    assert ((basis.fits >= 0) & (basis.fits <= 1 + 1e-6)).all()
    strongest = np.abs(basis.vectors).argmax(1)
    assert (basis.vectors[np.arange(len(strongest)), strongest] > 0).all()


def test_no_two_sliders_do_the_same():
    vectors = find_basis("gan_digits", 1, None).vectors
    cosines = np.abs(vectors @ vectors.T) - np.eye(len(vectors))
    assert cosines.max() <= 0.7 + 1e-6


def test_a_strong_direction_moves_the_activations_more_than_a_random_one():
    generator = network_of("gan_digits").generator
    start = torch.tensor(draw(range(16), 64))
    labels = torch.full((16,), 5)
    basis = find_basis("gan_digits", 1, None)
    random = np.random.default_rng(0).standard_normal((8, 64))
    random /= np.linalg.norm(random, axis=1, keepdims=True)

    def moved(vector):
        step = torch.tensor(vector * 0.5, dtype=torch.float32)
        with torch.inference_mode():
            ends = [generator.stages(start + sign * step, labels)[1] for sign in (-1, 1)]
        return (ends[1] - ends[0]).square().mean().item()

    assert moved(basis.vectors[0]) > np.mean([moved(each) for each in random])


def test_what_else_moves_is_what_move_along_shows():
    """The table's row of a direction, from samples moved one by one."""
    found = gan_sampling.directions("gan_digits", count=2, span=2.0)
    moves = [
        gan_sampling.move_along(seed, direction=1, span=2.0, steps=3, stage=1) for seed in range(12)
    ]
    before = measure_traits(gan_sampling.sample(seeds=range(60)).images)
    for place, trait in enumerate(found.traits):
        shift = np.mean([move.traits[trait][2] - move.traits[trait][0] for move in moves])
        wanted = shift / max(before[trait].std(), 1e-6)
        assert found.effects[1, place] == pytest.approx(wanted, rel=0.02, abs=0.02)
    ends = np.stack([move.images[[0, 2]] for move in moves]).astype(float)
    change = np.abs(ends[:, 1] - ends[:, 0]).mean() / 255
    assert found.changes[1] == pytest.approx(change, rel=0.01)
    rise = np.mean([move.scores[[0, 2]].mean() - move.scores[1] for move in moves])
    assert found.scores[1] == pytest.approx(rise, abs=1e-2)
    assert found.random_change > 0


def test_colours_have_a_table_of_their_own():
    found = gan_sampling.directions("gan_colour", count=1)
    assert found.traits == ("brightness", "contrast", "warmth", "saturation")
    assert found.vectors.shape == (1, find_gan("gan_colour").latent)
    assert found.effects.shape == (1, len(found.traits))
    assert np.isfinite(found.effects).all()
    assert 0 <= found.agreement_before <= 1


# --- one sample


@TWO
def test_in_the_middle_of_a_move_is_the_sample(model):
    move = gan_sampling.move_along(13, 2, 3.0, 5, model, label=4, truncation=0.7)
    wanted = gan_sampling.sample(model, 13, label=4, truncation=0.7)
    assert np.abs(move.images[2].astype(int) - wanted.images[0].astype(int)).max() <= 1
    assert move.strengths.tolist() == [-3, -1.5, 0, 1.5, 3]
    vector = find_basis(model, 1, None).vectors[2]
    np.testing.assert_allclose(move.latents - wanted.latents, move.strengths[:, None] * vector,
                               atol=1e-5)  # fmt: skip
    assert ((move.probabilities >= 0) & (move.probabilities <= 1)).all()


def test_steering_adds_moves_up():
    vectors = find_basis("gan_digits", 1, None).vectors
    found = gan_sampling.steer(21, (1.5, 0, -2))
    start = draw([21], 64)[0]
    np.testing.assert_allclose(
        found.latents[0], start + 1.5 * vectors[0] - 2 * vectors[2], atol=1e-5
    )
    again = gan_sampling.steer(found.latents[0], (-1.5, 0, 2), label=1)
    alone = gan_sampling.sample(seeds=21)
    assert np.abs(again.images.astype(int) - alone.images.astype(int)).max() <= 1
    assert found.seeds == (21,)
    assert again.seeds == (-1,)


@pytest.mark.parametrize("moves", [(), (7,), (float("nan"),), "12", (1,) * 17, (None,), 3, (True,)])
def test_what_is_no_list_of_moves_is_refused(moves):
    with pytest.raises(InputError) as caught:
        gan_sampling.steer(1, moves)
    assert caught.value.code == "moves_list"


@pytest.mark.parametrize("function", [gan_sampling.directions, gan_sampling.steer])
def test_a_stage_that_is_not_there_is_refused(function):
    with pytest.raises(InputError) as caught:
        function(model="gan_digits", stage=3)
    assert caught.value.code == "stage_range"


def test_a_direction_that_was_not_found_is_refused(monkeypatch):
    few = find_basis("gan_digits", 1, None)
    few = type(few)(few.vectors[:3], few.shares[:3], few.fits[:3])
    monkeypatch.setattr("models._gan_steer.find_basis", lambda *_: few)
    for ask in (lambda: gan_sampling.move_along(1, 3), lambda: gan_sampling.steer(1, (0,) * 4)):
        with pytest.raises(InputError) as caught:
            ask()
        assert caught.value.code == "direction_range"


# --- what is measured on pictures


def drawn(slope=0.0, side=29):
    """A bar through the middle whose top leans to the right by ``slope`` pixels a row."""
    down, across = np.indices((side, side)) - side // 2
    cover = np.clip(2.5 - np.abs(across + slope * down), 0, 1) * (np.abs(down) <= 9)
    return (cover * 255).round().astype(np.uint8)[..., None]


@pytest.mark.parametrize("slope", [-0.6, -0.2, 0.0, 0.3, 0.8])
def test_a_bar_leans_as_it_was_drawn(slope):
    found = measure_traits(drawn(slope)[None])
    assert found["slant"][0] == pytest.approx(np.degrees(np.arctan(slope)), abs=0.5)
    assert found["height"][0] == pytest.approx(np.arange(-9, 10).std(), rel=1e-3)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_form_is_that_of_scikit_images_moments(seed):
    picture = np.random.default_rng(seed).integers(0, 256, (1, 12, 9, 1), np.uint8)
    central = moments_central(picture[0, ..., 0].astype(float), order=2)
    found = measure_traits(picture)
    assert found["height"][0] == pytest.approx(np.sqrt(central[2, 0] / central[0, 0]), rel=1e-4)
    assert found["width"][0] == pytest.approx(np.sqrt(central[0, 2] / central[0, 0]), rel=1e-4)
    lean = np.degrees(np.arctan(-central[1, 1] / central[2, 0]))
    assert found["slant"][0] == pytest.approx(lean, abs=1e-3)


def test_a_black_picture_has_no_form():
    found = measure_traits(np.zeros((1, 28, 28, 1), np.uint8))
    assert {name: float(values[0]) for name, values in found.items()} == dict.fromkeys(found, 0.0)


def test_colours_are_warm_or_cold():
    colours = np.array([[255, 0, 0], [0, 0, 255], [128, 128, 128]], np.uint8)
    found = measure_traits(np.broadcast_to(colours[:, None, None], (3, 4, 4, 3)))
    assert found["warmth"] == pytest.approx([1, -1, 0])
    assert found["saturation"] == pytest.approx([1, 1, 0])
    assert found["brightness"] == pytest.approx([0.299, 0.114, 128 / 255], abs=1e-4)
    assert found["contrast"] == pytest.approx([0, 0, 0], abs=1e-6)
