"""What comes in wrong on the page on faces: files that are no galleries, crowds, nobody at all."""

import io
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gallery.api.endpoints import endpoints
from gallery.demos import LANGUAGES, PAGES, demo_of
from gallery.faces import case, inquiries
from gallery.faces.answering import MOST_PEOPLE
from gallery.faces.inquiries import SURER, least_score, looked
from gallery.faces.people import plain
from gallery.photo import open_sample
from gallery.words import sentence
from models import face_recognition as faces
from models._errors import InputError
from models._face import MOST_FACES
from models._face_gallery import MOST_ENTRIES, NUMBERS, FaceGallery
from models._face_gallery_file import LARGEST_FILE
from models._face_pose import turned_head
from tests.test_faces import opened_at

PAGE = PAGES / "32_Face_Recognition.py"
MARKED = "*Ada* $x$ :red[x]"
EMBEDDED = faces.DESCRIBERS[0].name


def unit(count: int) -> np.ndarray:
    rows = np.random.default_rng(0).normal(size=(count, NUMBERS)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def written(names: tuple[str, ...] = ("Ada", "<b>Bo</b>"), **changes: object) -> bytes:
    book = FaceGallery(EMBEDDED, names, unit(len(names)))
    return json.dumps({**json.loads(faces.write_gallery(book)), **changes}).encode()


def of_rows(count: int, numbers: int) -> bytes:
    rows = [{"name": "Ada", "vector": [1.0] + [0.0] * (numbers - 1)}] * count
    return written(faces=rows)


BAD = {
    "gallery_not_ours": b"\x89PNG\r\n\x1a\n and no gallery",
    "gallery_cut": written()[:700],
    "gallery_rows": written(faces=[{}] * (MOST_ENTRIES + 1)),
    "gallery_too_large": written(faces=[{}] * 10**6),
    "gallery_vectors": of_rows(1, NUMBERS + 1),
    "gallery_model": written(model=faces.DESCRIBERS[1].name),
}


def names_of(app: AppTest) -> list[str]:
    return [each.value for each in app.text_input if (each.key or "").startswith("_faces-name")]


def keys_of(app: AppTest) -> list[str]:
    return [each.key for each in app.text_input if each.key]


def give_file(app: AppTest, data: bytes) -> AppTest:
    sent = next(each for each in app.file_uploader if "-file-" in each.key)
    return sent.set_value(("faces.json", data, "application/json")).run()


@pytest.mark.slow
@pytest.mark.parametrize("code", BAD)
def test_a_file_that_is_no_gallery_is_a_sentence_and_changes_nothing(code):
    language = LANGUAGES[list(BAD).index(code) % len(LANGUAGES)]
    app = opened_at("recognise", lang=language)
    before = names_of(app)
    app = give_file(app, BAD[code])
    with pytest.raises(InputError) as refused:
        faces.read_gallery(BAD[code], EMBEDDED)
    assert refused.value.code == code
    (warning,) = app.warning
    assert warning.value.startswith(sentence(refused.value, language))
    assert not app.exception
    assert not app.error
    assert names_of(app) == before
    assert app.dataframe, "the answers for the photo still stand"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [code for code in BAD if code != "gallery_model"])
def test_the_other_door_refuses_it_in_words_too(code, language):
    door = next(each for each in endpoints("face_recognition") if each.title == "read_gallery")
    text = BAD[code].decode("latin-1")
    with pytest.raises(InputError) as refused:
        door.call({"data": text})
    expected = {"gallery_too_large": "gallery_rows"}.get(code, code)  # it came parsed already
    assert refused.value.code == expected
    assert len(sentence(refused.value, language)) > 10


def test_a_file_with_a_million_rows_is_not_even_parsed(monkeypatch):
    assert len(BAD["gallery_too_large"]) > LARGEST_FILE
    monkeypatch.setattr("models._face_gallery_file.json.loads", lambda text: pytest.fail("parsed"))
    with pytest.raises(InputError, match="gallery_too_large"):
        faces.read_gallery(BAD["gallery_too_large"])


def test_people_of_a_file_are_added_and_their_names_stay_text():
    app = give_file(opened_at("recognise", crowd="astronaut"), written())
    assert not app.warning
    assert names_of(app)[-2:] == ["Ada", "<b>Bo</b>"]
    app.text_input(key=next(key for key in keys_of(app) if "name" in key)).input(MARKED).run()
    heading = next(each.value for each in app.markdown if "Distance to everybody" in each.value)
    assert plain(MARKED) in heading
    for view in ("matrix", "tree", "map"):
        app = next(each for each in app.button_group if ".view" in each.key).set_value(view).run()
        assert not app.exception, view
        assert not app.error, view


def test_of_five_hundred_people_those_are_drawn_who_matter():
    names = tuple(f"P{number}" for number in range(MOST_ENTRIES - 2))
    app = give_file(opened_at("recognise", view="map"), written(names))
    words = demo_of(PAGE).en.words
    said = words.shown_of(people=MOST_PEOPLE, enrolled=MOST_ENTRIES, shown=2, found=2)
    assert said in [each.value for each in app.caption]
    for view, rows in {"matrix": MOST_PEOPLE + 2, "tree": MOST_PEOPLE + 1}.items():
        app = next(each for each in app.button_group if ".view" in each.key).set_value(view).run()
        assert not app.exception, view
        twin = app.dataframe[-1].value
        assert len(twin) == rows
        assert "Eileen Collins" in twin.to_string(), "who is in the photo is near it"


# --- many, and nobody


def planted(count: int, scale: float = 3.0) -> tuple[faces.Face, ...]:
    points = [
        turned_head() * scale + (12 + 20 * (n % 20), 12 + 20 * (n // 20)) for n in range(count)
    ]
    boxes = [np.concatenate([each.min(0) - 3, each.max(0) + 3]) for each in points]
    return tuple(
        faces.Face(box.astype(np.float32), 0.9, each.astype(np.float32))
        for box, each in zip(boxes, points, strict=True)
    )


def own_photo(app: AppTest, name: str, pixels: np.ndarray) -> AppTest:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    next(box for box in app.selectbox if f".{name}." in (box.key or "")).select_index(0).run()
    uploader = next(each for each in app.file_uploader if each.key == f"{name}-file")
    return uploader.set_value(("own.png", target.getvalue(), "image/png")).run()


SECTIONS = {"pipeline": "photo", "verify": "second", "hide": "photo", "recognise": "crowd"}


@pytest.mark.slow
@pytest.mark.parametrize("section", SECTIONS)
def test_two_hundred_faces_are_answered_with_few_words(section, monkeypatch):
    app = opened_at(section)
    crowd = planted(MOST_FACES)
    find = faces.find

    def find_many(photo: np.ndarray, *asked: Any, **settings: Any) -> tuple[faces.Face, ...]:
        return crowd if photo.shape == (240, 440, 3) else find(photo, *asked, **settings)

    monkeypatch.setattr(faces, "find", find_many)
    noise = np.random.default_rng(0).integers(0, 256, (240, 440, 3), np.uint8)
    app = own_photo(app, SECTIONS[section], noise)
    assert not app.exception
    assert not app.error
    assert not app.warning
    said = next(each.value for each in app.info if str(MOST_FACES) in each.value)
    assert said.count("\n") == 1
    assert len(said) < 400


PICTURES = {
    "nobody": np.full((300, 400, 3), 120, np.uint8),
    "a line": np.random.default_rng(0).integers(0, 256, (1, 4000, 3), np.uint8),
}


@pytest.mark.slow
@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("section", [*SECTIONS, "live"])
def test_nobody_in_the_photo_is_said_and_the_page_stands(section, picture):
    language = LANGUAGES[len(section) % len(LANGUAGES)]
    app = own_photo(
        opened_at(section, lang=language), {**SECTIONS, "live": "held"}[section], PICTURES[picture]
    )
    words = demo_of(PAGE).worded(language)
    expected = words.words["paper_no_face" if section == "live" else "remark_none"]
    assert expected in [each.value for each in app.info]
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert words.sections[section].explain.strip() in [each.value.strip() for each in app.markdown]


def said_of(language: str, *remarks: faces.Remark) -> list[str]:
    page: Any = SimpleNamespace(words=demo_of(PAGE).worded(language).words)  # type: ignore[arg-type]
    return case.Case(page)._worded(remarks)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", case.WORST)
def test_many_remarks_of_a_kind_are_one_sentence_that_names_the_worst(code, language):
    ((name, worst),) = case.WORST[code].items()
    remarks = [faces.Remark(code, place, {name: 40 + place}) for place in range(30)]
    apart, together = said_of(language, *remarks[:2]), said_of(language, *remarks)
    assert len(apart) == 2
    assert "41" in apart[1]
    (said,) = together
    assert "30" in said
    assert str(worst(range(40, 70))) in said
    assert "12 …" in said
    assert "13" not in said


# --- small faces


def test_a_closer_look_has_to_be_surer():
    finder = faces.FINDERS[0].name
    assert least_score(finder, None) == faces.FINDERS[0].metrics["score"]
    assert least_score(finder, 640) == max(SURER, faces.FINDERS[0].metrics["score"])


def test_a_closer_look_finds_a_smaller_face():
    face = Image.fromarray(open_sample("astronaut").pixels[:240, 100:360]).resize((120, 111))
    wide = Image.new("RGB", (1024, 700), (120, 120, 120))
    wide.paste(face, (600, 300))
    pixels, finder = np.asarray(wide), faces.FINDERS[0].name
    assert looked(pixels, finder).faces == ()
    (found,) = looked(pixels, finder, 1024).faces
    assert 600 < found.box[0] < found.box[2] < 720
    assert 290 < found.box[1] < found.box[3] < 411


def test_vectors_of_a_hidden_face_are_the_same_with_and_without_its_pictures():
    photo = open_sample("astronaut").pixels
    asked = (0, faces.FINDERS[0].name, None, EMBEDDED, "pixelate", (0.0, 0.1, 0.3))
    shown = inquiries.veiled(photo, *asked)
    np.testing.assert_array_equal(inquiries.alike(photo, *asked), shown.vectors)
    assert len(shown.pictures) == len(shown.found) == 3
    assert shown.found[0]
