"""Texts are cut and answered as by transformers' own Auto classes, for every network of the hub.

Every repository is made anew, tiny and random, by transformers itself, with its own tokenizer.
"""

import copy
import gc
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, trainers

from models._errors import InputError
from models._load import forget, load
from models._reading import MASK, read
from models._spec import Hub
from models.networks import hub_language_models
from tests.small_hub import SmallHub, serving

MODELS = [getattr(hub_language_models, name) for name in hub_language_models.__all__]
LINES = ["The cats sat on the mat.", "A mat, the cat said, is warm!", "他在北京大学读书。"]
SIZES = {"hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64}
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
BYTES = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXTS = [
    "The cats [MASK] on the [MASK].",
    "[MASK] sat on the mat",
    "他在北[MASK]大学读书。",
    "A mat, said [MASK]!",
]
SECOND = "A [MASK] is warm, the cat said."


def word_pieces(lower):
    text = "".join(LINES)
    words = set(re.findall(r"[A-Za-z]+|\S", text.lower() if lower else text))
    pieces = {piece for word in words for each in word for piece in (each, f"##{each}")}
    vocabulary = [*SPECIALS, *sorted(words | pieces)]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    return transformers.BertTokenizer(vocab=numbers, do_lower_case=lower)


def byte_pairs(specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    found = json.loads(tokenizer.to_str())["model"]
    return {"vocab": found["vocab"], "merges": [tuple(pair) for pair in found["merges"]]}


def bert(lower):
    tokenizer = word_pieces(lower)
    settings = transformers.BertConfig(vocab_size=len(tokenizer), num_hidden_layers=2, **SIZES)
    return tokenizer, transformers.BertForPreTraining(settings)


def distilbert():
    tokenizer = word_pieces(True)
    settings = transformers.DistilBertConfig(
        vocab_size=len(tokenizer), dim=32, n_layers=2, n_heads=4, hidden_dim=64
    )
    return tokenizer, transformers.DistilBertForMaskedLM(settings)


def roberta():
    hides = AddedToken("<mask>", lstrip=True, normalized=False, special=True)  # as its file says
    tokenizer = transformers.RobertaTokenizer(**byte_pairs(BYTES), mask_token=hides)
    settings = transformers.RobertaConfig(
        vocab_size=len(tokenizer),
        num_hidden_layers=2,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        **SIZES,
    )
    return tokenizer, transformers.RobertaForMaskedLM(settings)


def gpt2():
    tokenizer = transformers.GPT2Tokenizer(**byte_pairs(["<|endoftext|>"]))
    settings = transformers.GPT2Config(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0
    )
    return tokenizer, transformers.GPT2LMHeadModel(settings)


MAKERS = {
    "bert-base-uncased": lambda: bert(True),
    "distilbert-base-uncased": distilbert,
    "bert-base-chinese": lambda: bert(False),
    "bert-base-multilingual-cased": lambda: bert(False),
    "roberta-base": roberta,
    "gpt2": gpt2,
}


class Opened:
    """One model, as the gallery opens it and as transformers does."""

    def __init__(self, model, folder):
        self.model = model
        self.network = load(model.spec)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        kind = transformers.AutoModelForCausalLM if model.causal else None
        kind = kind or transformers.AutoModelForMaskedLM
        self.theirs = kind.from_pretrained(folder).eval()
        self.texts = [text.replace(MASK, model.mask or "cat") for text in TEXTS]
        self.ours = TEXTS if model.mask else self.texts

    def encode(self, text, pair=None):
        found = self.tokenizer(text, pair, return_tensors="pt")
        found.pop("attention_mask")
        return found


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: model.spec.name)
def opened(request, tmp_path_factory):
    model = request.param
    folder, cache = (tmp_path_factory.mktemp(name) for name in ("repository", "cache"))
    torch.manual_seed(5)
    tokenizer, network = MAKERS[model.spec.name]()
    with torch.no_grad():  # biases of zero and norms of one would hide what is left out
        for values in network.parameters():
            values += 0.2 * torch.randn(values.shape)
    tokenizer.save_pretrained(folder)
    network.save_pretrained(folder)
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    hub = SmallHub(files, revision=model.spec.weights.revision)
    with serving(hub), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", hub.url)
        patch.setenv("HF_HUB_CACHE", str(cache))
        forget()
        yield Opened(model, folder)
        forget()
        gc.unfreeze()


def test_every_model_is_pinned_to_a_commit():
    weights = [model.spec.weights for model in MODELS]
    assert all(isinstance(each, Hub) for each in weights)
    assert all(re.fullmatch("[0-9a-f]{40}", each.revision) for each in weights)
    assert len({each.revision for each in weights}) == len(weights)
    assert {each.repo_id for each in weights} == {
        "google-bert/bert-base-uncased",
        "google-bert/bert-base-chinese",
        "google-bert/bert-base-multilingual-cased",
        "distilbert/distilbert-base-uncased",
        "FacebookAI/roberta-base",
        "openai-community/gpt2",
    }


def test_every_model_says_what_a_visitor_has_to_know():
    for model in MODELS:
        spec = model.spec
        assert spec.name == spec.weights.repo_id.partition("/")[2]
        assert spec.title
        assert spec.trained_on
        assert spec.licence in {"Apache-2.0", "MIT"}
        assert 2e8 < spec.size_bytes < 1e9
    assert len({model.spec.title for model in MODELS}) == len(MODELS)


def test_naming_them_costs_no_torch():
    code = "import sys, models.networks.hub_language_models\n"
    code += "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


def test_a_text_is_cut_as_by_its_own_tokenizer(opened):
    for ours, theirs in zip(opened.ours, opened.texts, strict=True):
        reading = read(ours, opened.model)
        assert reading.ids.tolist() == opened.encode(theirs)["input_ids"][0].tolist(), theirs
        if opened.model.mask:
            hidden = opened.tokenizer.convert_tokens_to_ids(opened.model.mask)
            assert reading.masks == tuple(np.flatnonzero(reading.ids == hidden))
            assert len(reading.masks) == ours.count(MASK)


def test_a_pair_is_joined_as_by_its_own_tokenizer(opened):
    model = opened.model
    second = SECOND if model.mask else SECOND.replace(MASK, "cat")
    reading = read(opened.ours[0], model, second)
    expected = opened.encode(opened.texts[0], second.replace(MASK, model.mask or "cat"))
    assert reading.ids.tolist() == expected["input_ids"][0].tolist()
    added = [] if model.first is None else [model.first, *[model.last] * (model.between + 1)]
    pairs = zip(reading.tokens, reading.special, strict=True)
    assert [token for token, is_added in pairs if is_added] == added
    if model.segments:
        assert reading.segments.tolist() == expected["token_type_ids"][0].tolist()


def test_marks_that_somebody_types_are_plain_characters(opened):
    reading = read("The </s> cat [SEP] sat <s> [CLS] <|endoftext|>", opened.model)
    own = {opened.model.first, opened.model.last, "<|endoftext|>"} - {None}
    pairs = zip(reading.tokens, reading.special, strict=True)
    assert not own & {token for token, is_added in pairs if not is_added}


def test_who_has_no_mask_says_so(opened):
    assert opened.tokenizer.mask_token == opened.model.mask
    if opened.model.mask is None:
        with pytest.raises(InputError) as caught:
            read(TEXTS[0], opened.model)
        assert caught.value.code == "no_mask_token"


@torch.inference_mode()
def test_body_and_head_make_the_answers_of_the_whole(opened):
    model, network = opened.model, opened.network
    for text in opened.texts:
        given = opened.encode(text)
        expected = opened.theirs(**given).logits[0]
        if not model.segments:
            given.pop("token_type_ids", None)
        states = model.body_of(network)(**given).last_hidden_state[0]
        torch.testing.assert_close(model.head(network, states), expected, rtol=0, atol=1e-5)


@torch.inference_mode()
def test_who_sees_what(opened):
    given = opened.encode("The cat sat on the mat")["input_ids"]
    network = copy.deepcopy(opened.network)  # asked for attention, it sets hooks
    found = network(given, output_attentions=True).attentions
    assert bool((found[0].triu(1) == 0).all()) == opened.model.causal


def test_following_is_asked_of_those_who_learned_it(opened):
    assert hasattr(opened.network, "cls") == opened.model.follows
    assert (opened.network.config.model_type == "bert") == opened.model.follows


@torch.inference_mode()
def test_the_longest_text_fits(opened):
    model = opened.model
    reading = read("the cat sat. " * 1200, model)
    assert len(reading.ids) == model.longest
    assert reading.cut > 0
    states = model.body_of(opened.network)(torch.from_numpy(reading.ids)[None])
    assert states.last_hidden_state.shape[1] == model.longest
