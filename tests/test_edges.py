"""What the edge filters page draws with: figures, and what its widgets send and take."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gallery import figures
from gallery.components import pixel, pixel_arithmetic, pixel_kernel
from gallery.figures.stages import detail_window
from models import edge_filters

PHOTO = np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8)


def test_a_photo_reaches_the_browser_pixel_by_pixel() -> None:
    for sent in (PHOTO, PHOTO[..., 0]):
        data = base64.b64decode(pixel.photo_url(sent).partition(",")[2])
        arrived = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        assert np.array_equal(arrived, sent if sent.ndim == 3 else np.dstack([sent] * 3))


def test_the_widgets_use_the_colours_of_the_figures() -> None:
    colours = np.array(pixel.palette()).reshape(256, 3)
    ends = figures.coloured(np.array([[-1.0, 1.0]]), signed=True, limit=1.0)[0]
    assert np.array_equal(colours[[0, 255]], ends)


@pytest.mark.parametrize("name", ["pixel_arithmetic", "pixel_kernel", "pixel_lens"])
def test_a_widget_holds_no_words_and_no_addresses(name: str) -> None:
    markup = pixel.markup(name)
    assert ">" in markup
    texts = [part.partition(">")[2].strip() for part in markup.split("<")]
    assert set(texts) <= {"", "×", "=", "→ Σ"}
    script = pixel.script(name)
    assert "http" not in script
    assert script.count("export default") == 1


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        ("1,0,-1;2,0,-2;1,0,-1", True),
        ("1,0;2,0", False),
        ("1,0,-1;2,0,-2;1,0,nan", False),
        ("1,0,-1;2,0,-2;1,0,1e9", False),
        ("1,0,-1;2,0;1,0,-1", False),
        ("a,b,c;d,e,f;g,h,i", False),
        ("", False),
    ],
)
def test_a_kernel_in_the_address_is_checked(raw: str, fits: bool) -> None:
    typed = pixel_kernel._parse(raw, "sobel_x-0", (3, 3))
    assert (typed is not None) == fits
    if typed is not None:
        assert pixel_kernel._write(typed) == raw


@pytest.mark.parametrize("raw", ["60,0", "0,80", "-1,2", "1", "a,b", "1,2,3", "1.5,2", "", "²,1"])
def test_a_place_in_the_address_is_checked(raw: str) -> None:
    assert pixel_arithmetic._parse(raw, (60, 80)) is None
    assert pixel_arithmetic._parse("59,79", (60, 80)) == (59, 79)


def test_borders_share_one_scale_and_one_place() -> None:
    views = edge_filters.compare_borders(PHOTO, "sobel_x")
    pictures = figures.rim_answers(views)
    assert all(picture.shape == (192, 192, 3) for picture in pictures)
    by_border = dict(zip([view.border for view in views], pictures, strict=True))
    inside = (slice(8, -8), slice(8, None))  # away from the rim all rules but valid agree
    assert np.array_equal(by_border["reflect"][inside], by_border["replicate"][inside])
    assert not np.array_equal(by_border["reflect"], by_border["zero"])


@pytest.mark.parametrize("shape", [(1, 1), (2, 90), (90, 2), (48, 48)])
def test_small_photos_are_drawn(shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)
    stages = edge_filters.canny(photo)
    for enlarge in (True, False):
        assert len(dict(figures.canny_pictures(stages, enlarge))) == 5
        assert len(figures.blurred(photo, edge_filters.compare_smoothing(photo), enlarge)) == 7
    slope = edge_filters.gradient(photo)
    assert figures.compass(slope.direction, slope.magnitude).figure.data


def test_the_detail_is_where_most_edges_are() -> None:
    edges = np.zeros((100, 120), bool)
    edges[60:70, 80:90] = True
    rows, columns = detail_window(edges)
    assert edges[rows, columns].sum() == edges.sum()


def test_shade_marks_what_is_hidden() -> None:
    edges = np.linspace(-500, 500, 65)
    counts = np.ones(64, int)
    for view, lost in (("signed", 0), ("absolute", 32), ("surface", 16), ("clipped", 48)):
        drawn = figures.hidden(counts, edges, view)
        colours = drawn.figure.data[0].marker.color
        assert sum(colour != figures.OKABE_ITO[0] for colour in colours) == lost


def test_directions_without_slope_stay_blank() -> None:
    direction = np.zeros((4, 4))
    strength = np.eye(4)
    drawn = figures.compass(direction, strength)
    assert np.isnan(drawn.figure.data[0].z).sum() == 12


def test_every_figure_of_the_page_speaks_by_itself() -> None:
    compared = edge_filters.compare_operators()
    names = {curve.detector: curve.detector for curve in compared.curves}
    drawn = figures.contest(compared, names, "t", "words", x="slope", y="F")
    assert drawn.alt == "words"
    assert len(drawn.table["slope"]) == len(compared.thresholds)
    report = edge_filters.analyse_kernel("box_3")
    assert figures.frequencies(report.gain, report.frequencies, alt="words").alt == "words"
    assert Path(pixel.HERE / "pixel.css").is_file()


def test_a_blurred_photo_looks_like_a_photo() -> None:
    blurred = figures.pictured(edge_filters.present(PHOTO, "box_3"), signed=True)
    assert (np.ptp(blurred, axis=2) == 0).all()
    sharp = edge_filters.present(PHOTO, "sharpen")
    picture = figures.pictured(sharp, signed=True).astype(int)
    red = picture[..., 0] > picture[..., 2]
    assert (red == (sharp.values < 0)).mean() > 0.99
    edges = figures.pictured(edge_filters.present(PHOTO, "sobel_x"), signed=True)
    assert (np.ptp(edges, axis=2) > 0).any()
