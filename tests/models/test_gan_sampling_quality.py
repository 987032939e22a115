"""Honest numbers, and the film of a training."""

import itertools

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.spatial.distance import pdist

from models import gan_sampling
from models._errors import InputError
from models._gan_judge import recognise
from models._gan_network import find_gan
from models._gate import queue_length
from models._spec import read_card
from models.networks import gan
from models.networks._gan_files import reference, training_pictures

MODEL = pytest.mark.parametrize("model", [each.name for each in gan.MODELS])


def test_the_numbers_are_those_of_the_samples():
    found = gan_sampling.measure("gan_digits", 0.9, 64, seed=5)
    kept = reference(find_gan("gan_digits"))
    labels = kept.labels[:64]
    images = np.concatenate(
        [
            gan_sampling.sample("gan_digits", 5 + place, int(label), 0.9).images
            for place, label in enumerate(labels)
        ]
    )
    features, probabilities = recognise(images, "gan_digits")
    right = probabilities.argmax(1) == labels
    assert found.generated.agreement == pytest.approx(right.mean(), abs=0.02)
    for label in np.unique(labels):
        wanted = right[labels == label].mean()
        assert found.per_class[label] == pytest.approx(wanted, abs=0.2)
    real = kept.features[:64].astype(float)
    means = real.mean(0) - features.mean(0)
    covariances = np.cov(real.T), np.cov(features.astype(float).T)
    # a thousandth of the diagonal keeps the general root from breaking on what has no full rank
    small = np.eye(len(means)) * 1e-9
    root = sqrtm((covariances[0] + small) @ (covariances[1] + small)).real
    wanted = means @ means + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert found.generated.frechet == pytest.approx(wanted, rel=0.02, abs=1e-3)


@MODEL
def test_samples_lie_between_real_pictures_and_noise(model):
    found = gan_sampling.measure(model, count=64)
    assert found.count == 64
    for measures in (found.generated, found.real, found.noise):
        assert measures.frechet > 0
        assert 0 <= measures.between_means <= measures.frechet + 1e-6
        assert 0 <= measures.precision <= 1
        assert 0 <= measures.recall <= 1
    assert max(found.real.frechet, found.generated.frechet) < found.noise.frechet / 2
    assert found.noise.precision < 0.05 < found.generated.precision
    assert found.generated.agreement > 0.3  # a guess would be right in 0.1
    assert np.isnan(found.noise.agreement)
    asked = np.bincount(reference(find_gan(model)).labels[:64], minlength=10)
    shares = np.nan_to_num(found.per_class) * asked
    assert shares.sum() / 64 == pytest.approx(found.generated.agreement)


def test_the_count_is_at_most_half_of_the_real_ones():
    half = len(reference(find_gan("gan_colour")).labels) // 2
    steps = next(iter(gan_sampling.measure_steps("gan_colour", count=1024))).steps
    assert steps == -(-min(half, 1024) // 16)


def test_a_measurement_shows_how_it_goes_and_may_be_left():
    steps = gan_sampling.measure_steps("gan_digits", count=192)
    first = next(steps)
    assert (first.step, first.steps, first.quality) == (1, 3, None)
    assert first.images.shape == (64, 28, 28, 1)
    assert queue_length() == 0  # between two steps the machine is free
    steps.close()
    *_, last = gan_sampling.measure_steps("gan_digits", count=128)
    assert last.quality is not None
    whole = gan_sampling.measure("gan_digits", count=128)
    assert last.quality.generated == whole.generated


def test_without_variety_nothing_is_recalled():
    """At truncation 0 every sample of a class is the same picture."""
    qualities = list(gan_sampling.trade_off("gan_digits", (0, 1), count=128))
    assert [each.truncation for each in qualities] == [0, 1]
    assert qualities[0].generated.recall <= 0.1
    assert qualities[0].generated.recall <= qualities[1].generated.recall


def test_truncations_are_checked_before_anything_is_measured():
    with pytest.raises(InputError) as caught:
        gan_sampling.trade_off(truncations=(0.5, 9))
    assert caught.value.code == "truncation_list"


# --- the film


@MODEL
def test_a_film_shows_the_same_seeds_again_and_again(model):
    film = gan_sampling.film(model)
    frames, samples = film.frames.shape[:2]
    kind = find_gan(model)
    assert film.frames.shape[2:] == (kind.side, kind.side, kind.channels)
    assert len(film.seeds) == len(film.labels) == samples
    assert len(film.epochs) == len(film.variety) == len(film.agreement) == frames
    assert (np.diff(film.epochs) > 0).all()
    assert len(film.loss_epochs) == len(film.generator_loss) == len(film.discriminator_loss)
    assert ((film.agreement >= 0) & (film.agreement <= 1)).all()


def test_variety_is_the_mean_distance_within_a_class():
    film = gan_sampling.film("gan_digits")
    found = []
    for label in np.unique(film.labels):
        rows = film.frames[-1][film.labels == label].reshape(-1, 28 * 28).astype(float)
        found.append(pdist(rows).mean() / 28)
    assert film.variety[-1] == pytest.approx(np.mean(found), rel=1e-5)
    kept = training_pictures(find_gan("gan_digits"))
    pictures, labels = kept.pixels[:2000], kept.labels[:2000]
    pairs = [
        np.sqrt(((first.astype(float) - second) ** 2).mean())
        for first, second in itertools.pairwise(pictures[labels == 4])
    ]
    assert film.real_variety == pytest.approx(np.mean(pairs), rel=0.3)  # of one class only


@MODEL
def test_a_failed_training_is_shown_where_it_was_filmed(model):
    if "collapse.webp" in read_card(model)["files"]:
        assert model == "gan_digits"
        assert len(gan_sampling.film(model, "collapse").frames) > 1
        return
    with pytest.raises(InputError) as caught:
        gan_sampling.film(model, "collapse")
    assert caught.value.code == "no_such_film"
