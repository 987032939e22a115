"""Six language models that made history, from the Hugging Face hub, each pinned to a commit.

BERT in three vocabularies, DistilBERT (half its layers, taught by it), RoBERTa (trained longer,
without next sentences) and GPT-2, which reads from left to right only.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models._spec import Hub, ModelSpec
from models.networks._language import LanguageModel, vocabulary_scores

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "BERT_CHINESE",
    "BERT_MULTILINGUAL",
    "BERT_UNCASED",
    "DISTILBERT",
    "GPT2",
    "ROBERTA",
]

BOOKS = "BooksCorpus and English Wikipedia"


def _builder(name: str) -> "Callable[[Path], nn.Module]":
    def build(folder: Path) -> "nn.Module":
        import transformers

        settings = transformers.AutoConfig.from_pretrained(folder, attn_implementation="eager")
        network: nn.Module = getattr(transformers, name)(settings)
        return network

    return build


def _spec(
    network: str, repository: str, revision: str, title: str, megabytes: float, **more: str
) -> ModelSpec:
    return ModelSpec(
        name=repository.partition("/")[2],
        title=title,
        build=_builder(network),
        weights=Hub(repository, revision),
        licence=more.get("licence", "Apache-2.0"),
        size_bytes=round(megabytes * 1e6),
        trained_on=more.get("trained_on", BOOKS),
    )


def _distilbert_head(network: Any, states: "torch.Tensor") -> "torch.Tensor":
    states = network.activation(network.vocab_transform(states))
    return vocabulary_scores(network.vocab_projector, network.vocab_layer_norm(states))


def _roberta_head(network: Any, states: "torch.Tensor") -> "torch.Tensor":
    from torch.nn.functional import gelu

    head = network.lm_head
    return vocabulary_scores(head.decoder, head.layer_norm(gelu(head.dense(states))))


def _gpt2_head(network: Any, states: "torch.Tensor") -> "torch.Tensor":
    return vocabulary_scores(network.lm_head, states)


BERT_UNCASED = LanguageModel(
    _spec(
        "BertForPreTraining",
        "google-bert/bert-base-uncased",
        "86b5e0934494bd15c9632b12f734a8a67f723594",
        "BERT base (English)",
        440.4,
    )
)
BERT_CHINESE = LanguageModel(
    _spec(
        "BertForPreTraining",
        "google-bert/bert-base-chinese",
        "c30a6ed22ab4564dc1e3b2ecbf6e766b0611a33f",
        "BERT base (Chinese)",
        411.6,
        trained_on="Chinese Wikipedia",
    )
)
BERT_MULTILINGUAL = LanguageModel(
    _spec(
        "BertForPreTraining",
        "google-bert/bert-base-multilingual-cased",
        "3f076fdb1ab68d5b2880cb87a0886f315b8146f8",
        "BERT base (104 languages)",
        714.3,
        trained_on="Wikipedia in 104 languages",
    )
)
DISTILBERT = LanguageModel(
    _spec(
        "DistilBertForMaskedLM",
        "distilbert/distilbert-base-uncased",
        "12040accade4e8a0f71eabdb258fecc2e7e948be",
        "DistilBERT",
        268.0,
    ),
    body="distilbert",
    head=_distilbert_head,
    segments=False,
    follows=False,
)
ROBERTA = LanguageModel(
    _spec(
        "RobertaForMaskedLM",
        "FacebookAI/roberta-base",
        "e2da8e2f811d1448a5b465c236feacd80ffbac7b",
        "RoBERTa base",
        498.8,
        licence="MIT",
        trained_on="160 GB of English: books, Wikipedia, news, web pages, stories",
    ),
    body="roberta",
    head=_roberta_head,
    mask="<mask>",
    first="<s>",
    last="</s>",
    between=2,
    segments=False,
    follows=False,
)
GPT2 = LanguageModel(
    _spec(
        "GPT2LMHeadModel",
        "openai-community/gpt2",
        "607a30d783dfa663caf39e06633721c8d4cfcd7e",
        "GPT-2 (small)",
        548.1,
        licence="MIT",
        trained_on="WebText: 40 GB of pages that were linked to from Reddit",
    ),
    body="transformer",
    head=_gpt2_head,
    mask=None,
    first=None,
    last=None,
    segments=False,
    follows=False,
    causal=True,
    longest=1024,
)
