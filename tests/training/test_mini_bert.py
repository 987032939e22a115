"""MiniBERT's recipe: rows of articles, hidden words, two steps on made-up text."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import ARTICLES, SENTENCES, WORDS, build_tiny
from training import _text, mini_bert
from training._matches import least_used, rare_words, shared_words, start_with_matches
from training._text import CLS, MASK, SEP, Text, draw_rows, mask_words, read_text, train_vocabulary
from training.mini_bert import Reader, answers, measure, start_with_neighbours

LENGTH = 64
FIRST = 100  # the token at place 0 of the numbered text


def numbered() -> Text:
    """A text in which each token is its own place: 40 articles of 30 sentences of 10 tokens."""
    count = 40 * 30 * 10
    tokens = np.arange(FIRST, FIRST + count).astype(np.uint16)
    return Text(tokens, np.arange(0, count, 10, np.int32), np.arange(0, count, 300, np.int32))


def segments_of(row: np.ndarray, segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of the numbered text that stand in the two segments of a row."""
    places = row.astype(int) - FIRST
    words = row >= FIRST
    return places[words & (segments == 0)], places[words & (segments == 1)]


# --- articles


def test_articles_become_tokens_with_their_beginnings(articles: Path, tmp_path: Path) -> None:
    tokenizer = train_vocabulary(articles)
    for language in ("en", "zh"):
        text = read_text(articles, language, tokenizer, tmp_path)
        assert len(text.articles) == ARTICLES
        assert len(text.sentences) == ARTICLES * SENTENCES
        assert set(text.articles) <= set(text.sentences)
        assert text.tokens.min() > MASK  # no special token, nothing unknown
        again = read_text(articles / "gone", language, tokenizer, tmp_path)  # it was kept
        assert np.array_equal(again.tokens, text.tokens)


def test_the_vocabulary_is_lower_case_and_cuts_chinese_by_character(articles: Path) -> None:
    tokenizer = train_vocabulary(articles)
    assert [tokenizer.id_to_token(each) for each in range(5)] == list(_text.SPECIALS)
    assert tokenizer.encode("The RIVER 山水").tokens == ["the", "river", "山", "水"]
    assert not any(word != word.lower() for word in tokenizer.get_vocab() if word[0] != "[")
    assert set(WORDS) <= set(tokenizer.get_vocab())


def test_no_more_than_the_last_articles_are_held_out() -> None:
    text = numbered()
    assert text.split == 20 * 300  # of few articles, half
    count = 400 * 4
    many = Text(
        np.zeros(count, np.uint16), np.arange(count, dtype=np.int32),
        np.arange(0, count, 4, np.int32),
    )  # fmt: skip
    assert many.split == 250 * 4
    assert len(many.starts("held")) == 150 * 4
    assert set(many.starts("held")).isdisjoint(many.starts("train"))


# --- rows


def test_rows_are_framed() -> None:
    text = numbered()
    rows = draw_rows(text, text.starts("train"), 400, LENGTH, np.random.default_rng(0))
    assert rows.tokens.shape == rows.segments.shape == (400, LENGTH)
    assert (rows.tokens[:, 0] == CLS).all()
    assert (rows.tokens[:, -1] == SEP).all()
    paired = rows.follows >= 0
    assert ((rows.tokens == SEP).sum(1) == 1 + paired).all()
    assert ((rows.tokens < FIRST).sum(1) == 2 + paired).all()
    for row, segments in zip(rows.tokens[paired], rows.segments[paired], strict=True):
        middle = int((row == SEP).argmax())
        assert (segments == (np.arange(LENGTH) > middle)).all()
    assert not rows.segments[~paired].any()
    assert 0.5 < paired.mean() < 0.7
    assert 0.4 < rows.follows[paired].mean() < 0.6


def test_rows_are_stretches_of_one_article_from_a_sentence_on() -> None:
    text = numbered()
    rows = draw_rows(text, text.starts("train"), 400, LENGTH, np.random.default_rng(1))
    for row, segments, follows in zip(rows.tokens, rows.segments, rows.follows, strict=True):
        parts = [part for part in segments_of(row, segments) if len(part)]
        assert len(parts) == 1 + (follows >= 0)
        for part in parts:
            assert (np.diff(part) == 1).all()
            assert part[0] // 300 == part[-1] // 300
            assert part[0] % 10 == 0
        if follows == 0:
            assert parts[1][0] == parts[0][-1] + 1


def test_pairs_that_do_not_follow_are_from_anywhere() -> None:
    text = numbered()
    rows = draw_rows(text, text.starts("train"), 300, LENGTH, np.random.default_rng(2), paired=1)
    pairs = zip(rows.tokens, rows.segments, rows.follows, strict=True)
    apart = [segments_of(row, segments) for row, segments, follows in pairs if follows == 1]
    followed = sum(second[0] == first[-1] + 1 for first, second in apart)
    assert followed <= 3  # by chance
    assert len({second[0] // 300 for _, second in apart}) > 10


@pytest.mark.parametrize(("part", "least", "most"), [("train", 0, 6000), ("held", 6000, 12000)])
def test_the_parts_never_mix(part: str, least: int, most: int) -> None:
    text = numbered()
    rows = draw_rows(text, text.starts(part), 400, LENGTH, np.random.default_rng(3))
    places = rows.tokens[rows.tokens >= FIRST] - FIRST
    assert least <= places.min() < places.max() < most


@pytest.mark.usefixtures("tiny_bert")
def test_what_is_held_out_is_never_trained_on(articles: Path, tmp_path: Path) -> None:
    reader = Reader.open(articles, tmp_path)
    marked = reader.texts["en"]
    tokens = marked.tokens.copy()
    tokens[marked.split :] = 199  # stands nowhere else
    reader.texts["en"] = Text(tokens, marked.sentences, marked.articles)
    generator = np.random.default_rng(0)
    size = len(reader.continues)
    for length in mini_bert.LENGTHS:
        batch = reader.draw(length, generator)
        assert batch.tokens.shape == (512 // length, length)
        assert size <= 199
        assert batch.tokens.max() < 199


# --- hidden words

CONTINUES = np.zeros(1000, bool)
CONTINUES[500:] = True  # pieces that go on a word


def some_rows() -> np.ndarray:
    random = np.random.default_rng(5)
    rows = random.integers(5, 1000, (400, 128))
    rows[:, 0], rows[:, -1], rows[:, 60] = CLS, SEP, SEP
    rows[:, 1] = rows[:, 61] = 7  # a word begins after each mark
    return rows


def hidden_in(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    changed, places = mask_words(rows, CONTINUES, np.random.default_rng(6))
    chosen = np.zeros(rows.shape, bool)
    chosen.ravel()[places] = True
    return changed, chosen


def test_fifteen_percent_are_hidden() -> None:
    _, chosen = hidden_in(some_rows())
    assert chosen.mean() == pytest.approx(0.15 * 125 / 128, abs=0.006)


def test_whole_words_are_hidden_and_marks_never() -> None:
    rows = some_rows()
    _, chosen = hidden_in(rows)
    assert not chosen[rows < 5].any()
    goes_on = CONTINUES[rows[:, 1:]]
    assert (chosen[:, 1:] == chosen[:, :-1])[goes_on].all()
    begins = ~goes_on & (rows[:, 1:] >= 5)
    together = (chosen[:, 1:] & chosen[:, :-1])[begins].mean()  # two words by chance only
    assert together == pytest.approx(0.15**2, abs=0.006)


def test_of_those_eighty_ten_ten() -> None:
    rows = some_rows()
    changed, chosen = hidden_in(rows)
    assert np.array_equal(changed[~chosen], rows[~chosen])
    before, after = rows[chosen], changed[chosen]
    assert (after == MASK).mean() == pytest.approx(0.8, abs=0.015)
    assert (after == before).mean() == pytest.approx(0.1, abs=0.012)
    other = after[(after != MASK) & (after != before)]
    assert len(other) / len(after) == pytest.approx(0.1, abs=0.012)
    assert other.min() >= 5
    assert len(np.unique(other)) > 300  # any token


# --- the network


def test_the_head_is_asked_only_where_a_word_is_hidden() -> None:
    torch.manual_seed(0)
    network = build_tiny(1000).eval()
    rows = torch.from_numpy(some_rows()[:3])
    places = torch.tensor([5, 70, 200])
    segments, follows = torch.zeros_like(rows), torch.tensor([0, 1, -100])
    batch = mini_bert.Batch(rows, segments, follows, places, rows.flatten()[places])
    with torch.inference_mode():
        words, second = answers(network, batch)
        whole = network(input_ids=rows, token_type_ids=segments)
    torch.testing.assert_close(words, whole.prediction_logits.flatten(0, 1)[places])
    torch.testing.assert_close(second, whole.seq_relationship_logits)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")  # the compiler looks at it
def test_compiled_parts_answer_the_same_and_learn_the_same() -> None:
    torch.manual_seed(0)
    network = build_tiny(1000)
    rows = torch.from_numpy(some_rows()[:3])
    places = torch.tensor([5, 70, 200])
    batch = mini_bert.Batch(rows, rows * 0, rows[:, 0] * 0, places, rows.flatten()[places])
    found = []
    for _ in range(2):
        words, second = answers(network, batch)
        network.zero_grad()
        (words.square().mean() + second.square().mean()).backward()
        found.append([words, second, *(each.grad for each in network.parameters())])
        mini_bert.compile_parts(network, backend="aot_eager")
    torch.testing.assert_close(found[0], found[1])


def test_it_begins_by_looking_at_neighbours() -> None:
    torch.manual_seed(0)
    network = build_tiny(1000).eval()
    start_with_neighbours(network)
    tokens = torch.from_numpy(some_rows()[:4, :40])
    with torch.inference_mode():
        seen = network(input_ids=tokens, output_attentions=True).attentions
    middle = torch.arange(5, 35)
    for head, distance in enumerate((-1, 1, -2, 2, -3, 3)):
        for layer in seen:
            looks = layer[:, head, 5:35]
            assert (looks.argmax(-1) == middle + distance).float().mean() > 0.95
    free = seen[0][:, 6:, 5:35]
    assert free.max() < 0.3


def pairs_of(random: np.random.Generator) -> Any:
    """Rows of two texts of a thousand words, of which every row shares some."""
    rows = random.integers(5, 1000, (8, 40))
    rows[:, 0], rows[:, -1], rows[:, 20] = CLS, SEP, SEP
    rows[:, 22:27] = rows[:, 2:7]
    segments = np.broadcast_to((np.arange(40) > 20).astype(int), rows.shape).copy()
    return SimpleNamespace(tokens=torch.from_numpy(rows), segments=torch.from_numpy(segments))


def test_shared_words_are_the_same_rare_word_in_the_other_text() -> None:
    pairs = pairs_of(np.random.default_rng(0))
    pairs.tokens[0] = torch.tensor([CLS, *range(10, 29), SEP, *range(28, 10, -1), SEP])
    rare = torch.ones(1000, dtype=torch.bool)
    rare[:12] = False  # 11 is common
    looks, found = shared_words(pairs, rare)
    assert found[0].nonzero().flatten().tolist() == [*range(3, 20), *range(21, 38)]
    assert looks[0, 3, 37] == looks[0, 37, 3] == 1  # 12 stands third and last but two
    assert looks[0, 2, 0] == looks[0, 20, 0] == looks[0, 0, 0] == 1
    torch.testing.assert_close(looks.sum(2), torch.ones(8, 40))


def test_rare_words_are_those_that_are_not_frequent() -> None:
    places = np.array([0, 900], np.int32)
    tokens = np.concatenate([np.repeat(np.arange(100, 250), 6), np.arange(300, 360)])
    rare = rare_words([Text(tokens.astype(np.uint16), places, places)], 400)
    assert not rare[:5].any()
    assert not rare[100:250].any()
    assert rare[300:360].all(), "the last article is held out and not counted"


def test_the_head_that_is_used_least_is_found() -> None:
    torch.manual_seed(0)
    network = build_tiny(1000).eval()
    output = network.bert.encoder.layer[0].attention.output.dense.weight
    before = output.detach().clone()
    weighs = torch.arange(8).roll(3).repeat_interleave(len(output) // 8)  # head 3 weighs nothing
    assert least_used(network, lambda: (output.abs().sum(0) * weighs).sum().neg()) == 3
    assert torch.equal(output, before)


def test_a_head_learns_to_look_for_shared_words() -> None:
    torch.manual_seed(0)
    network, random = build_tiny(1000).eval(), np.random.default_rng(0)
    rare = torch.ones(1000, dtype=torch.bool)
    start_with_matches(network, lambda: pairs_of(random), rare, head=7, steps=60)
    pairs = pairs_of(np.random.default_rng(1))
    looks, found = shared_words(pairs, rare)
    with torch.inference_mode():
        seen = network(pairs.tokens, token_type_ids=pairs.segments, output_attentions=True)
    right = (seen.attentions[0] * (looks > 0)[:, None]).sum(3)  # (rows, heads, length)
    assert right[:, 7][found].mean() > 0.6
    assert right[:, 7][~found].mean() > 0.6
    assert right[:, :7].mean() < 0.1


def run(articles: Path, runs: Path, *more: str) -> dict[str, torch.Tensor]:
    """Train, and open what was saved."""
    given = ["--data", str(articles), "--runs", str(runs), "--device", "cpu", *more]
    mini_bert.main(given)
    return load_file(runs / "weights/model.safetensors")


def log_of(runs: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((runs / "log.json").read_text("utf-8"))
    return rows


@pytest.mark.usefixtures("tiny_bert")
def test_short_rows_hold_no_pair_and_still_have_a_loss(articles: Path, tmp_path: Path) -> None:
    reader = Reader.open(articles, tmp_path)
    losses = mini_bert._Batches(reader, "cpu")
    losses.feed = iter([reader.draw(min(mini_bert.LENGTHS), np.random.default_rng(0))])
    network = build_tiny(len(reader.continues))
    assert torch.isfinite(losses.loss(network, 0.0, torch.Generator()))


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_bert")
def test_two_steps_and_going_on(articles: Path, tmp_path: Path) -> None:
    runs = tmp_path / "run"
    two = run(articles, runs, "--steps", "2")
    assert {each.dtype for each in two.values()} == {torch.float16}
    settings = json.loads((runs / "weights/config.json").read_text("utf-8"))
    assert settings["architectures"] == ["BertForPreTraining"]
    assert (tmp_path / "weights/mini_bert/tokenizer.json").exists()

    three = run(articles, runs, "--steps", "3", "--resume")
    assert [row["step"] for row in log_of(runs)] == [2, 3]
    name = "bert.encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(two[name], three[name])

    other = tmp_path / "other"
    start = ["--start", str(runs / "weights")]
    same = run(articles, other, "--steps", "1", "--peak", "0", *start)
    assert same.keys() == three.keys()
    assert all(torch.equal(same[key], three[key]) for key in same)
    moved = run(articles, tmp_path / "third", "--steps", "3", *start)
    assert not torch.equal(moved[name], three[name])
    wider = run(
        articles, tmp_path / "wider", "--steps", "1", "--peak", "0", *start, "--neurons", "160"
    )
    assert wider["bert.encoder.layer.0.intermediate.dense.weight"].shape == (160, 128)
    assert torch.equal(wider[name], three[name])


@pytest.mark.usefixtures("tiny_bert")
def test_it_begins_with_how_often_words_stand(articles: Path, tmp_path: Path) -> None:
    state = run(articles, tmp_path / "run", "--steps", "1", "--peak", "0")
    reader = Reader.open(articles, tmp_path / "run")
    counts = [np.bincount(t.tokens, minlength=len(reader.continues)) for t in reader.texts.values()]
    shares = [count / count.sum() for count in counts]
    share = mini_bert.SHARES["en"] * shares[0] + mini_bert.SHARES["zh"] * shares[1]
    bias = state["cls.predictions.bias"][: len(share)].float().exp().numpy()
    np.testing.assert_allclose(bias, share, rtol=0.01, atol=2e-7)


@pytest.mark.usefixtures("tiny_bert")
def test_what_is_logged_is_of_articles_that_are_held_out(articles: Path, tmp_path: Path) -> None:
    reader = Reader.open(articles, tmp_path)
    torch.manual_seed(0)
    network = build_tiny(len(reader.continues))
    found = measure(network, reader, count=16)
    assert set(found) == {
        f"{name}_{of}" for name in ("top1", "follows", "spread") for of in ("en", "zh")
    }
    for text in reader.texts.values():
        text.tokens[: text.split] = 7  # what it is trained on makes no difference
    assert measure(network, reader, count=16) == found
