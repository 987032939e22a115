"""The network of all styles: its sizes, blends, tiles, odd sides, and the card beside it."""

import hashlib

import pytest
import torch
from torch import nn

from models._load import load
from models._spec import WEIGHTS, read_card
from models.networks._style_layers import EPSILON, ConditionalNorm, StyleNetwork, _Style
from models.networks.style_network import FACTOR, FOLDER, REACH, SPEC, STYLES, build

CARD = read_card(FOLDER)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return load(SPEC, "cpu")


def weights_of(*chosen: int) -> torch.Tensor:
    return torch.eye(len(STYLES))[list(chosen)]


def photos_of(*shape: int, seed: int = 0) -> torch.Tensor:
    """Smooth colours with some noise."""
    random = torch.Generator().manual_seed(seed)
    count, height, width = shape
    coarse = torch.rand(count, 3, 4, 4, generator=random)
    smooth = nn.functional.interpolate(coarse, (height, width), mode="bilinear")
    noise = 0.2 * torch.rand(count, 3, height, width, generator=random)
    return (smooth + noise).clamp(0, 1)


# --- what it is


def test_an_untrained_network_is_what_the_file_fills() -> None:
    with torch.device("meta"):
        untrained = build()
    assert isinstance(untrained, StyleNetwork)
    loaded = load(SPEC, "cpu").state_dict()
    assert {name: each.shape for name, each in untrained.state_dict().items()} == {
        name: each.shape for name, each in loaded.items()
    }
    assert not untrained.training or all(each.is_meta for each in untrained.parameters())


def test_the_card_names_the_files_and_counts_the_parameters() -> None:
    for name, entry in CARD["files"].items():
        content = (WEIGHTS / FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"]
    assert CARD["parameters"] == sum(each.numel() for each in build().parameters()) < 1_000_000


def test_the_card_says_of_each_style_whose_it_is_and_why_it_is_free() -> None:
    assert [style["key"] for style in CARD["styles"]] == list(STYLES) == list(CARD["per_style"])
    assert len(set(STYLES)) == len(STYLES) >= 12
    for style in CARD["styles"]:
        assert all(style[key] for key in ("en", "zh", "by", "year", "source"))
        assert any("\u4e00" <= letter <= "\u9fff" for letter in style["zh"])
        assert "public domain" in style["source"] or "drawn by the project" in style["source"]


def test_the_card_adds_up() -> None:
    removed = [each["removed"] for each in CARD["per_style"].values()]
    moved = [each["moved"] for each in CARD["per_style"].values()]
    metrics = CARD["metrics"]
    assert sum(removed) / len(removed) == pytest.approx(metrics["style_removed"], abs=1e-3)
    assert sum(moved) / len(moved) == pytest.approx(metrics["content_moved"], abs=1e-3)
    assert min(removed) == pytest.approx(metrics["style_removed_least"], abs=1e-3)
    assert SPEC.metrics == metrics


# --- what it does


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 47), (18, 61), (3, 5), (1, 1)])
@torch.inference_mode()
def test_sides_of_any_length(network: nn.Module, height: int, width: int) -> None:
    painted = network(photos_of(2, height, width), weights_of(0, 1))
    assert painted.shape == (2, 3, height, width)
    assert painted.isfinite().all()
    assert 0 <= painted.min() <= painted.max() <= 1


@torch.inference_mode()
def test_what_is_added_to_odd_sides_reaches_no_further_than_said(network: nn.Module) -> None:
    photo, weights = photos_of(1, 90, 130), weights_of(2)
    known = network.statistics(photo, weights)
    whole = network(photo, weights, known)
    trimmed = network(photo[..., :-3], weights, known)
    apart = (whole[..., : -3 - REACH] - trimmed[..., :-REACH]).abs().max()
    assert apart < 1 / 255


@torch.inference_mode()
def test_each_photo_of_a_batch_is_painted_as_if_alone(network: nn.Module) -> None:
    photos, weights = photos_of(3, 40, 40), weights_of(0, 5, 9)
    together = network(photos, weights)
    for number in range(3):
        alone = network(photos[number : number + 1], weights[number : number + 1])
        torch.testing.assert_close(together[number : number + 1], alone, rtol=0, atol=1e-4)


@torch.inference_mode()
def test_a_blend_with_one_weight_is_that_style(network: nn.Module) -> None:
    photo = photos_of(1, 48, 48)
    blend = torch.zeros(1, len(STYLES))
    blend[0, 3] = 1
    assert torch.equal(network(photo, blend), network(photo, weights_of(3)))


@torch.inference_mode()
def test_styles_differ_and_a_blend_lies_on_neither(network: nn.Module) -> None:
    photo = photos_of(1, 48, 48)
    first, second = network(photo, weights_of(0)), network(photo, weights_of(1))
    half = network(photo, (weights_of(0) + weights_of(1)) / 2)
    assert (first - second).abs().mean() > 0.02
    assert min((half - each).abs().mean() for each in (first, second)) > 0.005


@torch.inference_mode()
def test_tiles_are_painted_as_the_whole_is(network: nn.Module) -> None:
    photo, weights = photos_of(1, 192, 256), weights_of(4)
    known = network.statistics(photo, weights)
    whole = network(photo, weights)
    torch.testing.assert_close(network(photo, weights, known), whole, rtol=0, atol=1e-4)
    for top, left in ((0, 0), (24, 64), (60, 104)):
        assert top % FACTOR == left % FACTOR == 0
        tile = photo[..., top : top + 132, left : left + 152]
        painted = network(tile, weights, known)
        inner = painted[..., REACH:-REACH, REACH:-REACH]
        expected = whole[..., top + REACH : top + 132 - REACH, left + REACH : left + 152 - REACH]
        assert (inner - expected).abs().max() < 1 / 255


@torch.inference_mode()
def test_without_the_statistics_of_the_whole_tiles_differ(network: nn.Module) -> None:
    photo, weights = photos_of(1, 192, 256, seed=3), weights_of(4)
    whole = network(photo, weights)[..., :132, :152]
    alone = network(photo[..., :132, :152], weights)
    inside = (whole - alone)[..., REACH:-REACH, REACH:-REACH]
    assert inside.abs().max() > 1 / 255


def test_a_pixel_sees_no_further_than_said() -> None:
    torch.manual_seed(0)
    network = build().eval()
    photo = torch.rand(1, 3, 160, 160, requires_grad=True)
    weights = weights_of(0)
    known = [each.detach() for each in network.statistics(photo, weights)]
    network(photo, weights, known)[0, :, 80, 80].sum().backward()
    rows, columns = photo.grad.abs().sum((0, 1)).nonzero(as_tuple=True)
    seen = max(80 - rows.min(), rows.max() - 80, 80 - columns.min(), columns.max() - 80)
    assert REACH - 8 <= int(seen) <= REACH


def test_a_normalisation_is_torchs_with_a_scale_and_a_shift_of_the_blend() -> None:
    torch.manual_seed(0)
    norm = ConditionalNorm(5, 3)
    nn.init.normal_(norm.scale)
    nn.init.normal_(norm.shift)
    values, weights = torch.randn(2, 5, 7, 9) * 3 + 1, torch.tensor([[0.2, 0.3, 0.5], [1, 0, 0]])
    style = _Style(weights, None)
    found = norm(values, style)
    plain = nn.functional.instance_norm(values, eps=EPSILON)
    expected = plain * (weights @ norm.scale)[..., None, None]
    expected = expected + (weights @ norm.shift)[..., None, None]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    (moments,) = style.found
    variance, mean = torch.var_mean(values, dim=(2, 3), correction=0)
    torch.testing.assert_close(moments, torch.stack([mean, variance], 1))
    torch.testing.assert_close(norm(values, _Style(weights, [moments])), found)


@torch.inference_mode()
def test_one_colour_stays_calm(network: nn.Module) -> None:
    painted = network(torch.full((1, 3, 64, 64), 0.5), weights_of(0))
    middle = painted[..., 8:-8, 8:-8]
    assert painted.isfinite().all()
    assert middle.std(dim=(2, 3)).max() < 0.25
