"""The widgets, figures and films of the page that transfers styles; a page's second picture."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from gallery import figures
from gallery.components.blend_pad import _mixed, _parse
from gallery.components.brush import _packed, _unpacked
from gallery.components.webp import packed_url, webp_bytes, webp_url
from gallery.demos import PAGES
from gallery.photo import finest, open_sample, own_photo, sample_of, samples
from gallery.show import _Work
from gallery.styles.case import PREVIEW
from gallery.styles.inquiries import (
    MEASURED,
    far_from_painting,
    film,
    laid,
    measured,
    resized,
    sized,
    tile_count,
)
from gallery.styles.learned import _whole, learned
from gallery.styles.masks import shape_mask
from gallery.takeaway import Written, png_bytes, snippet
from models import style_transfer as styles
from models._style_distances import gram_distance
from training import _style_grams
from training._style_data import PAINTINGS
from training._style_grams import SIDE, packed


def grid(rows: int, columns: int) -> np.ndarray:
    """Weights of four corners that change linearly, as a pad's do."""
    down, across = np.mgrid[:rows, :columns]
    down, across = down / (rows - 1), across / (columns - 1)
    corners = [(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across]
    return np.stack(corners, axis=-1).astype(np.float32)


@pytest.mark.parametrize("place", [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.31, 0.87)])
def test_between_its_nodes_a_pad_weighs_as_at_them(place):
    across, down = place
    exact = [(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across]
    assert _mixed(grid(5, 5), place) == pytest.approx(exact, abs=1e-4)


def test_a_pad_of_two_styles_has_one_row():
    line = np.array([[[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]], np.float32)
    assert _mixed(line, (0.25, 0.5)) == [0.75, 0.25]
    assert _mixed(line, (1.0, 0.5)) == [0.0, 1.0]


@pytest.mark.parametrize(
    "raw", ["", "1", "0.5,x", "nan,0", "1.1,0", "0,-0.1", "0,0,0", "inf,0", None]
)
def test_only_a_place_on_the_pad_is_one(raw):
    assert _parse(raw) is None


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (16, 8), (127, 192)])
def test_a_mask_comes_back_from_the_browser_as_it_went(shape):
    cells = np.random.default_rng(0).random(shape) < 0.5
    back = _unpacked(_packed(cells), shape)
    assert back is not None
    assert (back == cells).all()


@pytest.mark.parametrize(
    "bits", [None, 7, "", "no base64!", _packed(np.ones((9, 9), bool)), "A" * 10**6]
)
def test_what_is_no_mask_is_not_believed(bits):
    assert _unpacked(bits, (4, 4)) is None


@pytest.mark.parametrize("shape", ["subject", "oval", "left", "top"])
@pytest.mark.parametrize("size", [(1, 1), (30, 300), (40, 30), (700, 500)])
def test_a_mask_to_begin_with_lies_over_any_photo(shape, size):
    photo = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    mask = shape_mask(photo, shape)
    assert mask.dtype == bool
    assert max(mask.shape) <= 192
    assert mask.shape[0] / mask.shape[1] == pytest.approx(size[0] / size[1], rel=0.05)


def test_the_subject_is_what_differs_from_the_rim():
    photo = np.full((120, 160, 3), (40, 120, 60), np.uint8)
    photo[30:90, 50:110] = (210, 40, 40)
    noise = np.random.default_rng(2).integers(-8, 9, photo.shape)
    mask = shape_mask((photo + noise).astype(np.uint8), "subject")
    truth = np.zeros(mask.shape, bool)
    truth[30:90, 50:110] = True
    assert (mask == truth).mean() > 0.98
    assert (mask == shape_mask((photo + noise).astype(np.uint8), "subject")).all()


def test_tiles_are_laid_where_they_belong():
    whole = np.random.default_rng(3).integers(0, 256, (30, 50, 3), dtype=np.uint8)
    boxes = [(0, 0, 20, 30), (0, 30, 20, 50), (20, 0, 30, 30), (20, 30, 30, 50)]
    tiles = [
        styles.Tile(place, 4, top, left, whole[top:bottom, left:right], (30, 50), None, ())
        for place, (top, left, bottom, right) in enumerate(boxes, start=1)
    ]
    assert (laid(tiles, 64) == whole).all()
    assert (laid(tiles[:1], 64)[20:] == 128).all()


@pytest.mark.parametrize("size", [(64, 64), (384, 385), (400, 1100)])
def test_the_number_of_tiles_is_known_before_they_are_painted(size):
    photo = np.zeros((*size, 3), np.uint8)
    first = next(styles.stylise_tiles(photo, side=2048))
    assert first.steps == tile_count(*size)


@pytest.mark.parametrize("side", [1, 64, 1024])
def test_a_picture_is_resized_to_its_longer_side(side):
    photo = np.zeros((30, 90, 3), np.uint8)
    assert resized(photo, side).shape[:2] == sized((30, 90), side)
    assert max(sized((30, 90), side)) == side
    assert resized(photo, 90) is photo


def steps_of(count: int) -> list[styles.Step]:
    losses = styles.Losses(3.0, 1.0, 1.0, 1.0, {}, {})
    return [
        styles.Step(step, count - 1, np.full((8, 12, 3), step, np.uint8), losses)
        for step in range(count)
    ]


def test_a_film_keeps_only_its_last_picture_unpacked_and_counts_on():
    shots = list(film(steps_of(4)))
    assert [shot.pixels is None for shot in shots] == [True, True, True, False]
    more = list(film(steps_of(3), shots[-1]))
    assert [shot.step for shot in more] == [4, 5]
    assert shots[-1].pixels is None
    assert more[-1].pixels is not None
    assert Image.open(io.BytesIO(shots[0].packed)).size == (12, 8)


def test_long_work_goes_on_where_it_stands():
    work = _Work(settings=())
    work.begin((number for number in range(3)), 3)
    work.advance()
    assert (work.found, work.running) == ([0, 1, 2], None)
    work.resume((number for number in range(3, 5)), 2)
    assert work.aim == 5
    work.advance()
    assert work.found == [0, 1, 2, 3, 4]


def test_a_webp_is_as_small_as_asked_for():
    pixels = np.zeros((100, 300, 3), np.uint8)
    assert Image.open(io.BytesIO(webp_bytes(pixels, 60))).size == (60, 20)
    raw = webp_url(pixels).removeprefix("data:image/webp;base64,")
    assert packed_url(base64.b64decode(raw)) == webp_url(pixels)


def test_style_pictures_are_no_photos():
    assert samples("style")
    assert not set(samples("style")) & set(samples())
    for key in samples("style"):
        assert open_sample(key).sample == key
        assert sample_of(key).licence


def test_the_finest_of_a_photo_is_its_file():
    target = io.BytesIO()
    Image.effect_mandelbrot((1500, 300), (-2, -1.5, 1, 1.5), 20).convert("RGB").save(target, "PNG")
    own = own_photo(target.getvalue())
    assert own.size[0] == 1024
    assert finest(own, 2048).shape == (300, 1500, 3)
    assert finest(own, 500).shape[1] == 500
    coffee = open_sample("coffee")
    assert (finest(coffee, 2048) == coffee.pixels).all()


def test_code_opens_two_pictures_and_makes_a_mask():
    code = snippet(styles.content_distance, open_sample("coffee"), open_sample("cat"))
    assert 'picture = open_sample("coffee").pixels\nphoto = open_sample("cat").pixels' in code
    assert "style_transfer.content_distance(picture, photo)" in code
    mask = Written("mask", ("mask = 1",))
    code = snippet(styles.stylise_regions, open_sample("coffee"), mask)
    assert "mask = 1" in code
    assert "stylise_regions(photo, mask)" in code


def test_losses_of_zero_are_left_out_of_the_drawing_but_not_of_the_table():
    terms = {"all": [3.0, 2.0], "content": [0.0, 1e-3], "smooth": [0.0, 0.0]}
    drawn = figures.losses([0, 1], terms, "title", "alt", x="step", y="loss")
    assert [trace.name for trace in drawn.figure.data] == ["all", "content"]
    assert drawn.table["smooth"] == [0.0, 0.0]


def test_standings_join_only_what_is_asked():
    points = [figures.Standing(f"p{n}", "ab"[n % 2], n, 2 * n) for n in range(4)]
    drawn = figures.standings(
        points, "title", "alt", x="content", y="style", name="r", joined=["a"]
    )
    assert [trace.mode for trace in drawn.figure.data] == ["lines+markers", "markers"]
    assert drawn.table["r"] == ["a: p0", "b: p1", "a: p2", "b: p3"]


def test_a_face_is_the_middle():
    photo = np.zeros((40, 100, 3), np.uint8)
    photo[:, 30:70] = 255
    assert (figures.face(photo, 20) == 255).all()


# --- the page


def page(section: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / "33_Style_Transfer.py"), default_timeout=60)
    for key, value in {"lang": "en", "section": section, **query}.items():
        app.query_params[key] = value
    return app.run()


def own(section: str, shape: tuple[int, int, int]) -> AppTest:
    """The page with a photo of the visitor's: noise of that height, width and depth."""
    pixels = np.random.default_rng(4).integers(0, 256, shape, dtype=np.uint8)
    app = page(section, photo="page")
    next(each for each in app.selectbox if ".photo" in (each.key or "")).select_index(0).run()
    app.file_uploader[0].set_value(("mine.png", png_bytes(pixels), "image/png")).run()
    assert not app.exception
    assert not app.error
    return app


def code_of(app: AppTest) -> str:
    (code,) = [each.value for each in app.code if each.value.startswith("from models import")]
    return str(code)


def answer_of(app: AppTest) -> object:
    names: dict[str, object] = {}
    exec(code_of(app).replace("print(", "("), names)
    return names["answer"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    [
        {"section": "fast", "style": "mosaic", "strength": "0.4", "colours": "histogram"},
        {"section": "blend", "corner_3": "none", "corner_4": "none", "at": "0.25,0.5"},
        {"section": "regions", "shape": "oval", "first": "udnie", "feather": "3.0"},
    ],
)
def test_the_code_makes_the_picture_on_the_page(query):
    app = page(photo="page", **query)
    kept = app.session_state["_made-styles"][0].pixels
    assert np.array_equal(answer_of(app).pixels, kept)


@pytest.mark.slow
@pytest.mark.parametrize("section", ["definition", "layers"])
def test_the_code_makes_the_sketch_that_is_seen(section):
    app = page(section, photo="page")
    settings = {"definition": "steps=20, side=128", "layers": "steps=16, side=96"}
    assert code_of(app).count(settings[section]) == {"definition": 1, "layers": 3}[section]
    assert answer_of(app).step == {"definition": 20, "layers": 16}[section]


@pytest.mark.slow
def test_the_code_measures_the_end_of_the_dotted_line():
    app = page("compare", photo="page", style="woodcut")
    far = measured(open_sample("page").pixels, open_sample("style_stained_glass").pixels)
    place = list(styles.STYLES).index("woodcut")
    assert answer_of(app).relative == pytest.approx(far[place][1])


@pytest.mark.slow
@pytest.mark.parametrize("section", ["fast", "blend", "regions"])
@pytest.mark.parametrize("shape", [(1, 1, 3), (20, 700, 3)])
def test_what_is_too_small_to_measure_is_painted_all_the_same(section, shape):
    app = own(section, shape)
    assert not app.warning
    said = [each.value for each in app.caption]
    assert sum(each.startswith(":material/info: The photo ") for each in said) == 1
    assert app.session_state["_made-styles"][0].pixels.shape[:2] != (0, 0)
    assert code_of(app)


@pytest.mark.slow
@pytest.mark.parametrize("section", ["definition", "style", "layers", "compare"])
def test_what_is_too_small_for_the_loss_network_gets_a_sentence(section):
    app = own(section, (1, 1, 3))
    (said,) = app.warning
    assert said.value.startswith("The photo has 1 × 1 pixels")


@pytest.mark.slow
@pytest.mark.parametrize("section", ["fast", "definition"])
def test_a_photo_with_holes_is_painted(section):
    app = own(section, (60, 80, 4))
    assert not app.warning
    assert code_of(app)


# --- the matrices of the paintings


PAINTED = [key for key in styles.STYLES if key in PAINTINGS]


@pytest.mark.parametrize("key", styles.STYLES)
def test_only_paintings_travel_as_gram_matrices(key):
    tables = learned(key)
    assert (tables is None) == (f"style_{key}" in samples("style")) == (key not in PAINTINGS)
    for values in (tables or {}).values():
        assert np.array_equal(values, values.T)
        assert values.min() >= 0
        assert np.linalg.eigvalsh(values).min() > -1e-3 * np.linalg.norm(values)


def test_a_matrix_survives_its_packing():
    (_, *_, last) = styles.gram_matrices(open_sample("coffee").pixels, side=SIDE)
    back = _whole(packed(last.values))
    assert np.abs(back - last.values).max() < 1e-3 * last.values.max()
    assert np.linalg.norm(back - last.values) < 1e-3 * np.linalg.norm(last.values)
    assert SIDE == MEASURED


def test_known_matrices_measure_as_their_picture_does():
    made, picture = (open_sample(key).pixels for key in ("coins", "style_mosaic"))
    known = {each.layer: each.values for each in styles.gram_matrices(picture, side=MEASURED)}
    found = gram_distance(made, known, "tiny_vgg", MEASURED)
    expected = styles.style_distance(made, picture, side=MEASURED)
    assert found.relative == pytest.approx(expected.relative, rel=1e-4)
    assert found.value == pytest.approx(expected.value, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("key", PAINTED)
def test_a_style_leads_towards_its_own_painting(key):
    photo = open_sample("temple").pixels
    before = far_from_painting(photo, key)
    assert far_from_painting(styles.stylise(photo, key, side=PREVIEW).pixels, key) < before


def test_a_painting_is_measured_on_the_page():
    app = page("fast", photo="page", style="starry_night")
    content, far = app.metric
    expected = far_from_painting(app.session_state["_made-styles"][0].pixels, "starry_night")
    assert far.value == f"{expected:.3f}"
    assert content.value != far.value


def test_the_matrices_are_written_from_the_paintings(tmp_path, monkeypatch):
    photo = open_sample("coffee").pixels
    monkeypatch.setattr(_style_grams, "PAINTINGS", {"udnie": "udnie.jpg"})
    monkeypatch.setattr(
        _style_grams,
        "style_picture",
        lambda style, data: torch.from_numpy(photo.copy()).permute(2, 0, 1) / 255,
    )
    _style_grams.write(tmp_path, tmp_path / "found.npz")
    expected = styles.gram_matrices(photo, side=SIDE)
    with np.load(tmp_path / "found.npz") as found:
        assert list(found) == [f"udnie/{each.layer}" for each in expected]
        for each in expected:
            np.testing.assert_array_equal(found[f"udnie/{each.layer}"], packed(each.values))
