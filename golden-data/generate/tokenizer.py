"""Trains a tokenizer and writes it as tokenizer.model and as tokenizer.json.

The settings are those of Llama-2's tokenizer (BPE with byte fallback, no normalisation, a dummy
prefix space, spaces kept, digits split), with a few hundred pieces instead of 32000 and our own corpus.
tokenizer.json is derived from the pieces: every split of a piece into two pieces is a merge, ranked
by the piece's score, then by the longer left part.

Library module, used by pebble/tokenizer_model.py; Python 3.11, sentencepiece 0.2.2.
"""

import io
import json

import sentencepiece as spm


def train(lines, vocab):
    model = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="bpe",
        vocab_size=vocab,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=True,
        remove_extra_whitespaces=False,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        character_coverage=1.0,
        num_threads=1,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=-1,
        minloglevel=2,
    )
    return model.getvalue()


def merges(sp):
    """All (left, right) pairs of pieces that join to a piece, best first."""
    ids = range(sp.vocab_size())
    pieces = {
        sp.id_to_piece(i): sp.get_score(i)
        for i in ids
        if not (sp.is_unknown(i) or sp.is_control(i) or sp.is_byte(i))
    }
    found = []
    for piece, score in pieces.items():
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in pieces and right in pieces:
                found.append((-score, -len(left), -len(right), left, right))
    return [[left, right] for *_, left, right in sorted(found, key=lambda m: m[:3])]


def tokenizer_json(sp):
    special = {
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
    bos = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    second = {"SpecialToken": {"id": "<s>", "type_id": 1}}
    space = {"String": "▁"}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": sp.id_to_piece(i), **special} for i in range(3)],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": "▁"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
            ],
        },
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [bos, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [
                bos,
                {"Sequence": {"id": "A", "type_id": 0}},
                second,
                {"Sequence": {"id": "B", "type_id": 1}},
            ],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": space, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {sp.id_to_piece(i): i for i in range(sp.vocab_size())},
            "merges": merges(sp),
        },
    }


def tokenizer_config(sp, positions):
    token = {
        "lstrip": False,
        "normalized": False,
        "rstrip": False,
        "single_word": False,
        "special": True,
    }
    return {
        "add_bos_token": True,
        "add_eos_token": False,
        "added_tokens_decoder": {str(i): {"content": sp.id_to_piece(i), **token} for i in range(3)},
        "bos_token": "<s>",
        "clean_up_tokenization_spaces": False,
        "eos_token": "</s>",
        "legacy": True,
        "model_max_length": positions,
        "pad_token": None,
        "sp_model_kwargs": {},
        "tokenizer_class": "LlamaTokenizer",
        "unk_token": "<unk>",
    }


def write(directory, lines, vocab, positions):
    blob = train(lines, vocab)
    (directory / "tokenizer.model").write_bytes(blob)
    sp = spm.SentencePieceProcessor(model_proto=blob)
    for name, value in (
        ("tokenizer.json", tokenizer_json(sp)),
        ("tokenizer_config.json", tokenizer_config(sp, positions)),
    ):
        (directory / name).write_text(json.dumps(value, indent=1) + "\n")
