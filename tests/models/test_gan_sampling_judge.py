"""What the networks are shown, what they say, and the training pictures beside it."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from PIL import Image, ImageDraw

from models import gan_sampling
from models._errors import InputError
from models._gan_judge import recognise, score, score_parts
from models._gan_network import find_gan, network_of
from models._gan_sight import show_to
from models._load import load
from models.networks import gan
from models.networks._gan_files import training_pictures
from tests.patience import within
from tests.strategies import photos

MODELS = tuple(each.name for each in gan.MODELS)
MODEL = pytest.mark.parametrize("model", MODELS)
KEPT = pytest.mark.parametrize("model", ["gan_digits", "gan_fashion"])


def codes(notes):
    return [note.code for note in notes]


def kept(model):
    return training_pictures(find_gan(model))


def on_paper(picture, side=140):
    """A training picture as somebody would photograph it: large, dark on light, off centre."""
    large = cv2.resize(picture[..., 0], (side, side), interpolation=cv2.INTER_CUBIC)
    paper = 230 - (large * 0.8).astype(np.uint8)
    return np.pad(paper, ((50, 15), (5, 100)), constant_values=230)


# --- what the networks are shown


@MODEL
@given(photo=photos(largest=40))
@settings(max_examples=8)
def test_any_picture_becomes_one_of_the_networks_size(model, photo):
    kind = find_gan(model)
    shown = show_to(photo, model)
    assert shown.pictures.shape == (1, kind.side, kind.side, kind.channels)
    assert shown.pictures.dtype == np.uint8
    assert len(shown.notes) == 1


@MODEL
@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1), (10_000, 300), (2, 2)])
def test_the_smallest_and_the_longest_are_bounded(model, size):
    photo = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    with within(2):
        shown = show_to(photo, model)
    assert shown.pictures.shape[0] == 1


@KEPT
def test_a_photo_of_a_training_picture_is_shown_as_that_picture(model):
    """Theirs were cut out and scaled as ours are, so the way back leads to nearly the same."""
    pictures = kept(model).pixels[:12]
    shown = show_to([on_paper(each) for each in pictures], model)
    assert {tuple(codes(notes)) for notes in shown.notes} == {("inverted", "fitted")}
    likenesses = [
        np.corrcoef(picture.ravel(), again.ravel())[0, 1]
        for picture, again in zip(pictures, shown.pictures, strict=True)
    ]
    assert np.median(likenesses) > 0.95


def test_a_digit_fills_twenty_pixels_and_rests_on_its_centre_of_mass():
    drawing = Image.new("L", (300, 200), 0)
    ImageDraw.Draw(drawing).line([(30, 20), (60, 150), (70, 150)], fill=255, width=12)
    shown = show_to(np.asarray(drawing), "gan_digits")
    ink = shown.pictures[0, ..., 0].astype(float)
    rows = np.flatnonzero((ink > 60).any(1))
    assert rows[-1] - rows[0] + 1 in {19, 20}
    middle = [(ink.sum(1 - axis) * np.arange(28)).sum() / ink.sum() for axis in (0, 1)]
    assert middle == pytest.approx([14, 14], abs=0.51)  # as MNIST's do
    assert ink.max() > 240
    assert codes(shown.notes[0]) == ["fitted"]
    assert shown.notes[0][0].values == {"ink": 20, "side": 28}


def test_light_paper_is_inverted_and_dark_is_not():
    dark = np.zeros((28, 28), np.uint8)
    dark[8:20, 13:15] = 250
    assert codes(show_to(dark, "gan_digits").notes[0]) == []
    light = show_to(255 - dark, "gan_digits")
    assert codes(light.notes[0]) == ["inverted"]
    np.testing.assert_array_equal(light.pictures[0, ..., 0], dark)


def test_colours_become_grey_as_the_eye_weighs_them():
    red = np.zeros((28, 28, 3), np.uint8)
    red[10:18, 10:18, 0] = 255
    shown = show_to(red, "gan_fashion")
    assert codes(shown.notes[0]) == ["made_grey"]
    assert shown.pictures[0, 14, 14, 0] == 76
    assert codes(show_to(np.repeat(red[..., :1], 3, 2), "gan_fashion").notes[0]) == []


def test_an_empty_canvas_is_empty():
    for level in (0, 255, 90):
        shown = show_to(np.full((200, 300, 3), level, np.uint8), "gan_digits")
        assert shown.pictures.max() == 0


def test_a_photo_in_colour_is_cut_square():
    photo = np.zeros((64, 200, 3), np.uint8)
    photo[:, 68:132] = (200, 100, 50)
    shown = show_to(photo, "gan_colour")
    assert codes(shown.notes[0]) == ["centre_square", "scaled"]
    assert (shown.pictures[0] == (200, 100, 50)).all()
    grey = show_to(photo[..., 0], "gan_colour").pictures[0]
    assert (grey == 200).all()


@MODEL
def test_samples_are_shown_as_they_are(model):
    samples = gan_sampling.sample(model, range(4))
    shown = show_to(samples.images, model)
    np.testing.assert_array_equal(shown.pictures, samples.images)
    assert shown.notes == ((),) * 4


# --- what they say


@MODEL
def test_scores_are_the_discriminators(model):
    images = gan_sampling.sample(model, range(6)).images
    found = gan_sampling.judge(images, model, label=3)
    values = torch.from_numpy(images).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.inference_mode():
        wanted = network_of(model).discriminator(values, torch.full((6,), 3)).numpy()
    np.testing.assert_allclose(found.scores, wanted, atol=1e-3)
    assert (np.diff(found.scores[found.order]) <= 0).all()
    assert sorted(found.order) == list(range(6))
    assert found.labels.tolist() == [3] * 6


@MODEL
def test_the_classifier_answers_for_its_classes(model):
    kind = find_gan(model)
    images = gan_sampling.sample(model, range(5)).images
    features, probabilities = recognise(images, model)
    network = load(kind.classifier)
    with torch.inference_mode():
        _, logits = kind.look(network, torch.from_numpy(images).permute(0, 3, 1, 2) / 127.5 - 1)
    np.testing.assert_allclose(probabilities, logits.softmax(1).numpy(), atol=1e-4)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert features.shape[0] == 5


@MODEL
def test_without_a_label_the_classifier_says_which(model):
    found = gan_sampling.judge(gan_sampling.sample(model, range(4)).images, model)
    np.testing.assert_array_equal(found.labels, found.answers)
    assert ((found.confidences > 0) & (found.confidences <= 1)).all()


@MODEL
def test_a_score_has_its_place_among_others(model):
    usual = gan_sampling.yardstick(model)
    images = gan_sampling.sample(model, range(3)).images
    found = gan_sampling.judge(images, model)
    assert len(usual.generated) == 200
    for place, each in enumerate(found.scores):
        assert found.above_generated[place] == pytest.approx((usual.generated < each).mean())
        if len(usual.real):
            assert found.above_real[place] == pytest.approx((usual.real < each).mean())
        else:
            assert np.isnan(found.above_real[place])
    assert (model == "gan_colour") == (len(usual.real) == 0)


def test_one_picture_as_every_class():
    image = gan_sampling.sample(seeds=5).images[0]
    scores = gan_sampling.judge_labels(image)
    wanted = [gan_sampling.judge(image, label=label).scores[0] for label in range(10)]
    np.testing.assert_allclose(scores, wanted, atol=1e-3)


@MODEL
def test_a_score_is_the_sum_of_its_two_parts(model):
    picture = gan_sampling.sample(model, 3).images[0]
    parts = score_parts(picture, model)
    scores = gan_sampling.judge_labels(picture, model)
    np.testing.assert_allclose(parts.plain + parts.of_class, scores, atol=1e-4)
    assert np.ptp(parts.of_class) > 0.01


def test_pictures_of_any_sizes_are_judged_together():
    mixed = [np.zeros((1, 1), np.uint8), np.full((50, 90, 3), 255, np.uint8)]
    found = gan_sampling.judge(mixed, "gan_digits")
    assert found.scores.shape == (2,)
    assert codes(found.notes[1]) == ["inverted"]
    np.testing.assert_array_equal(found.shown[0], found.shown[1])


@pytest.mark.parametrize(
    ("images", "code"),
    [
        ([], "pictures_count"),
        ([np.zeros((2, 2), np.uint8)] * 257, "pictures_count"),
        (np.zeros((0, 28, 28, 1), np.uint8), "pictures_count"),
        (np.zeros((28, 28)), "photo_shape"),
        (np.zeros((28, 28, 2), np.uint8), "photo_shape"),
        (np.zeros((2, 3, 28, 28), np.uint8), "photo_shape"),
        (np.zeros(28, np.uint8), "photo_shape"),
        (["a"], "photo_shape"),
        (None, "photo_shape"),
        ("photo", "photo_shape"),
    ],
)
def test_what_is_no_picture_is_refused(images, code):
    with pytest.raises(InputError) as caught:
        gan_sampling.judge(images)
    assert caught.value.code == code


# --- the nearest training picture


@KEPT
def test_a_training_picture_is_its_own_nearest(model):
    pictures = kept(model)
    found = gan_sampling.nearest(pictures.pixels[77], model)
    assert (found.numbers[0], found.distances[0], found.nearer_than) == (77, 0, 1)
    assert found.labels[0] == pictures.labels[77]
    np.testing.assert_array_equal(found.images[0], pictures.pixels[77])
    assert found.searched == len(pictures.pixels)


@KEPT
def test_the_nearest_are_found_by_looking_at_all(model):
    image = gan_sampling.sample(model, 3).images[0]
    found = gan_sampling.nearest(image, model, count=5)
    apart = kept(model).pixels.astype(float) - image
    wanted = np.sqrt((apart**2).mean((1, 2, 3)))
    np.testing.assert_allclose(found.distances, np.sort(wanted)[:5], rtol=1e-6)
    np.testing.assert_allclose(wanted[found.numbers], found.distances, rtol=1e-6)


def test_what_is_usual_is_how_near_real_pictures_of_that_class_are():
    pictures = kept("gan_digits")
    first = np.flatnonzero(pictures.labels == pictures.labels[6])[0]
    found = gan_sampling.nearest(pictures.pixels[6])
    apart = np.delete(pictures.pixels, first, 0).astype(float) - pictures.pixels[first]
    wanted = np.sqrt((apart**2).mean((1, 2, 3)).min())  # of the first of those compared
    assert np.abs(found.real_distances - wanted).min() < 1e-3
    assert (np.diff(found.real_distances) >= 0).all()
    assert len(found.real_distances) == 200


def test_photos_in_colour_are_not_kept():
    image = gan_sampling.sample("gan_colour", 0).images[0]
    for ask in (
        lambda: gan_sampling.nearest(image, "gan_colour"),
        lambda: gan_sampling.blind_test("gan_colour"),
        lambda: gan_sampling.blind_truth("gan_colour"),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert caught.value.code == "no_training_pictures"


# --- real or generated


@KEPT
def test_the_truth_fits_the_test(model):
    test = gan_sampling.blind_test(model, 8, 16, truncation=0.8)
    truth = gan_sampling.blind_truth(model, 8, 16, truncation=0.8)
    assert 0 < truth.real.sum() < 16
    for place, number in enumerate(truth.numbers):
        if truth.real[place]:
            wanted = kept(model).pixels[number]
            assert test.labels[place] == kept(model).labels[number]
        else:
            label = int(test.labels[place])
            wanted = gan_sampling.sample(model, int(number), label, 0.8).images[0]
        assert np.abs(test.images[place].astype(int) - wanted.astype(int)).max() <= 1
    scores = score(test.images, test.labels, model)
    np.testing.assert_allclose(truth.scores, scores, atol=1e-4)
    np.testing.assert_array_equal(truth.guessed_real, truth.scores > truth.threshold)
    usual = gan_sampling.yardstick(model)
    assert truth.threshold == pytest.approx(
        (np.median(usual.real) + np.median(usual.generated)) / 2
    )


def test_a_seed_is_one_test_and_its_answer_holds_no_truth():
    first, again, other = (gan_sampling.blind_test(seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.images, again.images)
    assert (first.images != other.images).any()
    assert set(vars(first)) == {"images", "labels"}


def test_half_of_all_are_real():
    shares = [gan_sampling.blind_truth(seed=seed, count=64).real.mean() for seed in range(8)]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.08)
