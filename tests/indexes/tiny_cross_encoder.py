"""A real cross-encoder of two layers: the larger the share of the word `harbour` in a text, the better it likes it."""

from __future__ import annotations

from pathlib import Path

LIKED = "harbour"
_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", LIKED, "boat", "bee", "opens", "at", "six", "the"]


def write(folder: Path, *, n_labels: int = 1) -> Path:
    """Save it as transformers does; its attention is an average, its other layers pass on what they get."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(_WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        num_labels=n_labels,
    )
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if name.endswith(("value.weight", "attention.output.dense.weight", "pooler.dense.weight")):
                values.copy_(torch.eye(32))
            elif "LayerNorm" not in name and "word_embeddings" not in name:
                values.zero_()
        words = model.bert.embeddings.word_embeddings.weight
        words[:, 0] = 0
        words[_WORDS.index(LIKED), 0] = 1
        model.classifier.weight[0, 0] = 9
    model.save_pretrained(folder)
    BertTokenizerFast(vocab={word: n for n, word in enumerate(_WORDS)}, model_max_length=128).save_pretrained(folder)
    return folder
