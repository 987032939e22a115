"""What the page says about TinyVGG and the samples is what the embedded weights do today.

New weights change these numbers: measure them again, and word the page anew where one fails.
"""

import re
import tomllib

import pytest

from gallery.demos import PAGES
from gallery.photo import open_sample
from models import cnn_visualization as cnn
from models.networks import tiny_vgg

WORDS = tomllib.loads((PAGES / "23_CNN_Visualization.toml").read_text("utf-8"))


def percentages(*sentences: str) -> list[int]:
    return [int(number) for one in sentences for number in re.findall(r"(\d+) %", one)]


def said(language: str, group: str, place: int, key: str) -> str:
    return str(WORDS[language][group][place][key])


def assert_motion(before: int, after: int, sample: str, **motion: float) -> cnn.Moved:
    moved = cnn.move(open_sample(sample).pixels, **motion)
    target = moved.before.target
    assert round(100 * moved.probabilities_before[target]) == before
    assert round(100 * moved.probabilities_after[target]) == after
    return moved


def answer(sample: str) -> str:
    return cnn.classify(open_sample(sample).pixels).guesses[0].en


@pytest.mark.parametrize(
    ("sample", "name"),
    [("coffee", "espresso"), ("coins", "computer keyboard"), ("rocket", "obelisk")],
)
def test_the_samples_are_answered_as_the_page_says(sample, name):
    assert answer(sample) == name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_shift_by_a_tenth_costs_what_the_page_says(language):
    before, after = percentages(said(language, "corrections", 0, "right"))
    assert_motion(before, after, "temple", right=10)
    assert answer("temple") == "barn"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_coins_are_called_keys_as_surely_as_the_page_says(language):
    (share,) = percentages(said(language, "experiments", 0, "notice"))
    assert round(100 * cnn.classify(open_sample("coins").pixels).guesses[0].probability) == share


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quarter_turn_costs_what_the_page_says(language):
    before, after = percentages(said(language, "experiments", 5, "notice"))
    moved = assert_motion(before, after, "coffee", angle=90)
    second = sorted(range(200), key=lambda one: -moved.probabilities_after[one])[:2]
    assert any("iPod" in tiny_vgg.CLASSIFIER.classes[one].en for one in second)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_random_weights_change_one_method_and_not_the_other(language):
    numbers = re.findall(r"0\.\d\d", said(language, "corrections", 3, "right"))
    photo = open_sample("coffee").pixels
    for method, number in zip(
        ("guided_backpropagation", "integrated_gradients"), numbers, strict=True
    ):
        first = next(cnn.randomise(photo, method=method))
        assert abs(first.similarity) == pytest.approx(float(number), abs=0.01)
