"""What the page says about its samples and networks is what the embedded weights do today.

New weights change these numbers: measure them again, and word the page anew where one fails.
"""

import functools
import itertools
import re
import tomllib

import cv2
import numpy as np
import pytest

from gallery.demos import PAGES
from gallery.photo import open_sample
from gallery.styles.inquiries import MEASURED, SKETCH_SIDE, features, measured, sketch, strengths
from gallery.styles.masks import shape_mask
from models import style_transfer as style
from models._images import to_grey
from models._load import load
from models._spec import read_card
from models._style_pictures import fit, resize
from models.networks import style_network
from models.networks.loss_networks import TINY_VGG

WORDS = tomllib.loads((PAGES / "33_Style_Transfer.toml").read_text("utf-8"))
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
GRAM, SHUFFLED, CONTENT, TRAINED = 1, 2, 4, 0  # places among the corrections
BLOCKS = (16, 24, 32, 48, 64)


def numbers(sentence: str) -> list[float]:
    """The numbers of a sentence, but for those in names of layers."""
    plain = re.sub(r"relu\d_\d", "", sentence).replace(",", "")
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)]


def right(language: str, place: int) -> list[float]:
    return numbers(WORDS[language]["corrections"][place]["right"])


@functools.cache
def shuffled(block: int) -> tuple[style.LayerMove, ...]:
    return style.shuffle_pixels(open_sample("temple").pixels, block).layers


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


# --- the networks


@LANGUAGES
def test_a_style_is_as_few_numbers_as_the_page_says(language):
    explained = numbers(WORDS[language]["sections"]["fast"]["explain"])
    network = dict(load(style_network.SPEC).named_parameters())
    few = sum(each[0].numel() for name, each in network.items() if name[-5:] in {"scale", "shift"})
    whole = sum(each.numel() for each in network.values())
    assert {few, whole} <= set(explained)


def test_the_network_knows_sixteen_styles():
    assert len(style.STYLES) == 16
    assert "sixteen styles" in WORDS["en"]["sections"]["fast"]["lead"]
    assert "十六种风格" in WORDS["zh"]["sections"]["fast"]["lead"]


@LANGUAGES
def test_the_weights_that_stand_still_are_counted(language):
    assert right(language, TRAINED) == [read_card(TINY_VGG.spec.name)["parameters"]]


def test_every_painting_says_when_its_artist_died():
    for key, each in style.STYLES.items():
        is_painting = not each.source.startswith("procedural")
        assert bool(re.search(r"died in \d{4}:", each.source)) == is_painting, key


# --- what style is


@LANGUAGES
def test_products_are_no_correlations(language):
    entries, percent = right(language, GRAM)
    photo = open_sample("temple").pixels
    first = style.gram_matrices(photo, side=SKETCH_SIDE)[0]
    assert first.layer == "relu1_1"
    assert first.values.size == entries
    assert first.values.min() >= 0
    maps = features(photo, "relu1_1", "tiny_vgg", SKETCH_SIDE)
    every = np.corrcoef(maps.reshape(len(maps), -1))
    negative = (every[np.triu_indices(len(every), 1)] < 0).mean()
    assert abs(100 * negative - percent) < 2


@LANGUAGES
def test_single_pixels_move_the_matrices_as_far_as_the_page_says(language):
    (times,) = right(language, SHUFFLED)
    colours, *layers = shuffled(1)
    assert layers[-1].layer == "relu3_1"
    assert layers[-1].gram == pytest.approx(times, abs=0.15)
    assert colours.gram < 1e-6
    low, high, least, most, block = numbers(WORDS[language]["experiments"][4]["notice"])
    assert low - 0.05 < min(each.gram for each in layers)
    assert max(each.gram for each in layers) < high + 0.1
    assert least - 0.05 < min(each.features for each in layers)
    assert max(each.features for each in layers) < most + 0.05
    assert all(each.gram > each.features for each in layers)
    assert block == BLOCKS[0]


@LANGUAGES
def test_larger_blocks_have_fewer_seams_from_where_the_page_says(language):
    assert BLOCKS[0] in numbers(WORDS[language]["controls"]["block"]["help"])
    for smaller, larger in itertools.pairwise(BLOCKS):
        for one, other in zip(shuffled(smaller)[1:], shuffled(larger)[1:], strict=True):
            assert other.gram < one.gram, (one.layer, smaller, larger)
    single, small = ({each.layer: each.gram for each in shuffled(n)} for n in (1, 4))
    assert small["relu3_1"] > single["relu3_1"]  # they may move it even further


# --- content and style as numbers


@pytest.mark.slow
@LANGUAGES
def test_a_first_layer_gives_the_photo_back_and_a_deep_one_does_not(language):
    low, deep = right(language, CONTENT)
    photo = open_sample("temple").pixels
    wanted = fit(photo, 160, TINY_VGG.minimum_side)
    *_, last = style.reconstruct_content(photo, "relu1_1")
    assert correlation(last.pixels, wanted) > low
    *_, last = style.reconstruct_content(photo, "relu3_1")
    assert correlation(last.pixels, wanted) == pytest.approx(deep, abs=0.1)


@LANGUAGES
def test_photos_of_different_things_are_as_far_apart_as_the_page_says(language):
    far = numbers(WORDS[language]["words"]["content_help"])[-1]
    assert far in numbers(WORDS[language]["sections"]["compare"]["explain"])
    photos = [open_sample(key).pixels for key in ("temple", "cat", "coffee", "rocket")]
    apart = [
        style.content_distance(one, other, side=MEASURED).relative
        for one, other in itertools.permutations(photos, 2)
    ]
    assert far == pytest.approx(np.mean(apart), abs=0.06)


@pytest.mark.slow
def test_strength_leads_towards_its_own_style_and_others_lead_away():
    photo, picture = (open_sample(key).pixels for key in ("temple", "style_stained_glass"))
    grown = strengths(photo, picture, "stained_glass")
    content, far = ([row[place] for row in grown] for place in (1, 2))
    assert content == sorted(content)
    assert content[0] == 0
    assert far == sorted(far, reverse=True)
    assert max(style for _, style in measured(photo, picture)) > far[0]


# --- the experiments


def test_the_colours_of_a_night_can_be_taken_out_again():
    photo = open_sample("temple").pixels
    kept = style.stylise(photo, "starry_night", keep_colours=True, side=256).pixels
    plain = style.stylise(photo, "starry_night", side=256).pixels
    small = resize(photo, *kept.shape[:2])
    blue = [
        float((each[..., 2].astype(int) - each[..., 0]).mean()) for each in (kept, small, plain)
    ]
    assert abs(blue[0] - blue[1]) < 4
    assert blue[2] > blue[1] + 10
    assert correlation(to_grey(kept), to_grey(plain)) > 0.95  # the strokes stay


def test_the_guessed_mask_holds_the_astronaut():
    photo = open_sample("astronaut").pixels
    mask = shape_mask(photo, "subject")
    rows, columns = mask.shape
    down, across = slice(round(0.13 * rows), round(0.33 * rows)), slice(round(0.37 * columns), None)
    face = mask[down, across][:, : round(0.15 * columns)]
    assert face.mean() > 0.9
    assert mask.mean() < 0.8


def test_style_alone_from_noise_has_nothing_of_the_photo():
    photo, picture = (open_sample(key).pixels for key in ("temple", "style_stained_glass"))
    settings = {"model": "tiny_vgg", "alpha": 0.0, "start": "noise"}
    last = sketch(photo, picture, None, **settings)[-1].pixels
    assert abs(correlation(to_grey(last), to_grey(resize(photo, *last.shape[:2])))) < 0.1
    before = style.style_distance(photo, picture, side=SKETCH_SIDE).relative
    assert style.style_distance(last, picture, side=SKETCH_SIDE).relative < 0.7 * before


def test_a_printed_page_in_glass_loses_its_lines_before_its_heading():
    """Letters are the fine part of a page: what is left of it after a blur is taken away."""

    def fine(pixels: np.ndarray, rows: slice) -> np.ndarray:
        grey = to_grey(pixels).astype(np.float32)
        return (grey - cv2.GaussianBlur(grey, (0, 0), 4))[rows]

    asked = WORDS["experiments"][5]
    assert asked == "section=fast&photo=page&style=stained_glass"
    photo = open_sample("page").pixels
    made = style.stylise(photo, "stained_glass", side=512).pixels
    heading, lines = slice(8, 35), slice(48, 125)
    assert correlation(fine(made, lines), fine(photo, lines)) < 0.55
    assert correlation(fine(made, heading), fine(photo, heading)) > 0.6
    moved = style.content_distance(made, photo, side=MEASURED).relative
    assert moved == pytest.approx(numbers(WORDS["en"]["words"]["content_help"])[-1], abs=0.1)
