"""Seeds, samples and walks: the same seed is the same picture, the ends are the ends."""

import copy
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi
from torch.nn import functional as F

from models import gan_sampling
from models._errors import InputError
from models._gan_latent import LARGEST, LARGEST_SEED, MOST, between, draw, point, shell
from models._gan_network import find_gan, network_of, paint_between
from models.networks import gan

MODELS = tuple(each.name for each in gan.MODELS)
MODEL = pytest.mark.parametrize("model", MODELS)
SEEDS = st.integers(0, LARGEST_SEED)
FEW = settings(max_examples=10)


def grey_levels_apart(first, second):
    return np.abs(first.astype(int) - second.astype(int)).max()


def test_the_names_are_those_of_the_models():
    assert tuple(spec.name for spec in gan_sampling.MODELS) == gan_sampling.ModelName.__args__
    assert gan_sampling.ModelName.__args__ == MODELS
    assert all(spec.is_embedded for spec in gan_sampling.MODELS)


# --- seeds and latents


@given(SEEDS, st.integers(16, 128))
def test_a_seed_is_torchs_own_draw(seed, dimension):
    wanted = torch.randn(dimension, generator=torch.Generator("cpu").manual_seed(seed))
    np.testing.assert_array_equal(draw([seed], dimension)[0], wanted.numpy())


@pytest.mark.parametrize(
    ("seed", "numbers"),
    [
        (0, (-1.12583983, -1.15236020, -0.25057858)),
        (1, (-1.52559590, -0.75023180, -0.65398091)),
        (LARGEST_SEED, (1.56736195, -0.23729232, -0.02738461)),
    ],
)
def test_a_seed_is_the_same_latent_on_every_machine(seed, numbers):
    """So a link that names a seed goes on showing what it showed."""
    assert draw([seed], 64)[0, :3] == pytest.approx(numbers, abs=1e-5)


def test_latents_are_normal():
    drawn = draw(range(2000), 64)
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(1, abs=0.01)


@given(st.text(max_size=20))
def test_a_name_is_a_seed_whatever_its_case(name):
    seed = gan_sampling.seed_of(name)
    assert 0 <= seed <= LARGEST_SEED
    assert gan_sampling.seed_of(f" {name.strip().casefold()} ") == seed


def test_different_names_are_different_seeds():
    seeds = {gan_sampling.seed_of(str(number)) for number in range(1000)}
    assert len(seeds) == 1000
    assert gan_sampling.sample(seeds=gan_sampling.seed_of("Ada")).seeds < (LARGEST_SEED,)


@pytest.mark.parametrize("dimension", [2, 16, 64, 128])
def test_the_shell_is_the_chi_distribution(dimension):
    around = shell(dimension)
    assert around.mean == pytest.approx(chi(dimension).mean())
    assert (around.low, around.high) == pytest.approx(chi(dimension).ppf([0.01, 0.99]))


# --- samples


@MODEL
def test_a_sample_is_what_the_generator_paints(model):
    kind, network = find_gan(model), network_of(model)
    found = gan_sampling.sample(model, (3, 5, LARGEST_SEED), label=2, truncation=0.5)
    latents = torch.cat(
        [
            torch.randn(1, kind.latent, generator=torch.Generator().manual_seed(seed)) * 0.5
            for seed in (3, 5, LARGEST_SEED)
        ]
    )
    with torch.inference_mode():
        painted = network.generator(latents, torch.full((3,), 2))
    wanted = ((painted + 1) * 127.5).round().clamp(0, 255).permute(0, 2, 3, 1).numpy()
    assert found.images.shape == (3, kind.side, kind.side, kind.channels)
    assert found.images.dtype == np.uint8
    assert grey_levels_apart(found.images, wanted) <= 1
    np.testing.assert_array_equal(found.latents, latents.numpy())
    np.testing.assert_allclose(found.lengths, latents.norm(dim=1).numpy(), rtol=1e-6)


@MODEL
def test_another_machines_rounding_is_no_more_than_a_grey_level(model):
    """Twice the digits, and so other kernels: what is rounded off may not show."""
    found = gan_sampling.sample(model, range(20))
    generator = copy.deepcopy(network_of(model).generator).double()
    with torch.inference_mode():
        painted = generator(torch.tensor(found.latents).double(), torch.tensor(found.labels))
    wanted = ((painted + 1) * 127.5).round().clamp(0, 255).permute(0, 2, 3, 1).numpy()
    assert grey_levels_apart(found.images, wanted) <= 1


@MODEL
def test_a_seed_is_the_same_picture_alone_and_among_others(model):
    many = gan_sampling.sample(model, range(70))  # more than one batch
    for seed in (0, 7, 64, 69):
        alone = gan_sampling.sample(model, seed)
        np.testing.assert_array_equal(alone.latents[0], many.latents[seed])
        assert alone.labels[0] == many.labels[seed]
        assert grey_levels_apart(alone.images[0], many.images[seed]) <= 1


def test_many_visitors_get_the_same_pictures():
    alone = gan_sampling.sample(seeds=range(12)).images
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda _: gan_sampling.sample(seeds=range(12)).images, range(6)))
    for images in together:
        assert grey_levels_apart(images, alone) <= 1


def test_without_a_label_classes_take_turns():
    assert gan_sampling.sample(seeds=range(25)).labels.tolist() == [n % 10 for n in range(25)]
    assert gan_sampling.sample(seeds=range(5), label=7).labels.tolist() == [7] * 5


def test_truncation_draws_samples_together():
    spread = [
        gan_sampling.sample(seeds=range(12), label=4, truncation=each).images.astype(float).std(0)
        for each in (0.0, 0.5, 1.0)
    ]
    assert spread[0].max() == 0  # all the same
    assert 0 < spread[1].mean() < spread[2].mean()


def test_the_grid_is_made_of_samples():
    grid = gan_sampling.grid(seeds=(4, 9), truncations=(0.5, 1, 1.5), label=3)
    assert grid.truncations == (0.5, 1.0, 1.5)
    for column, truncation in enumerate(grid.truncations):
        wanted = gan_sampling.sample(seeds=(4, 9), label=3, truncation=truncation)
        assert grey_levels_apart(grid.images[:, column], wanted.images) <= 1
    assert grid.labels.tolist() == [[3] * 3] * 2


def test_by_class_every_row_is_one_latent():
    grid = gan_sampling.by_class("gan_fashion", seeds=(4, 9), truncation=0.8)
    for label in range(10):
        wanted = gan_sampling.sample("gan_fashion", (4, 9), label=label, truncation=0.8)
        assert grey_levels_apart(grid.images[:, label], wanted.images) <= 1


# --- between two latents

VECTORS = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).standard_normal((2, 64)).astype(np.float32)
)


@given(VECTORS, st.sampled_from(["spherical", "linear"]))
def test_the_ends_are_the_ends(pair, path):
    way = between(*pair, np.linspace(0, 1, 7), path)
    np.testing.assert_array_equal(way[0], pair[0])
    np.testing.assert_array_equal(way[-1], pair[1])


def test_orthogonal_latents_of_one_length():
    """Halfway, the straight way is 1 / sqrt(2) as long; the spherical one is as long as ever."""
    pair = np.eye(64, dtype=np.float32)[:2] * 8
    parts = np.linspace(0, 1, 9)
    straight, round_ = (
        np.linalg.norm(between(*pair, parts, path), axis=1) for path in ("linear", "spherical")
    )
    assert straight[4] == pytest.approx(8 / math.sqrt(2))
    np.testing.assert_allclose(straight, 8 * np.hypot(parts, 1 - parts), rtol=1e-6)
    np.testing.assert_allclose(round_, 8, rtol=1e-6)


@given(VECTORS, st.integers(1, 9))
def test_the_spherical_way_turns_at_an_even_pace(pair, steps):
    unit = pair / np.linalg.norm(pair, axis=1, keepdims=True)
    way = between(*unit, np.linspace(0, 1, steps + 1), "spherical").astype(float)
    angles = np.arccos(np.clip((way[1:] * way[:-1]).sum(1), -1, 1))
    whole = np.arccos(unit[0].astype(float) @ unit[1])
    np.testing.assert_allclose(angles, whole / steps, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), 1, rtol=1e-5)


@given(VECTORS)
def test_the_straight_way_is_numpys_lerp(pair):
    parts = np.linspace(0, 1, 5)[:, None]
    wanted = (1 - parts) * pair[0] + parts * pair[1]
    np.testing.assert_allclose(between(*pair, parts[:, 0], "linear"), wanted, atol=1e-6)


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.0, -1.0])
def test_latents_on_one_line_go_straight(factor):
    first = draw([1], 64)[0]
    parts = np.linspace(0, 1, 5)
    way = between(first, first * np.float32(factor), parts, "spherical")
    wanted = ((1 - parts) + parts * factor)[:, None] * first
    np.testing.assert_allclose(way, wanted, atol=1e-5)


# --- walks


@MODEL
@pytest.mark.parametrize("path", ["spherical", "linear"])
def test_a_way_begins_and_ends_at_the_samples(model, path):
    found = gan_sampling.interpolate(4, 8, 5, path, model, label=1, truncation=0.9)
    ends = gan_sampling.sample(model, (4, 8), label=1, truncation=0.9)
    assert grey_levels_apart(found.images[[0, -1]], ends.images) <= 1
    np.testing.assert_array_equal(found.latents[[0, -1]], ends.latents)
    np.testing.assert_allclose(found.positions, np.linspace(0, 1, 5))
    assert found.labels.tolist() == [1] * 5
    assert len(found.changes) == 4


def test_the_straight_way_leaves_the_shell_and_the_spherical_one_does_not():
    straight = gan_sampling.interpolate(1, 2, 9, "linear")
    round_ = gan_sampling.interpolate(1, 2, 9, "spherical")
    assert straight.lengths[4] < straight.shell.low
    assert (round_.lengths > round_.shell.low).all()
    low, high = sorted(round_.lengths[[0, -1]])
    assert low * 0.97 < round_.lengths.min() <= round_.lengths.max() < high * 1.03


def test_a_latent_is_as_good_as_its_seed():
    latents = gan_sampling.sample(seeds=(5, 6), label=0).latents
    by_seed = gan_sampling.interpolate(5, 6, 4, label=0)
    by_latent = gan_sampling.interpolate(latents[0], latents[1], 4)
    np.testing.assert_array_equal(by_seed.latents, by_latent.latents)
    assert grey_levels_apart(by_seed.images, by_latent.images) == 0


def test_the_label_is_that_of_the_first_seed():
    assert set(gan_sampling.interpolate(13, 8).labels) == {3}
    assert set(gan_sampling.walk((28, 1)).labels) == {8}


def test_a_loop_passes_every_station_and_comes_home():
    loop = gan_sampling.walk((4, 7, 9), steps=5, label=2)
    stations = gan_sampling.sample(seeds=(4, 7, 9), label=2)
    assert len(loop.images) == 15
    np.testing.assert_array_equal(loop.latents[[0, 5, 10]], stations.latents)
    assert loop.positions[[0, 5, 10]].tolist() == [0, 1, 2]
    home = between(loop.latents[10], loop.latents[0], np.arange(5) / 5, "spherical")
    np.testing.assert_allclose(loop.latents[10:], home, atol=1e-6)
    way = gan_sampling.walk((4, 7, 9), steps=5, label=2, closed=False)
    assert len(way.images) == 11
    np.testing.assert_array_equal(way.latents[-1], stations.latents[-1])


@MODEL
def test_at_a_station_the_class_is_that_class(model):
    found = gan_sampling.class_walk(6, steps=3, stations=(2, 0, 7), model=model)
    for place, label in zip((0, 3, 6), (2, 0, 7), strict=True):
        wanted = gan_sampling.sample(model, 6, label=label).images[0]
        assert grey_levels_apart(found.images[place], wanted) <= 1
        assert found.weights[place].argmax() == label
    np.testing.assert_allclose(found.weights.sum(1), 1, rtol=1e-6)
    assert found.weights[1, [2, 0]] == pytest.approx([2 / 3, 1 / 3])
    assert found.positions.tolist() == pytest.approx([n / 3 for n in range(7)])


def test_a_mixture_of_classes_mixes_what_was_learned_of_them():
    """Against the generator's own arithmetic with the means of both classes' vectors put in."""
    kind, network = find_gan("gan_digits"), network_of("gan_digits")
    weights = np.zeros((1, 10), np.float32)
    weights[0, [3, 8]] = 0.25, 0.75
    latent = draw([11], kind.latent)
    painted = paint_between(latent, weights, "gan_digits")

    def mixed(rows):
        return 0.25 * rows.weight[3] + 0.75 * rows.weight[8]

    def normalised(norm, values):
        plain = norm.norm(values)
        return plain * mixed(norm.gain)[:, None, None] + mixed(norm.bias)[:, None, None]

    generator = network.generator
    with torch.inference_mode():
        values = generator.start(torch.tensor(latent)) + mixed(generator.place)
        values = values.view(1, -1, generator.side, generator.side)
        for stage in generator.grow:
            values = stage.grow(F.relu(normalised(stage.norm, values)))
        wanted = torch.tanh(generator.paint(F.relu(normalised(generator.norm, values))))
    levels = ((wanted + 1) * 127.5).round().permute(0, 2, 3, 1).numpy()
    assert grey_levels_apart(painted, levels) <= 1


def test_arithmetic_is_arithmetic():
    latents = draw((1, 2, 3), 64)
    found = gan_sampling.arithmetic(1, 2, 3, rescale=False)
    np.testing.assert_allclose(found.latents[3], latents[0] - latents[1] + latents[2], atol=1e-6)
    np.testing.assert_array_equal(found.latents[:3], latents)
    assert found.seeds == (1, 2, 3, -1)
    rescaled = gan_sampling.arithmetic(1, 2, 3)
    assert found.lengths[3] > found.lengths[:3].max()
    assert rescaled.lengths[3] == pytest.approx(rescaled.lengths[:3].max(), rel=1e-5)
    direction = rescaled.latents[3] / found.latents[3]
    np.testing.assert_allclose(direction, direction[0], rtol=1e-3)


@given(a=SEEDS, b=SEEDS)
@FEW
def test_taking_away_what_was_added_leaves_the_sample(a, b):
    found = gan_sampling.arithmetic(a, b, b)
    assert grey_levels_apart(found.images[3], found.images[0]) <= 1


# --- what is refused


BAD_SEEDS = [-1, LARGEST_SEED + 1, 1.5, float("nan"), True, None, "7", [1, -1], [[1]], [None]]


@pytest.mark.parametrize("seeds", BAD_SEEDS)
def test_what_is_no_seed_is_refused(seeds):
    with pytest.raises(InputError) as caught:
        gan_sampling.sample(seeds=seeds)
    assert caught.value.code == "seed_range"


@pytest.mark.parametrize("seeds", [[], range(MOST + 1), np.zeros(0)])
def test_none_and_too_many_are_refused(seeds):
    for function in (gan_sampling.sample, gan_sampling.grid, gan_sampling.walk):
        with pytest.raises(InputError) as caught:
            function(seeds=seeds)
        assert caught.value.code == "seeds_count"


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"label": 10}, "out_of_range"),
        ({"label": -1}, "out_of_range"),
        ({"label": 1.0}, "not_whole"),
        ({"label": True}, "out_of_range"),
        ({"truncation": float("nan")}, "out_of_range"),
        ({"truncation": -0.1}, "out_of_range"),
        ({"model": "gan_faces"}, "not_a_choice"),
    ],
)
def test_what_is_out_of_range_is_refused(keywords, code):
    with pytest.raises(InputError) as caught:
        gan_sampling.sample(**keywords)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("latent", "code"),
    [
        (np.zeros(63), "latent_shape"),
        (np.zeros((1, 64)), "latent_shape"),
        (np.full(64, np.nan), "latent_values"),
        (np.full(64, LARGEST * 1.01), "latent_values"),
        (["a"] * 64, "latent_values"),
        ([[1], [1, 2]], "latent_values"),
        ([10**400] * 64, "latent_values"),
        (2.5, "seed_range"),
    ],
)
def test_what_is_no_latent_is_refused(latent, code):
    with pytest.raises(InputError) as caught:
        point(latent, 64)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("truncations"), [(), (3.0,), (float("nan"),), "1", 1.0, (None,), (True, -1), [0.5] * 300]
)
def test_what_is_no_list_of_truncations_is_refused(truncations):
    with pytest.raises(InputError) as caught:
        gan_sampling.grid(truncations=truncations)
    assert caught.value.code == "truncation_list"


@pytest.mark.parametrize(
    ("stations", "code"),
    [
        ((), "stations_count"),
        ((1,), "stations_count"),
        ("12", "stations_count"),
        (range(99), "stations_count"),
        ((1, 10), "class_range"),
        ((1, None), "class_range"),
        ((1, 2.5), "class_range"),
        ((1, True), "class_range"),
    ],
)
def test_what_is_no_list_of_classes_is_refused(stations, code):
    with pytest.raises(InputError) as caught:
        gan_sampling.class_walk(stations=stations)
    assert caught.value.code == code


def test_one_seed_is_no_walk():
    with pytest.raises(InputError) as caught:
        gan_sampling.walk(5)
    assert caught.value.code == "walk_too_short"
