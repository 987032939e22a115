"""The pictures, widgets and words of the page that opens attention."""

import base64
import gc
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gallery import figures
from gallery.answers import _shared_shelf
from gallery.attention.asked import _spans
from gallery.attention.case import code_of, head_of, named_tokens
from gallery.attention.view import _strongest
from gallery.components import attention as component
from gallery.components import head_board
from gallery.components.attention import ShownToken
from gallery.demos import demos
from gallery.passage import plain
from gallery.words import shared
from models import attention_heatmaps as att
from models._readers import READERS
from tests.tiny_models import offer, small_hub

DEMO = next(demo for demo in demos() if demo.name == "attention_heatmaps")
TEXT = "The cat saw the unbelievably small dog."


def shares(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).random((count, count)).astype(np.float32)
    return rows / rows.sum(1, keepdims=True)


@pytest.fixture(scope="module")
def read() -> att.Attention:
    return att.attend(TEXT, pair="It was raining.")


# --- pictures


@pytest.mark.parametrize("count", [1, 3, 20, 63, 64])
def test_a_thumbnail_shows_every_weight(count):
    weights = shares(count)
    tile = figures.head_tile(weights)
    assert tile.shape[0] == tile.shape[1] >= 64
    factor = tile.shape[0] // count
    np.testing.assert_array_equal(
        tile[::factor, ::factor], figures.coloured(np.sqrt(weights), limit=1.0)
    )


@pytest.mark.parametrize("count", [65, 128])
def test_a_thumbnail_of_many_tokens_keeps_its_lines(count):
    tile = figures.head_tile(np.eye(count, k=-1, dtype=np.float32))
    assert 64 <= tile.shape[0] < 132
    brightest = figures.coloured(np.array([[0.0, 1.0]]))[0, 1]
    lit = (tile == brightest).all(-1)
    assert lit.any(1).all()
    assert lit.mean() < 0.1


def test_thumbnails_share_a_scale():
    weak = figures.head_tile(np.full((4, 4), 0.01, np.float32))
    strong = figures.head_tile(np.eye(4, dtype=np.float32))
    assert strong.max() > weak.max() + 60


@pytest.mark.parametrize("rows", [["<b>", "台", "a&b"], ["[CLS]", "“", "' OR 1"]])
def test_the_drawing_is_well_formed_and_says_every_token(rows):
    weights = shares(3)[:, :2]
    drawn = ElementTree.fromstring(figures.attention_svg(rows, rows[:2], weights, "key", "query"))
    texts = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["key", "query", *rows, *rows[:2]]
    said = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert said[0] == f"{rows[0]} → {rows[0]}: {weights[0, 0]:.4f}"
    assert len(said) == 6


def test_a_drawing_of_many_tokens_stays_small():
    names = [f"token{number}" for number in range(128)]
    drawn = figures.attention_svg(names, names, shares(128), "key", "query")
    assert len(drawn) < 200_000
    assert "data:image/png;base64," in drawn


@pytest.mark.parametrize("count", [1, 15, 128])
def test_the_picture_holds_the_map_and_room_for_names(count):
    weights = np.zeros((count, count), np.float32)
    weights[0, -1] = 1
    picture = figures.attention_picture(["猫"] * count, ["dog"] * count, weights)
    assert picture.shape[2] == 3
    brightest = figures.coloured(np.array([[0.0, 1.0]]))[0, 1]
    assert (picture == brightest).all(-1).any()
    assert max(picture.shape) < 2000


def test_a_mask_says_who_may_look():
    drawn = figures.mask_grid(
        np.tril(np.ones((3, 3), bool)), ["a", "b", "b"], ["a", "b", "b"], yes="may", no="may not"
    )
    said = drawn.figure.data[0].customdata
    assert said[0][0] == "a → a: may"
    assert said[0][2] == "a → b: may not"
    assert drawn.table["2 b"] == [0, 0, 1]


def test_names_at_an_axis_may_repeat_and_are_no_markup():
    names = ["the", "<b>", "the", "0"]
    for drawn in (
        figures.named_grid(np.zeros((2, 4)), ["one", "one"], names),
        figures.mask_grid(np.ones((2, 4), bool), ["one", "one"], names),
    ):
        axis = drawn.figure.layout.xaxis
        shown = [axis.labelalias[place] for place in drawn.figure.data[0].x]
        assert shown == ["the", "&lt;b&gt;", "the", "0"]
        assert len(drawn.table) == 5


def test_a_product_adds_up():
    query, key = np.array([1.0, -2.0, 3.0]), np.array([2.0, 2.0, 0.5])
    drawn = figures.dot_product(query, key, names=("q", "k", "qk"), running="sum")
    assert drawn.table["qk"] == [2.0, -4.0, 1.5]
    assert drawn.table["sum"][-1] == pytest.approx(float(query @ key))
    cells = drawn.figure.data[0]
    assert np.abs(cells.z).max() == pytest.approx(1)
    assert cells.customdata[0][1] == "q [1]: -2.0000"


# --- what stands on the page


def test_tokens_stand_as_they_are_written(read):
    shown = named_tokens(read, range(len(read.tokens)))
    assert [token.special for token in shown] == read.special.tolist()
    assert [token.place for token in shown if token.breaks] == [
        int(np.flatnonzero(read.reading.segments)[0])
    ]
    pieces = [token for token in shown if token.joined]
    assert pieces, "“unbelievably” is several pieces"
    assert all(token.name == f"##{token.text}" for token in pieces)
    written = "".join(token.text for token in shown if not token.special)
    assert written == (TEXT + "It was raining.").replace(" ", "")


def test_the_cell_open_to_begin_with_lies_between_two_words():
    weights = np.zeros((4, 4), np.float32)
    weights[0, 3], weights[1, 1], weights[2, 1] = 1, 0.9, 0.2
    tokens = [ShownToken(place + 5, "a", "a", special=place in {0, 3}) for place in range(4)]
    assert _strongest(weights, tokens) == (7, 6)
    assert _strongest(weights, tokens, (5,)) == (5, 8)
    assert _strongest(weights, tokens, (8,), seen=True) == (5, 8)
    pieces = [replace(token, joined=token.place == 7) for token in tokens]
    assert _strongest(weights, pieces) == (5, 8), "no whole words: any two tokens"
    assert _strongest(weights[:1, :1], tokens[:1]) == (5, 5)


def test_heads_have_codes():
    assert head_of(code_of((11, 3))) == (11, 3)
    assert code_of((0, 10)) == "0-10"


@pytest.mark.parametrize("text", ["[CLS]", "*", "$x_1$", "`a`", "<b>", ":cat:", "a|b", "~~", "#1"])
def test_words_are_no_markup(text):
    marked = plain(text)
    assert re.sub(r"\\(.)", r"\1", marked) == text
    assert not re.search(r"(?<!\\)[*_`$<>:|~#\[\]]", marked)


def test_a_word_of_several_pieces_is_hidden_whole(read):
    spans = _spans(att.attend(TEXT).reading)
    words = [TEXT[start:end] for start, end in spans.values()]
    assert words == [*TEXT[:-1].split(), "."]


# --- what comes back from the browser and the address


@pytest.mark.parametrize("raw", ["", "a", "1.", "-1", "1.5.x", "９", "12345", "1 2", "None"])
def test_nonsense_is_no_place(raw):
    assert component._parse_places(raw) is None
    assert component._parse_cell(raw) is None


def test_a_cell_is_two_places():
    assert component._parse_cell("3.7") == (3, 7)
    assert component._parse_cell("3") is None
    assert component._parse_cell("3.7.9") is None
    assert component._write_cell((3, 7)) == "3.7"


@pytest.mark.parametrize("sent", [None, "x", [1], [1, 99], [True, "1"], {"a": 1}, [[1], [2]]])
def test_a_cell_that_is_not_there_is_not_believed(monkeypatch, sent):
    move = {"value": sent, "number": 1}
    state = {"view": {"cell": move, "chosen": move}, "kept": (0, 0)}
    monkeypatch.setattr(st, "session_state", state)
    component._take_cell("view", "kept", [0, 1, 2])
    assert state["kept"] == (0, 0)


def test_chosen_tokens_are_sorted_and_known(monkeypatch):
    state = {"view": {"chosen": {"value": [7, 2, 2, 99], "number": 1}}}
    monkeypatch.setattr(st, "session_state", state)
    component._take_chosen("view", "kept", [0, 2, 7])
    assert state["kept"] == (2, 7)


def test_another_text_lets_go_of_what_was_chosen(monkeypatch):
    state = {"page.cell-of": "old", "page.cell.en": (1, 2), "page.tokens.en": (1,), "page.x.en": 5}
    monkeypatch.setattr(st, "session_state", state)
    component._start_over("page", "new")
    assert (state["page.cell.en"], state["page.tokens.en"], state["page.x.en"]) == (None, None, 5)
    assert state["page.cell-of"] == "new"


@pytest.mark.parametrize("raw", ["0-0,0-1,1", "1,0-1,0-0", " 1 0-0;0-1"])
def test_heads_that_are_off_are_written_in_one_way(raw):
    assert head_board._parse(raw, (2, 3)) == "0-0,0-1,1"


@pytest.mark.parametrize("raw", ["9", "0-3", "x", "0-0-0", "-1"])
def test_heads_that_are_not_there_are_not_off(raw):
    assert head_board._parse(raw, (2, 3)) is None


def test_the_board_believes_only_heads(monkeypatch):
    state = {"off-board": {"off": {"value": ["0-1", "7-7"], "number": 1}}, "off": "1"}
    monkeypatch.setattr(st, "session_state", state)
    head_board._take("off", (2, 3))
    assert state["off"] == ""
    state["off-board"] = {"off": {"value": ["0-1", "0-0", "0-2"], "number": 2}}
    head_board._take("off", (2, 3))
    assert state["off"] == "0"


def test_weights_arrive_as_they_are():
    weights = shares(5)
    sent = np.frombuffer(base64.b64decode(component._packed(weights)), "<f4").reshape(5, 5)
    np.testing.assert_array_equal(sent, weights)
    assert replace(ShownToken(1, "a", "a"), joined=True).joined


# --- networks of the hub, in miniature


@pytest.fixture
def hub(tmp_path):
    _shared_shelf.clear()
    with small_hub(tmp_path) as serving:
        yield serving
    _shared_shelf.clear()  # nobody else may find answers of these networks
    gc.unfreeze()


def opened(**query):
    app = AppTest.from_file(str(DEMO.page), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert [each.value for kind in (app.error, app.warning, app.info) for each in kind] == []
    return app


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gpt2", "roberta-base"])
def test_every_section_stands_on_networks_that_read_in_another_way(hub, name):
    offer(hub, next(one.spec for one in READERS if one.spec.name == name))
    for section in DEMO.en.sections:
        if section != "photo":
            app = opened(section=section, model=name)
            assert app.query_params["model"] == name


@pytest.mark.slow
@pytest.mark.parametrize("section", [each for each in DEMO.en.sections if each != "photo"])
def test_every_section_is_taken_away_as_picture_table_and_data(section):
    app = opened(section=section)
    offered = {each.proto.label for each in app.get("download_button")}
    labels = shared("en").labels
    assert {labels.take_png, labels.take_csv, labels.take_json} <= offered
    assert section == "matter" or any(label.endswith(".svg") for label in offered)


def test_gpt_stands_beside_bert(hub):
    offer(hub, next(one.spec for one in READERS if one.spec.name == "gpt2"))
    app = opened(section="masks", gpt="1", text="tired")
    said = DEMO.en.words.sink[: DEMO.en.words.sink.index("{")]
    assert any(one.value.startswith(said) for one in app.markdown)


def test_a_photo_is_looked_at_head_by_head(hub):
    offer(hub, att.PHOTO_MODELS[0])
    app = opened(section="photo", vit="1", photo_head="1-3")
    assert app.query_params["photo_head"] == "1-3"
    titles = [one.value for one in app.markdown]
    assert f"**{DEMO.en.words.photo_rollout}**" in titles
    assert any("attend_photo" in one.value for one in app.code)


def test_a_network_that_is_away_leaves_the_rest_of_the_section(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for section, knob in (("photo", "vit"), ("masks", "gpt")):
        app = AppTest.from_file(str(DEMO.page), default_timeout=60)
        app.query_params["section"], app.query_params[knob] = section, "1"
        app.run()
        assert not app.exception
        assert not app.error
        assert len(app.info) == 1
        assert app.code, "what was drawn can still be taken away"


def test_heads_that_were_not_tried_have_no_number_and_no_colour():
    changes = np.array([[-2.0, 1.0], [np.nan, np.nan]], np.float32)
    assert [head_board._known(row) for row in changes] == [[-2.0, 1.0], [None, None]]
    drawn = figures.coloured(changes, signed=True)
    unmoved = figures.coloured(np.array([[-2.0, 0.0]], np.float32), signed=True)[0, 1]
    assert (drawn[1] == unmoved).all()
    assert (drawn[0] != unmoved).any(axis=1).all()
