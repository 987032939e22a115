"""The search for a picture: step by step what a textbook does, and free to stop at any of them."""

import threading
from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from skimage import data
from torch.nn import functional as F

from models import _style_slopes
from models import style_transfer as style
from models._errors import InputError
from models._gate import queue_length, turn
from models._load import load
from models._style_pictures import fit
from models._style_steps import Adam, LimitedMemory
from models.networks.loss_networks import TINY_VGG
from tests.patience import within
from tests.strategies import arguments

SIDE = 64
ALPHA, BETA, GAMMA = 2.0, 5000.0, 3.0
EXACT = {"history_size": 5, "tolerance_grad": 0, "tolerance_change": 0}
LAYERS = {"relu1_3": 1.0, "relu2_1": 3.0}


@pytest.fixture(scope="module")
def content():
    return fit(data.chelsea()[::3, ::3], SIDE, 32)


@pytest.fixture(scope="module")
def painting():
    return data.coffee()[::5, ::5]


def as_batch(pixels):
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255


class Textbook:
    """J written down from its definition, on the whole network as it was loaded."""

    def __init__(self, content, painting):
        self.wanted = self.features(as_batch(content))
        self.painted = self.features(as_batch(fit(painting, SIDE, 32)))

    def features(self, picture):
        named = {place: layer for layer, place in TINY_VGG.layers.items()}
        mean, std = (torch.tensor(x).view(1, 3, 1, 1) for x in (TINY_VGG.mean, TINY_VGG.std))
        values, found = (picture - mean) / std, {}
        for place, layer in enumerate(load(TINY_VGG.spec).features):
            values = layer(values)
            if place in named:
                found[named[place]] = values
        return found

    def gram(self, features):
        return torch.einsum("ihw,jhw->ij", features[0], features[0]) / features.numel()

    def terms(self, picture):
        found = self.features(picture)
        gap = (found["relu3_1"] - self.wanted["relu3_1"]) ** 2
        content = gap.sum() / (4 * gap.numel())
        by_layer = {
            layer: ((self.gram(found[layer]) - self.gram(self.painted[layer])) ** 2).sum() / 4
            for layer in LAYERS
        }
        style = sum(weight / 4 * by_layer[layer] for layer, weight in LAYERS.items())
        variation = ((picture[:, :, 1:] - picture[:, :, :-1]) ** 2).mean()
        variation = variation + ((picture[..., 1:] - picture[..., :-1]) ** 2).mean()
        return ALPHA * content + BETA * style + GAMMA * variation, content, style, variation

    def walk(self, optimiser, steps):
        """The pictures before each step, as levels, with their losses."""
        picture = self.start.clone().contiguous().requires_grad_()
        kind = {
            "adam": lambda: torch.optim.Adam([picture], lr=0.03),
            "lbfgs": lambda: torch.optim.LBFGS(
                [picture], max_iter=1, history_size=20, tolerance_grad=0, tolerance_change=0
            ),
        }[optimiser]()
        for _ in range(steps):
            yield picture.detach().clone(), [float(x.detach()) for x in self.terms(picture)]

            def closure():
                kind.zero_grad()
                total = self.terms(picture)[0]
                total.backward()
                return total

            kind.step(closure)
            picture.data.clamp_(0, 1)


def run(content, painting, **others):
    settings = {"alpha": ALPHA, "beta": BETA, "gamma": GAMMA, "style_layers": LAYERS}
    return style.optimise(content, painting, side=SIDE, **(settings | others))


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
def test_each_step_is_the_textbooks(content, painting, optimiser, monkeypatch):
    monkeypatch.setattr(_style_slopes, "halves_pay", lambda: False)
    book = Textbook(content, painting)
    book.start = as_batch(content)
    ours = run(content, painting, optimiser=optimiser, steps=6)
    for (picture, losses), step in zip(book.walk(optimiser, 7), ours, strict=True):
        levels = (picture[0].permute(1, 2, 0) * 255).numpy()
        assert np.abs(step.pixels - levels).max() < 2.5
        found = step.losses
        given = [found.total, found.content, found.style, found.variation]
        tolerance = 1e-4 if step.step == 0 else 1e-2  # rounding grows on the way
        assert given == pytest.approx(losses, rel=tolerance, abs=1e-7)


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
def test_half_precision_leads_as_far_down(content, painting, optimiser, monkeypatch):
    lost = []
    for halves in (False, True):
        monkeypatch.setattr(_style_slopes, "halves_pay", lambda halves=halves: halves)
        *_, last = run(content, painting, optimiser=optimiser, steps=30)
        lost.append(last.losses.total)
    assert lost[1] < 1.15 * lost[0]


@pytest.mark.parametrize(("stride", "padding"), [(1, 1), (2, 1), (1, 0)])
def test_the_slope_in_half_precision_is_nearly_the_exact_one(stride, padding, monkeypatch):
    chance = torch.Generator().manual_seed(0)
    values = torch.randn(1, 8, 21, 30, generator=chance)
    weights, bias = torch.randn(16, 8, 3, 3, generator=chance), torch.randn(16, generator=chance)
    slopes = []
    for halves in (False, True):
        monkeypatch.setattr(_style_slopes, "halves_pay", lambda halves=halves: halves)
        given = values.clone().requires_grad_()
        answer = _style_slopes.convolve(given, weights, bias, [stride] * 2, [padding] * 2)
        torch.testing.assert_close(answer, F.conv2d(values, weights, bias, stride, padding))
        slopes.append(torch.autograd.grad(answer.sin().sum(), given)[0])
    assert (slopes[1] - slopes[0]).norm() < 0.01 * slopes[0].norm()
    assert not torch.equal(*slopes)


def test_the_terms_add_up(content, painting):
    for step in run(content, painting, start="noise", steps=2):
        losses = step.losses
        assert sum(losses.weighted.values()) == pytest.approx(losses.total, rel=1e-5)
        assert losses.weighted["content"] == pytest.approx(ALPHA * losses.content)
        weighed = sum(weight / 4 * losses.layers[layer] for layer, weight in LAYERS.items())
        assert losses.style == pytest.approx(weighed, rel=1e-5)


def test_its_losses_are_the_distances(content, painting):
    first = next(run(content, painting, start="noise", style_layers=None))
    noise = first.pixels  # rounded to levels, which the losses are not
    expected = style.style_distance(noise, painting, side=SIDE).value
    assert first.losses.style == pytest.approx(expected, rel=0.02)
    expected = style.content_distance(noise, content, side=SIDE).value
    assert first.losses.content == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("start", ["content", "noise", "style"])
@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
def test_it_goes_down(content, painting, start, optimiser):
    film = list(run(content, painting, start=start, optimiser=optimiser, steps=12))
    assert [step.step for step in film] == list(range(13))
    assert film[-1].losses.total < 0.8 * film[0].losses.total
    assert all(step.pixels.shape == content.shape for step in film)


def test_it_begins_where_it_is_told(content, painting):
    first = next(run(content, painting))
    np.testing.assert_array_equal(first.pixels, content)
    assert first.losses.content < 1e-9
    picture = next(islice(run(content, painting, steps=3), 3, None)).pixels
    again = run(content, painting, picture=picture, start="noise")
    np.testing.assert_array_equal(next(again).pixels, picture)
    noise = [next(run(content, painting, start="noise", seed=seed)).pixels for seed in (1, 1, 2)]
    np.testing.assert_array_equal(noise[0], noise[1])
    assert (noise[0] != noise[2]).any()


def test_a_term_without_weight_is_not_measured(content, painting):
    (first, _) = run(content, painting, alpha=0, gamma=0, steps=1)
    assert (first.losses.content, first.losses.variation) == (0, 0)
    (first, last) = run(content, painting, beta=0, gamma=0, steps=1)
    assert first.losses.layers == {}
    np.testing.assert_array_equal(last.pixels, content)  # it is there already


@pytest.mark.parametrize("colours", ["luminance", "histogram"])
def test_colours_can_be_kept(content, painting, colours):
    *_, plain = run(content, painting, steps=8, beta=1e5)
    *_, kept = run(content, painting, steps=8, beta=1e5, keep_colours=True, colours=colours)

    def hue(pixels):
        return (pixels.astype(float) - pixels.mean(axis=2, keepdims=True)).mean(axis=(0, 1))

    gaps = [np.abs(hue(each.pixels) - hue(content)).max() for each in (plain, kept)]
    assert gaps[1] < gaps[0]


# --- reconstructions


def test_a_low_layer_gives_the_photo_back(content):
    film = list(style.reconstruct_content(content, "relu1_1", steps=40, side=SIDE))
    assert np.corrcoef(film[0].pixels.ravel(), content.ravel())[0, 1] < 0.2
    assert np.corrcoef(film[-1].pixels.ravel(), content.ravel())[0, 1] > 0.9
    assert film[-1].losses.content < 0.2 * film[0].losses.content


def test_a_style_is_painted_without_its_places(painting):
    film = list(style.reconstruct_style(painting, "relu1_3", steps=20, side=SIDE))
    assert film[-1].losses.style < 0.05 * film[0].losses.style
    assert list(film[0].losses.layers) == ["relu1_3"]
    together = next(style.reconstruct_style(painting, "relu2_2", together=True, side=SIDE))
    assert list(together.losses.layers) == ["relu1_1", "relu1_3", "relu2_1", "relu2_2"]


# --- others wait for nobody


@pytest.mark.parametrize("steps_seen", [0, 1, 3])
def test_whoever_stops_frees_the_machine(content, painting, steps_seen):
    film = run(content, painting, steps=500)
    list(islice(film, steps_seen))
    assert queue_length() == 0  # between two steps it is free already
    film.close()
    entered = threading.Event()

    def next_visitor():
        with turn():
            entered.set()

    threading.Thread(target=next_visitor, daemon=True).start()
    with within(1):
        assert entered.wait(60)
    assert list(film) == []


# --- bad and odd input

BLACK = np.zeros((40, 48, 3), np.uint8)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"content": np.zeros((1, 1, 3), np.uint8)}, "photo_too_small"),
        ({"style": np.zeros((300, 7, 3), np.uint8)}, "photo_too_small"),
        ({"content": np.zeros((10, 400, 3), np.uint8)}, "photo_too_narrow"),
        ({"content": np.zeros((40, 40, 4), np.uint8)}, "photo_shape"),
        ({"style": np.zeros((40, 40, 3), np.float32)}, "photo_shape"),
        ({"picture": np.zeros((0, 4, 3), np.uint8)}, "photo_shape"),
        ({"picture": [1, 2]}, "photo_shape"),
        ({"style_layers": {"relu9_1": 1}}, "not_a_choice"),
        ({"style_layers": {"relu1_1": -1}}, "weight_bad"),
        ({"style_layers": {"relu1_1": float("nan")}}, "weight_bad"),
        ({"style_layers": {"relu1_1": float("inf")}}, "weight_bad"),
        ({"style_layers": {"relu1_1": True}}, "weight_bad"),
        ({"style_layers": {"relu1_1": "much"}}, "weight_bad"),
        ({"content_layers": {"relu1_1": 0}}, "weights_zero"),
        ({"content_layers": {}}, "weights_zero"),
        ({"content_layers": [1, 2]}, "weights_unnamed"),
        ({"alpha": 0, "beta": 0, "gamma": 0}, "weights_zero"),
        ({"alpha": -1}, "out_of_range"),
        ({"steps": 0}, "out_of_range"),
        ({"start": "nothing"}, "not_a_choice"),
        ({"model": "vgg16"}, "not_a_choice"),
    ],
)
def test_bad_input_is_refused_before_any_work(changed, code):
    with pytest.raises(InputError) as caught:
        style.optimise(**({"content": BLACK, "style": BLACK} | changed))
    assert caught.value.code == code
    assert queue_length() == 0


@pytest.mark.parametrize("function", [style.reconstruct_content, style.reconstruct_style])
def test_a_layer_that_is_none_is_refused(function):
    with pytest.raises(InputError) as caught:
        function(BLACK, "relu9_1")
    assert caught.value.code == "not_a_choice"


@settings(max_examples=12, deadline=None)
@given(arguments(style.optimise))
def test_any_setting_gives_pictures_and_numbers(keywords):
    photo = np.random.default_rng(0).integers(0, 256, (33, 40, 3), dtype=np.uint8)
    flat = np.full((9, 90), 77, np.uint8)  # grey, narrow, of one colour
    keywords |= {"steps": 4, "side": SIDE, "model": "tiny_vgg"}
    assume(keywords["alpha"] or keywords["beta"] or keywords["gamma"])
    for step in style.optimise(photo, flat, **keywords):
        assert step.pixels.shape == photo.shape
        assert np.isfinite([step.losses.total, *step.losses.weighted.values()]).all()


def test_a_step_too_far_is_taken_back(content, painting):
    """Weights at their ends make slopes that L-BFGS steps over; the film stays finite."""
    film = list(run(content, painting, beta=1e6, gamma=1000, alpha=100, steps=25, start="noise"))
    totals = [step.losses.total for step in film]
    assert np.isfinite(totals).all()
    assert min(totals[-5:]) < totals[0]


def test_huge_photos_are_made_small_first():
    strip = np.zeros((10_000, 700), np.uint8)
    (first, _) = style.optimise(strip, BLACK, steps=1, side=SIDE)
    assert first.pixels.shape == (457, 32, 3)  # the shorter side needs 32


@pytest.mark.parametrize("kind", ["adam", "lbfgs"])
def test_steps_are_those_of_torch(kind):
    """On a slanted valley, where L-BFGS has something to learn."""
    chance = torch.Generator().manual_seed(0)
    slant = torch.randn(12, 12, generator=chance)
    valley = slant @ slant.T / 12 + 0.1 * torch.eye(12)
    point = torch.randn(12, generator=chance)
    theirs = point.clone().requires_grad_()
    stepper, optimiser = {
        "adam": lambda: (Adam(0.03), torch.optim.Adam([theirs], lr=0.03)),
        "lbfgs": lambda: (LimitedMemory(5), torch.optim.LBFGS([theirs], max_iter=1, **EXACT)),
    }[kind]()

    def closure():
        optimiser.zero_grad()
        height = (theirs @ valley @ theirs) / 2
        height.backward()
        return height

    for _ in range(15):
        optimiser.step(closure)
        point = point + stepper.step(valley @ point)
        torch.testing.assert_close(point, theirs.detach(), atol=1e-4, rtol=1e-3)


def test_a_move_that_leads_upwards_is_forgotten():
    stepper = LimitedMemory(5)
    stepper.step(torch.tensor([1.0, 0.0]))
    stepper.step(torch.tensor([0.5, 0.0]))
    stepper.past.append((torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 0.0]), torch.tensor(-1.0)))
    move = stepper.step(torch.tensor([0.6, 0.0]))
    assert move[0] < 0
