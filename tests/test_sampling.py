"""The pictures, files and widgets of the page that samples from generators."""

import io
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.stats import binom
from streamlit.testing.v1 import AppTest

from gallery import figures
from gallery.components import drawing, sliders, tiles, verdicts
from gallery.components.reel import Chart, Curve, Track, _chart, _parse, _track
from gallery.demos import PAGES
from gallery.photo import open_sample
from gallery.sampling import copying, counting, making, seeds
from gallery.sampling.guessing import luck
from gallery.sampling.pictures import as_gif, as_zip, enlarged, in_colour
from gallery.sampling.sketches import SIDE, opening_drawing, written
from gallery.takeaway import snippet
from models import gan_sampling

STOPS = tuple(np.linspace(-4, 4, 33).tolist())
NONSENSE = ["", "x", "1,", "nan", "1e9", "²", "-0x1", "1;2", "9" * 30]


def ramp(count: int, side: int = 4, channels: int = 3) -> np.ndarray:
    shades = np.arange(count, dtype=np.uint8) * 7
    return np.broadcast_to(shades[:, None, None, None], (count, side, side, channels)).copy()


@given(right=st.integers(0, 40), more=st.integers(0, 40))
def test_luck_is_the_tail_of_tossing_coins(right, more):
    asked = right + more
    assert luck(right, asked) == pytest.approx(binom.sf(right - 1, asked, 0.5), abs=1e-12)


def test_grey_and_coloured_pictures_come_out_in_colour():
    assert [one.shape for one in in_colour(ramp(2, channels=1))] == [(4, 4, 3)] * 2
    colours = ramp(2)
    np.testing.assert_array_equal(in_colour(colours)[1], colours[1])


@pytest.mark.parametrize("back", [False, True])
def test_a_gif_has_every_frame_and_runs_for_ever(back):
    packed = Image.open(io.BytesIO(as_gif(list(ramp(5)), back=back)))
    assert packed.n_frames == (8 if back else 5)
    assert packed.info["loop"] == 0
    packed.seek(4)
    assert np.ptp(np.asarray(packed.convert("RGB"))) == 0
    assert abs(int(np.asarray(packed.convert("RGB"))[0, 0, 0]) - 28) < 3


def test_single_frames_are_kept_as_they_are():
    frames = list(ramp(3))
    packed = zipfile.ZipFile(io.BytesIO(as_zip(frames, "walk")))
    assert packed.namelist() == [f"walk_{number:03d}.png" for number in range(3)]
    for name, frame in zip(packed.namelist(), frames, strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(packed.open(name))), frame)


@given(side=st.integers(1, 300))
def test_an_enlarged_pixel_is_a_square(side):
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    large = enlarged(picture, side)
    factor = large.shape[0] // 2
    np.testing.assert_array_equal(large[::factor, ::factor], picture)
    assert large.shape == (2 * factor, 2 * factor, 3)


def test_a_grid_has_its_pictures_under_the_pointer():
    images = ramp(6).reshape(2, 3, 4, 4, 3)
    drawn = figures.picture_grid(images, ["a", "b"], ["x", "y", "z"], x="class", y="seed")
    image, points = drawn.figure.data
    width = len(drawn.figure.layout.xaxis.tickvals)
    sheet = figures.picture_sheet(images)
    for row in range(2):
        for column in range(3):
            top, left = row * 6 + 1, column * 6 + 1  # with half a gap before it
            assert (sheet[top : top + 4, left : left + 4] == images[row, column]).all()
    assert points.text[4] == "seed b<br>class y"
    assert (points.x[4], points.y[4]) == (1, 1)
    assert image.x0 - image.dx / 2 == pytest.approx(-0.5)
    pixels = round(width / image.dx)
    assert image.x0 + (pixels - 0.5) * image.dx == pytest.approx(width - 0.5)


def test_a_visitors_name_of_a_seed_is_no_markup():
    drawn = figures.picture_grid(ramp(2).reshape(2, 1, 4, 4, 3), ["<b>a</b>", "b"], ["x"])
    assert drawn.figure.layout.yaxis.ticktext[0] == "&lt;b&gt;a&lt;/b&gt;"
    assert "<b>" not in "".join(drawn.figure.data[1].text)


AMOUNTS = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.lists(AMOUNTS, max_size=9), st.none() | AMOUNTS)
def test_bars_leave_room_for_their_numbers(amounts, mark):
    names = [str(place) for place in range(len(amounts))]
    low, high = figures.bars(names, amounts, mark=mark).figure.layout.xaxis.range
    ends = [0.0, *amounts, *([] if mark is None else [mark])]
    assert low <= min(ends) <= max(ends) <= high
    assert low < high
    assert (low < min(ends)) == (min(ends) < 0)


def test_a_strip_has_its_middle_and_its_mark_in_the_table():
    drawn = figures.strips(
        {"real": [1.0, 2.0, 3.0], "made": [0.0, 0.0]}, x="score", marks={"this": 2.5}
    )
    assert drawn.table["#"] == ["real", "made", "this"]
    assert drawn.table["50%"] == [2.0, 0.0, 2.5]


def test_a_ruler_keeps_its_amounts_and_draws_nothing_as_little():
    drawn = figures.ruler({"real": 0.0, "made": 4.0, "noise": 900.0}, x="distance")
    assert drawn.table["distance"] == [0.0, 4.0, 900.0]
    assert drawn.figure.data[0].x[0] == pytest.approx(1e-3)


def test_frames_of_a_film_stand_where_the_browser_looks_for_them():
    sent = _track(Track("title", "alt", in_colour(ramp(5))))
    assert (sent["columns"], sent["width"], sent["height"]) == (3, 4, 4)
    chart = _chart(Chart([Curve("a", np.arange(3), np.ones(3))], np.arange(3), "x", "y"))
    assert chart["curves"][0]["y"] == [1.0, 1.0, 1.0]
    assert _parse("4", 5) == 4
    assert [_parse(raw, 5) for raw in ["5", "-1", *NONSENSE]] == [None] * (2 + len(NONSENSE))


@given(amounts=st.lists(st.floats(-4, 4), min_size=1, max_size=6))
def test_sliders_come_back_from_the_address_where_they_stood(amounts):
    stand = tuple(STOPS[sliders._nearest(STOPS, amount)] for amount in amounts)
    assert sliders._parse(sliders._write(stand), STOPS) == stand
    assert max(abs(a - b) for a, b in zip(amounts, stand, strict=True)) <= 0.125 + 1e-9


def test_nonsense_moves_no_slider_and_keeps_no_seed():
    assert [sliders._parse(raw, STOPS) for raw in NONSENSE] == [None] * len(NONSENSE)
    assert [seeds._parse(raw) for raw in NONSENSE] == [None] * len(NONSENSE)
    assert seeds._parse("3,17,3") == (3, 17)
    assert seeds._parse(seeds._write((2**31 - 1, 0))) == (2**31 - 1, 0)
    assert seeds._parse(str(2**31)) is None
    assert seeds._parse(",".join(map(str, range(13)))) is None
    assert [tiles._several(raw, 2) for raw in [*NONSENSE, "1", "1,1"]] == [None] * (
        len(NONSENSE) + 2
    )
    assert tiles._several("4,2,4", 2) == (4, 2)


@pytest.mark.parametrize(
    "sent",
    [None, [], "x" * 16, [0] * 16, [1] * 15, [1.5] * 16, [True] * 16, [256] * 16, [-1] * 16],
)
def test_what_is_no_drawing_is_none(sent):
    assert drawing._picture(sent, 4) is None


def test_a_drawing_arrives_as_it_was_drawn():
    sent = [0] * 15 + [255]
    drawn = drawing._picture(sent, 4)
    assert drawn.shape == (4, 4)
    assert drawn[3, 3] == 255


@pytest.mark.parametrize("model", ["gan_digits", "gan_fashion"])
def test_something_is_drawn_before_the_visitor_draws(model):
    drawn = opening_drawing(model, 56)
    assert drawn.shape == (56, 56)
    assert 0.05 < (drawn > 128).mean() < 0.6
    assert drawn[0].max() == 0


def test_a_verdict_is_places_of_pictures_only(monkeypatch):
    kept = {"_verdict-x-board": {"marked": [3, 3, 99, 1]}}
    monkeypatch.setattr(verdicts.st, "session_state", kept)
    verdicts._take("_verdict-x", 12)
    assert kept["_verdict-x"] == (1, 3)
    kept["_verdict-x-board"]["marked"] = ["1", None]
    verdicts._take("_verdict-x", 12)
    assert kept["_verdict-x"] == (1, 3)


def at(section: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / "41_GAN_Sampling.py"), default_timeout=120)
    for key, value in {"lang": "en", "section": section, **query}.items():
        app.query_params[key] = value
    return app.run()


def write(app: AppTest, line: str, text: str) -> AppTest:
    key = f"gan_sampling.{line}"
    return next(each for each in app.text_input if each.key == key).set_value(text).run()


def read(app: AppTest, *names: str) -> list[str | None]:
    """What the address holds under those names."""
    assert not app.exception
    found = [app.query_params.get(name) for name in names]
    return [each[0] if isinstance(each, list) else each for each in found]


def test_a_word_opens_its_seed_and_the_link_holds_the_number():
    app = write(at("samples", seed="3"), "named.line", "Ada *L*")
    number = str(gan_sampling.seed_of("Ada *L*"))
    assert read(app, "asked", "seed") == [number, number]
    assert f"“Ada \\*L\\*” is seed {number}." in [each.value for each in app.caption]
    assert not any("Ada" in str(value) for value in app.query_params.values())
    shared = at("samples", asked=number, seed=number)  # somebody else, who knows no name
    assert read(shared, "asked", "seed") == [number, number]
    assert any(f"Sample {number}," in each.value for each in shared.markdown)


def test_a_number_is_its_own_seed_and_an_empty_line_none():
    app = write(at("samples"), "named.line", " 777 ")
    assert read(app, "asked", "seed") == ["777", "777"]
    assert not any("is seed" in each.value for each in app.caption)
    assert read(write(app, "named.line", ""), "asked", "seed") == [None, None]


def test_a_grid_says_of_every_picture_what_it_was_made_of():
    digits = [str(digit) for digit in range(10)]
    knobs = SimpleNamespace(
        **{name: SimpleNamespace(label=name) for name in ("label", "truncation")}
    )
    words = SimpleNamespace(seed="seed", length="length")
    case = SimpleNamespace(model="gan_digits", names=digits, knobs=knobs, words=words)
    made = gan_sampling.grid("gan_digits", (5, 19), (0.0, 0.5, 1.0))
    cells = making._cells(case, made)
    assert cells["seed"] == [5, 5, 5, 19, 19, 19]
    assert cells["label"] == ["5", "5", "5", "9", "9", "9"]
    assert cells["truncation"] == [0.0, 0.5, 1.0] * 2
    lengths = [gan_sampling.sample(seeds=seed, truncation=0.5).lengths[0] for seed in (5, 19)]
    assert cells["length"][1::3] == pytest.approx(lengths, abs=1e-3)
    assert cells["length"][0] == 0


@pytest.mark.parametrize("drawn", [False, True])
def test_code_to_take_away_judges_the_very_drawing(drawn, capsys):
    picture = opening_drawing("gan_digits", SIDE)
    if drawn:
        picture = np.roll(picture, 3, axis=1)
    code = snippet(
        gan_sampling.judge,
        written([picture, open_sample("coins")], "gan_digits"),
        model="gan_digits",
    )
    names: dict[str, object] = {}
    exec(compile(code, "taken", "exec"), names)
    assert capsys.readouterr().out
    np.testing.assert_array_equal(names["drawing"], picture)
    judged = gan_sampling.judge([picture, open_sample("coins").pixels])
    np.testing.assert_array_equal(names["answer"].scores, judged.scores)


def test_samples_stand_beside_real_pictures_of_the_same_class():
    found = copying.nearest_of_all("gan_digits", None, 1.0)
    chosen = found.order[0]
    near = found.neighbours[chosen]
    beside = copying.distances_to(found, int(near.labels[0]))
    assert float(near.distances[0]) == beside[0]
    assert 0 < len(beside) < len(found.neighbours)
    farther = (near.real_distances > near.distances[0]).mean()
    assert near.nearer_than == pytest.approx(farther)


@pytest.mark.parametrize("model", ["gan_digits", "gan_colour"])
def test_truncations_are_measured_in_steps_that_stop_at_once(model):
    steps = counting._trade(model, 64)
    first = next(steps)
    assert first.quality is None or model == "gan_digits"
    assert len(first.images) <= (64 if model == "gan_digits" else 16)
    steps.close()
    assert counting._concluded([first]) == ([] if first.quality is None else [first.quality])


def test_steps_of_the_trade_off_end_with_the_same_numbers():
    found = list(counting._trade("gan_digits", 64))
    assert len(found) == 7
    whole = list(gan_sampling.trade_off("gan_digits", count=64))
    assert [one.generated for one in counting._concluded(found)] == [one.generated for one in whole]
