"""The hub's networks in miniature: their files, from tiny random weights and small vocabularies.

Each repository is laid out as its publisher's: old names of the normalisations in BERT, weights
without their prefix in GPT-2, parts that only another task needs in RoBERTa and DistilBERT.
"""

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load, save

from models._load import forget
from models._spec import Hub, ModelSpec
from models.networks import hub_language_models as hub_models
from models.networks._language import LanguageModel
from tests.small_hub import SmallHub, serving

LINES = (
    "The cat sat on the mat, and the dog looked at the cat.",
    "She is a doctor. He is a nurse. They play in the garden every day.",
    "今天天气很好，我们去公园玩。台湾大学在台北。",
)
SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}
Network = Any


def _size(tokenizer: str) -> int:
    from tokenizers import Tokenizer

    return int(Tokenizer.from_str(tokenizer).get_vocab_size())


def _word_pieces(*, lowercase: bool) -> str:
    """A vocabulary like BERT's, with its template for one text and two."""
    from tokenizers import (
        Tokenizer,
        models,
        normalizers,
        pre_tokenizers,
        processors,
        trainers,
    )

    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=160, special_tokens=specials, show_progress=False
    )
    tokenizer.train_from_iterator(LINES, trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_truncation(8)  # as some publishers leave it: it must not hold here
    return str(tokenizer.to_str())


def _byte_pieces(specials: list[str]) -> str:
    """A vocabulary like GPT-2's and RoBERTa's: pairs of bytes, ``Ġ`` for a space."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=[AddedToken(each, lstrip=each == "<mask>") for each in specials],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    return str(tokenizer.to_str())


def _bert(*, lowercase: bool) -> tuple[Network, str]:
    import transformers

    tokenizer = _word_pieces(lowercase=lowercase)
    settings = transformers.BertConfig(
        vocab_size=_size(tokenizer), max_position_embeddings=512, **SIZES
    )
    return transformers.BertForPreTraining(settings), tokenizer


def _distilbert() -> tuple[Network, str]:
    import transformers

    tokenizer = _word_pieces(lowercase=True)
    settings = transformers.DistilBertConfig(
        vocab_size=_size(tokenizer), dim=32, n_layers=2, n_heads=4, hidden_dim=64
    )
    return transformers.DistilBertForMaskedLM(settings), tokenizer


def _roberta() -> tuple[Network, str]:
    import transformers

    tokenizer = _byte_pieces(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    settings = transformers.RobertaConfig(
        vocab_size=_size(tokenizer), max_position_embeddings=514, type_vocab_size=1, **SIZES
    )
    return transformers.RobertaForMaskedLM(settings), tokenizer


def _gpt2() -> tuple[Network, str]:
    import transformers

    tokenizer = _byte_pieces(["<|endoftext|>"])
    settings = transformers.GPT2Config(
        vocab_size=_size(tokenizer), n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0
    )
    return transformers.GPT2LMHeadModel(settings), tokenizer


def _vision() -> tuple[Network, str]:
    import transformers

    settings = transformers.ViTConfig(**SIZES, num_labels=1000)
    return transformers.ViTForImageClassification(settings), ""


MAKERS = {
    "bert-base-uncased": functools.partial(_bert, lowercase=True),
    "bert-base-chinese": functools.partial(_bert, lowercase=False),
    "bert-base-multilingual-cased": functools.partial(_bert, lowercase=False),
    "distilbert-base-uncased": _distilbert,
    "roberta-base": _roberta,
    "gpt2": _gpt2,
    "vit-base-patch16-224": _vision,
}
LANGUAGE_MODELS: dict[str, LanguageModel] = {
    each.spec.name: each for each in (getattr(hub_models, name) for name in hub_models.__all__)
}


@functools.cache
def tiny(name: str) -> tuple[Network, dict[str, bytes]]:
    """A network of the architecture of a repository, and the files of that repository."""
    with torch.random.fork_rng():
        torch.manual_seed(len(name))
        network, tokenizer = MAKERS[name]()
        for weight in network.parameters():  # zeros and ones would hide what is left out
            torch.nn.init.normal_(weight, weight.mean().item(), 0.2)
    network.set_attn_implementation("eager")
    network.eval().requires_grad_(False)
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder)
        files = {file.name: file.read_bytes() for file in Path(folder).iterdir()}
    state = _as_published(name, load(files["model.safetensors"]))
    files["model.safetensors"] = save(state, {"format": "pt"})
    if tokenizer:
        files |= {"tokenizer.json": tokenizer.encode(), "vocab.txt": b"[PAD]\n"}
    return network, files


def _as_published(name: str, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    if name.startswith("bert"):
        old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
        for new, before in old.items():
            state = {key.replace(new, before): values for key, values in state.items()}
    if name == "gpt2":
        state = {key.removeprefix("transformer."): values for key, values in state.items()}
        state |= {f"h.{layer}.attn.bias": torch.ones(1, 1, 4, 4) for layer in range(2)}
    if name == "roberta-base":
        state |= {"roberta.pooler.dense.weight": torch.ones(32, 32)}
    return state


@contextmanager
def small_hub(folder: Path) -> Iterator[SmallHub]:
    """Stand in for the hub, with an empty cache and nothing on the shelf."""
    with pytest.MonkeyPatch.context() as patch, serving(SmallHub()) as hub:
        patch.setenv("HF_ENDPOINT", hub.url)
        patch.setenv("HF_HUB_CACHE", str(folder))
        forget()
        yield hub
        forget()


def offer(hub: SmallHub, spec: ModelSpec) -> Network:
    """Have the hub serve the repository of a network; give the network whose weights it has."""
    assert isinstance(spec.weights, Hub)
    network, files = tiny(spec.name)
    hub.files, hub.revision, hub.mood = dict(files), spec.weights.revision, "good"
    return network
