"""Every bad picture gets a sentence, every good one becomes upright RGB pixels."""

import io
import resource
import struct
import subprocess
import sys
import textwrap
import time
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from models import _images
from models._errors import InputError
from models._images import MAXIMUM_BYTES, as_pixels, read_photo, to_grey
from tests.strategies import photos

WIDTH, HEIGHT = 8, 6


def scene(width=WIDTH, height=HEIGHT):
    """Red left half, blue right half, white top row: its orientation shows."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (255, 0, 0)
    pixels[:, width // 2 :] = (0, 0, 255)
    pixels[0] = 255
    return pixels


def file_of(picture, kind="PNG", **options):
    buffer = io.BytesIO()
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def refusal(data):
    with pytest.raises(InputError) as caught:
        read_photo(data)
    return caught.value


def codes(reading):
    return [note.code for note in reading.notes]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side=13_000):
    """A PNG of 169 megapixels in 164 KB: all zeros, one bit a pixel would be cheating."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side + 1)
    body = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


# --- what can be read --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF"])
def test_lossless_kinds_come_back_exactly(kind):
    assert np.array_equal(read_photo(file_of(scene(), kind)).pixels, scene())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_lossy_kinds_come_back_closely(kind):
    plain = np.full((32, 32, 3), (180, 90, 30), np.uint8)
    pixels = read_photo(file_of(plain, kind, quality=95)).pixels
    assert pixels.shape == plain.shape
    assert np.abs(pixels.astype(int) - plain).max() <= 4


def test_a_plain_picture_is_not_remarked_on():
    assert read_photo(file_of(scene())).notes == ()


def test_what_is_handed_on_belongs_to_the_caller():
    reading = read_photo(file_of(scene()))
    assert reading.pixels.dtype == np.uint8
    assert reading.pixels.flags.c_contiguous


@pytest.mark.parametrize(
    ("orientation", "back"),
    [
        (2, lambda p: p[:, ::-1]),
        (3, lambda p: p[::-1, ::-1]),
        (4, lambda p: p[::-1]),
        (5, lambda p: p.transpose(1, 0, 2)),
        (6, lambda p: np.rot90(p, 1)),
        (7, lambda p: np.rot90(p, 2).transpose(1, 0, 2)),
        (8, lambda p: np.rot90(p, 3)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_exif_turns_the_picture_upright(orientation, back, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(back(scene()))
    reading = read_photo(file_of(stored, kind, exif=exif))
    assert np.array_equal(reading.pixels, scene())
    assert codes(reading) == ["turned"]


def test_a_turned_and_scaled_picture_names_its_upright_size():
    exif = Image.Exif()
    exif[0x0112] = 6
    reading = read_photo(file_of(scene(400, 200), "JPEG", exif=exif), maximum_side=100)
    assert reading.pixels.shape == (100, 50, 3)
    scaled = reading.notes[-1]
    assert scaled.values == {"from_size": "200 × 400", "to_size": "50 × 100"}


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_nonsense_orientation_is_ignored(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    reading = read_photo(file_of(scene(), exif=exif))
    assert np.array_equal(reading.pixels, scene())
    assert reading.notes == ()


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0",
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12" * 40,
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x04\0\0\0abc\0\0\0\0\0",  # text
    ],
)
def test_broken_exif_does_not_cost_the_picture(exif):
    reading = read_photo(file_of(scene(), "JPEG", exif=exif))
    assert reading.pixels.shape == scene().shape


def test_transparency_lies_on_white_and_hides_what_it_hid():
    layered = np.zeros((4, 4, 4), np.uint8)
    layered[:, :, 0] = 200  # red under full transparency
    layered[0, 0] = (0, 0, 0, 255)
    layered[1, 1] = (0, 0, 0, 128)
    reading = read_photo(file_of(layered))
    assert tuple(reading.pixels[3, 3]) == (255, 255, 255)
    assert tuple(reading.pixels[0, 0]) == (0, 0, 0)
    assert np.allclose(reading.pixels[1, 1], 127, atol=1)
    assert codes(reading) == ["on_white"]


def test_grey_with_alpha_and_palette_with_transparency_lie_on_white():
    grey = Image.new("LA", (3, 3), (40, 0))
    palette = Image.new("P", (3, 3), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    paletted = [file_of(palette, kind, transparency=1) for kind in ("PNG", "GIF")]
    for data in (file_of(grey), *paletted):
        reading = read_photo(data)
        assert (reading.pixels == 255).all()
        assert codes(reading) == ["on_white"]


def test_a_colour_key_counts_as_transparency():
    keyed = Image.new("RGB", (3, 3), (255, 0, 0))
    assert (read_photo(file_of(keyed, transparency=(255, 0, 0))).pixels == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind):
    ramp = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    reading = read_photo(file_of(ramp, kind))
    assert np.abs(reading.pixels[..., 0] - ramp / 257.0).max() <= 0.51
    assert codes(reading) == ["sixteen_bit"]


def test_sixteen_bits_dark_are_dark():
    dark = np.full((4, 4), 2570, np.uint16)
    assert (read_photo(file_of(dark)).pixels == 10).all()


def test_sixteen_bit_colour_is_scaled_too():
    rows = b"".join(b"\0" + struct.pack(">9H", *([65535, 32896, 0] * 3)) for _ in range(3))
    header = struct.pack(">IIBBBBB", 3, 3, 16, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    pixels = read_photo(b"\x89PNG\r\n\x1a\n" + body).pixels
    assert np.abs(pixels[1, 1].astype(int) - (255, 128, 0)).max() <= 1


def test_floating_point_tiff_spans_its_own_range():
    ramp = np.linspace(0, 2.5, 16, dtype=np.float32).reshape(4, 4)
    pixels = read_photo(file_of(Image.fromarray(ramp), "TIFF")).pixels
    assert (pixels[0, 0, 0], pixels[-1, -1, 0]) == (0, 255)


def test_floating_point_tiff_without_a_number_is_read():
    holes = np.array([[np.nan, np.inf], [-np.inf, 1.0]], np.float32)
    assert read_photo(file_of(Image.fromarray(holes), "TIFF")).pixels.shape == (2, 2, 3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_gives_its_first_frame(kind):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    frames = [Image.new("RGB", (16, 16), colour) for colour in colours]
    options = {} if kind == "TIFF" else {"duration": 50}
    options |= {"lossless": True} if kind == "WEBP" else {}
    data = file_of(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    reading = read_photo(data)
    assert tuple(reading.pixels[8, 8]) == (255, 0, 0)
    assert [(note.code, note.values) for note in reading.notes] == [("first_frame", {"frames": 3})]


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "1", "L", "P"])
def test_other_colour_spaces_become_rgb(mode):
    kind = "TIFF" if mode in {"CMYK", "LAB"} else "PNG"
    source = Image.fromarray(scene())
    if mode == "LAB":
        source = Image.new("LAB", (WIDTH, HEIGHT))
    reading = read_photo(file_of(source.convert(mode) if mode != "LAB" else source, kind))
    assert reading.pixels.shape == (HEIGHT, WIDTH, 3)


def test_a_cmyk_jpeg_has_its_colours():
    red = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    reading = read_photo(file_of(red, "JPEG", quality=95))
    assert np.abs(reading.pixels[16, 16].astype(int) - (255, 0, 0)).max() <= 6
    assert codes(reading) == ["converted"]


def test_one_pixel_is_a_picture():
    assert read_photo(file_of(scene(1, 1))).pixels.shape == (1, 1, 3)


@pytest.mark.parametrize(("width", "height"), [(1, 4000), (4000, 1)])
def test_a_thread_of_a_picture_keeps_its_width_of_one(width, height):
    reading = read_photo(file_of(scene(width, height)))
    assert sorted(reading.pixels.shape[:2]) == [1, 1024]
    assert codes(reading) == ["scaled"]


@pytest.mark.slow
def test_a_large_jpeg_is_drafted_small():
    data = file_of(Image.effect_noise((6000, 4000), 30).convert("RGB"), "JPEG", quality=40)
    spent, whole = [], []
    for _ in range(2):  # the machine may be busy with something else once
        start = time.process_time()
        reading = read_photo(data)
        spent.append(time.process_time() - start)
        start = time.process_time()
        with Image.open(io.BytesIO(data)) as picture:
            picture.resize((1024, 683), Image.Resampling.LANCZOS)
        whole.append(time.process_time() - start)
    assert reading.pixels.shape == (683, 1024, 3)
    assert reading.notes[0].values == {"from_size": "6000 × 4000", "to_size": "1024 × 683"}
    assert min(spent) < min(whole)  # scaling it from its full size costs more


@pytest.mark.parametrize("mode", ["I;16", "P", "1", "LA", "RGBA", "CMYK", "F", "I"])
def test_every_kind_of_pixel_can_be_scaled_down(mode):
    ramp = np.linspace(0, 255, 200, dtype=np.uint8)[None].repeat(40, 0)
    if mode == "I;16":
        picture = Image.fromarray(ramp.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(ramp).convert(mode)
    reading = read_photo(file_of(picture, "TIFF"), maximum_side=100)
    assert reading.pixels.shape == (20, 100, 3)
    assert codes(reading)[-1] == "scaled"
    if mode != "I":  # a 32-bit picture has no agreed white
        expected = np.asarray(Image.fromarray(ramp).resize((100, 20), Image.Resampling.LANCZOS))
        columns = reading.pixels.mean(axis=(0, 2))  # "1" is dithered
        assert np.abs(columns - expected.mean(axis=0)).max() < (60 if mode == "1" else 3)


def test_the_limit_of_the_side_is_the_callers():
    assert read_photo(file_of(scene(100, 50)), maximum_side=10).pixels.shape == (5, 10, 3)


# --- what cannot -------------------------------------------------------------------------------


def test_each_refusal_has_its_own_code():
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
    assert refusal(b"").code == "photo_empty"
    assert refusal(heic).code == "photo_heic"
    assert refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>").code == "photo_svg"
    assert refusal(b"Dear sir, this is a letter.\n" * 40).code == "photo_unknown"
    assert refusal(b"%PDF-1.7\n" + b"x" * 500).code == "photo_unknown"
    assert refusal(b"PK\x03\x04" + b"\0" * 100).code == "photo_unknown"
    assert refusal(b"\0").code == "photo_unknown"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>",
        b"\n\n  <svg viewBox='0 0 1 1'/>",
        b"<!-- drawn by hand -->\n<svg/>",
        b"<?xml version='1.0' encoding='utf-16'?><svg/>".decode().encode("utf-16"),
        b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg/>",
        b"<SVG/>",
    ],
)
def test_svg_is_known_in_its_disguises(data):
    assert refusal(data).code == "photo_svg"


@pytest.mark.parametrize("data", [b"<html><body>no</body></html>", b"<?xml version='1.0'?><rss/>"])
def test_other_markup_is_not_called_svg(data):
    assert refusal(data).code == "photo_unknown"


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"])
def test_heic_is_known_by_every_brand(brand):
    assert (
        refusal(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + b"\0" * 64).code == "photo_heic"
    )


def test_an_avif_with_a_heif_brand_still_opens():
    data = bytearray(file_of(scene(32, 32), "AVIF"))
    assert data[4:12] == b"ftypavif"
    data[8:12] = b"mif1"
    assert read_photo(bytes(data)).pixels.shape == (32, 32, 3)


def test_eleven_megabytes_are_refused_unopened():
    error = refusal(file_of(scene()) + b"\0" * (11 * 2**20))
    assert (error.code, error.values) == ("photo_too_large", {"megabytes": 11.0, "limit": 10})


def test_ten_megabytes_exactly_are_not():
    data = file_of(scene())
    assert read_photo(data + b"\0" * (MAXIMUM_BYTES - len(data))).pixels.shape == scene().shape


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_half_a_file_is_broken(kind):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = file_of(noise, kind)
    assert refusal(data[: len(data) // 2]).code in {"photo_broken", "photo_unknown"}


def test_a_picture_of_169_megapixels_is_refused_within_a_second():
    data = bomb()
    assert len(data) < 200_000
    start = time.thread_time()  # of this thread alone: others may use the machine
    error = refusal(data)
    assert time.thread_time() - start < 1
    assert error.code == "photo_too_many_pixels"
    assert error.values == {"megapixels": 169.0, "limit": 50}


@pytest.mark.parametrize("side", [1_000_000, 2**31 - 1])
def test_an_absurd_header_is_refused_with_the_same_values(side):
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))
    error = refusal(data)
    assert error.code == "photo_too_many_pixels"
    assert set(error.values) == {"megapixels", "limit"}


def in_little_memory(data, megabytes, tmp_path):
    """Read in a process of its own and say what came of it: a code or a shape."""
    path = tmp_path / "picture"
    path.write_bytes(data)
    script = """
        import pathlib, resource, sys
        from models._errors import InputError
        from models._images import read_photo
        used = 4096 * int(pathlib.Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]) * 2**20,) * 2)
        try:
            print(read_photo(pathlib.Path(sys.argv[1]).read_bytes()).pixels.shape)
        except InputError as error:
            print(error.code)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(path), str(megabytes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_bomb_is_refused_in_little_memory(tmp_path):
    assert in_little_memory(bomb(), 40, tmp_path) == "photo_too_many_pixels"


@pytest.mark.slow
def test_the_largest_picture_needs_less_than_a_gigabyte(tmp_path):
    side = 7071  # 50 megapixels, with alpha: the hungriest case allowed
    rows = zlib.compress((b"\0" + b"\x40" * 4 * side) * side, 1)
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert in_little_memory(b"\x89PNG\r\n\x1a\n" + parts, 700, tmp_path) == "(1024, 1024, 3)"


def test_running_out_of_memory_is_a_sentence(tmp_path):
    side = 7000
    rows = zlib.compress((b"\0" + b"\x40" * 3 * side) * side, 1)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert in_little_memory(b"\x89PNG\r\n\x1a\n" + parts, 60, tmp_path) == "photo_too_many_pixels"


def test_a_text_chunk_bomb_stays_small(tmp_path):
    """Compressed text in a PNG may unpack to gigabytes; Pillow stops it, and we say so."""
    body = b"Comment\0\0" + zlib.compress(b"\0" * (200 * 2**20), 9)
    data = file_of(scene())
    at = data.index(b"IDAT") - 4
    bad = data[:at] + chunk(b"zTXt", body) + data[at:]
    assert in_little_memory(bad, 60, tmp_path) in {"photo_broken", str(scene().shape)}


def test_many_frames_are_not_unpacked_to_be_counted():
    frames = [Image.new("L", (400, 400), n % 256) for n in range(300)]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.thread_time()
    reading = read_photo(data)
    assert time.thread_time() - start < 1
    assert codes(reading) == ["first_frame"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


# --- anything at all ---------------------------------------------------------------------------

KINDS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]
VALID = {kind: file_of(scene(20, 20), kind) for kind in KINDS}
VALID["animated"] = file_of(
    Image.new("P", (9, 9)), "GIF", save_all=True, append_images=[Image.new("P", (9, 9), 3)]
)
VALID["alpha"] = file_of(Image.new("RGBA", (9, 9), (1, 2, 3, 4)))
VALID["deep"] = file_of(np.arange(81, dtype=np.uint16).reshape(9, 9), "TIFF")

many = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def reads_or_refuses(data):
    try:
        pixels = read_photo(data).pixels
    except InputError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert max(pixels.shape) <= 1024


@many
@given(st.sampled_from(sorted(VALID)), st.floats(0, 1))
def test_any_beginning_of_a_file_is_read_or_refused(kind, share):
    data = VALID[kind]
    reads_or_refuses(data[: int(len(data) * share)])


@many
@given(st.sampled_from(sorted(VALID)), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_wrong_byte_is_read_or_refused(kind, place, difference):
    data = bytearray(VALID[kind])
    data[int(len(data) * place)] ^= difference
    reads_or_refuses(bytes(data))


@many
@given(
    st.sampled_from(sorted(VALID)),
    st.integers(0, 200),
    st.binary(min_size=1, max_size=16),
)
def test_any_rewritten_header_is_read_or_refused(kind, place, patch):
    data = bytearray(VALID[kind])
    data[place : place + len(patch)] = patch
    reads_or_refuses(bytes(data))


@many
@given(st.binary(max_size=400))
@example(b"\x89PNG\r\n\x1a\n")
@example(b"\xff\xd8\xff")
@example(b"GIF89a")
@example(b"RIFF\0\0\0\0WEBP")
@example(b"II*\0")
@example(b"BM")
def test_any_bytes_are_read_or_refused(data):
    reads_or_refuses(data)


@given(photos(largest=12))
def test_every_small_picture_survives_png(photo):
    expected = photo if photo.ndim == 3 else np.repeat(photo[..., None], 3, axis=2)
    assert np.array_equal(read_photo(file_of(photo)).pixels, expected)


# --- what demos do with pixels -----------------------------------------------------------------


def test_as_pixels_takes_pillow_and_numpy():
    assert as_pixels(Image.fromarray(scene())).shape == (HEIGHT, WIDTH, 3)
    assert as_pixels(Image.new("L", (3, 2))).shape == (2, 3)
    assert as_pixels(Image.new("RGBA", (3, 2))).shape == (2, 3, 3)
    assert as_pixels(scene()).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 2), float),
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((2,), np.uint8),
        np.zeros((0, 2), np.uint8),
        np.zeros((1, 2, 2, 3), np.uint8),
        [[1, 2], [3]],
        None,
        "photo.png",
        5,
    ],
)
def test_as_pixels_refuses_the_rest_with_a_sentence(wrong):
    with pytest.raises(InputError) as caught:
        as_pixels(wrong)
    assert caught.value.code == "photo_shape"


@given(photos())
def test_grey_weighs_as_pillow_does(photo):
    grey = to_grey(photo)
    assert grey.dtype == np.float32
    expected = np.asarray(Image.fromarray(photo).convert("L")).astype(int)
    assert np.abs(grey - expected).max() <= 0.51


def test_formats_are_named_to_the_visitor_without_the_odd_one():
    assert "MPO" not in refusal(b"nothing of a picture in here").values["formats"]
    assert "AVIF" in _images.FORMATS
