"""What is taken away opens elsewhere and says the same."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

import models
from gallery.passage import Passage, open_text
from gallery.photo import open_sample, own_photo
from gallery.takeaway import csv_bytes, json_bytes, png_bytes, snippet
from models import edge_filters


@dataclass(frozen=True, eq=False)
class Result:
    values: np.ndarray
    name: str


def test_a_picture_comes_back_from_its_file():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png_bytes(pixels)))), pixels)


def test_a_table_comes_back_from_its_file():
    table = {"名称": ["核", 'a "b", c'], "value": [1, 2.5]}
    text = csv_bytes(table).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["名称", "value"], ["核", "1"], ['a "b", c', "2.5"]]


def test_results_become_plain_json():
    result = Result(np.array([[1.5, np.nan]], np.float32), "核")
    assert json.loads(json_bytes({"r": [result], "n": np.int64(3)})) == {
        "r": [{"values": [[1.5, None]], "name": "核"}],
        "n": 3,
    }


def test_the_snippet_of_a_sample_computes_the_same():
    photo = open_sample("coins")
    kernel = np.array([[1.0, 0, -1]] * 3)
    code = snippet(edge_filters.respond, photo, kernel, border="wrap")
    names: dict[str, object] = {}
    exec(code.replace("print(answer)", ""), names)
    direct = edge_filters.respond(photo.pixels, kernel, border="wrap")
    assert np.array_equal(names["answer"].values, direct.values)


def test_the_snippet_of_an_own_photo_names_a_file_to_put_in():
    photo = own_photo(png_bytes(open_sample("coins").pixels))
    code = snippet(edge_filters.respond, photo, border="zero")
    assert "my_photo.jpg" in code
    compile(code, "snippet", "exec")


def joined(text: str, pair: str | None = None, words: Sequence[str] = (), top: int = 1) -> str:
    return f"{text} + {pair} {words} {top}"


def computed(code: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """What a snippet about ``joined`` computes, where ``models`` has it."""
    monkeypatch.setitem(sys.modules, "models.test_takeaway", sys.modules[__name__])
    monkeypatch.setattr(models, "test_takeaway", sys.modules[__name__], raising=False)
    names: dict[str, object] = {}
    exec(compile(code.replace("print(answer)", ""), "snippet", "exec"), names)
    return names["answer"]


def test_the_snippet_of_example_texts_opens_them_by_name(monkeypatch):
    first, second = open_text("bread"), open_text("bread/second")
    code = snippet(joined, first, pair=second, top=3)
    assert first.text not in code
    assert code.count("import open_text") == 1
    assert code.startswith("from models import ")
    assert computed(code, monkeypatch) == joined(first.text, second.text, top=3)


@pytest.mark.parametrize(
    "own",
    [
        'It\'s "mine".',
        "a\nb\tc",
        "back\\slash {x} %s",
        "from models import os",
        "我的 👩\u200d👧",
        "#",
    ],
)
def test_the_snippet_of_own_texts_holds_what_was_written(own, monkeypatch):
    code = snippet(joined, Passage(own), Passage("second"), words=(Passage(own), "b"))
    assert computed(code, monkeypatch) == joined(own, "second", (own, "b"))
    assert code.count("from models import") == 1 + ("from models" in own) * 2


def test_texts_are_taken_away_as_they_are():
    table = {"text": [Passage("a,b\n“c”").text], "n": [1]}
    rows = list(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"))))
    assert rows == [["text", "n"], ["a,b\n“c”", "1"]]
    assert json.loads(json_bytes({"read": open_text("taipei")})) == {
        "read": {"text": open_text("taipei").text, "sample": "taipei"}
    }
