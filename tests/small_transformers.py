"""Tiny networks of every architecture of the hub, with random weights, as a hub would send them."""

import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from models._spec import WEIGHTS

__all__ = ["ARCHITECTURES", "files_of"]

LINES = [
    "The cat sat on the mat because the mat was warm and soft.",
    "Berlin is the capital of Germany, and Paris that of France.",
    "台北大学是一所好学校。他在北京大学读书。",
]
COMMON = {"initializer_range": 0.2, "attn_implementation": "eager"}
BERT = {
    "vocab_size": 16000,  # as many as the tokenizer that travels with the gallery
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}


def _bert(**more: Any) -> Any:
    return transformers.BertForPreTraining(transformers.BertConfig(**BERT, **COMMON, **more))


def _distilbert() -> Any:
    settings = transformers.DistilBertConfig(
        vocab_size=16000, dim=32, n_layers=2, n_heads=4, hidden_dim=64, **COMMON
    )
    return transformers.DistilBertForMaskedLM(settings)


def _roberta() -> Any:
    sizes = BERT | {"vocab_size": 320}
    settings = transformers.RobertaConfig(**sizes, max_position_embeddings=514, **COMMON)
    settings.pad_token_id, settings.bos_token_id, settings.eos_token_id = 1, 0, 2
    return transformers.RobertaForMaskedLM(settings)


def _gpt2() -> Any:
    settings = transformers.GPT2Config(
        vocab_size=320, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=0, **COMMON
    )
    return transformers.GPT2LMHeadModel(settings)


def _vision() -> Any:
    settings = transformers.ViTConfig(
        **{key: value for key, value in BERT.items() if key != "vocab_size"},
        **COMMON,
        num_labels=1000,
    )
    return transformers.ViTForImageClassification(settings)


ARCHITECTURES = {  # by the names of the specs that they stand in for
    "bert-base-uncased": _bert,
    "distilbert-base-uncased": _distilbert,
    "bert-base-chinese": _bert,
    "bert-base-multilingual-cased": _bert,
    "roberta-base": _roberta,
    "gpt2": _gpt2,
    "vit-base-patch16-224": _vision,
}
BYTES = {"roberta-base": ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "gpt2": ["<|endoftext|>"]}


@functools.cache
def files_of(name: str) -> dict[str, bytes]:
    """The files of a repository that holds such a network."""
    torch.manual_seed(3)
    network = ARCHITECTURES[name]().eval()
    with torch.no_grad():  # norms and biases that start as ones and zeros would hide mistakes
        for values in network.parameters():
            if values.ndim == 1:
                values += 0.1 * torch.randn(values.shape)
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder)
        files = {each.name: each.read_bytes() for each in Path(folder).iterdir()}
    if name != "vit-base-patch16-224":
        files["tokenizer.json"] = _tokenizer(name)
    return files


def _tokenizer(name: str) -> bytes:
    if name not in BYTES:
        return (WEIGHTS / "mini_bert/tokenizer.json").read_bytes()
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=BYTES[name],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    assert len(json.loads(tokenizer.to_str())["model"]["vocab"]) <= 320
    return tokenizer.to_str().encode()
