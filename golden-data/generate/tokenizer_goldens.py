"""Writes ../vectors/tokenizer/: what Pebble's tokenizer must make of texts, token ids and chats.

pebble.jsonl         text -> ids_spm (SentencePiece, no BOS, specials are plain text), ids_hf_fast
                     (tokenizer.json with BOS, the literals <unk> <s> </s> become ids: the
                     "legacy" behaviour), and both decoded again
pebble-decode.jsonl  ids -> text, by SentencePiece, by tokenizer.json with and without specials
vicuna-pebble.jsonl  Vicuna v1.1 chats -> prompt and its legacy ids

The two libraries must agree on every text without a special literal, or the script fails.
tokenizer.json is run by the tokenizers library itself: transformers 5 rebuilds the pipeline and
differs on leading spaces.

Run: python tokenizer_goldens.py   Python 3.11, sentencepiece 0.2.2, tokenizers 0.23.
"""

import sentencepiece as spm
from tokenizers import Tokenizer

from paths import MODELS, VECTORS, write_rows
from tokenizer_texts import chats, sequences, texts

DIRECTORY = MODELS / "pebble"
SPM = spm.SentencePieceProcessor(model_file=str(DIRECTORY / "tokenizer.model"))
HF = Tokenizer.from_file(str(DIRECTORY / "tokenizer.json"))
SPECIALS = ("<unk>", "<s>", "</s>")


def text_row(identifier, text):
    ids_spm, ids_hf = SPM.encode(text), HF.encode(text).ids
    if not any(special in text for special in SPECIALS):
        assert ids_hf == [1, *ids_spm], (identifier, text, ids_spm, ids_hf)
    return {
        "id": identifier,
        "text": text,
        "ids_spm": ids_spm,
        "ids_hf_fast": ids_hf,
        "decoded_spm": SPM.decode(ids_spm),
        "decoded_hf_skip": HF.decode(ids_hf, skip_special_tokens=True),
    }


def decode_row(identifier, ids):
    return {
        "id": identifier,
        "ids": ids,
        "decoded_spm": SPM.decode(ids),
        "decoded_hf_skip": HF.decode(ids, skip_special_tokens=True),
        "decoded_hf_keep": HF.decode(ids, skip_special_tokens=False),
    }


def vicuna(system, messages):
    """The v1.1 rule: the separator goes by the message's index; an absent or empty message leaves
    "ROLE:"."""
    prompt = system + " "
    for index, (role, message) in enumerate(messages):
        prompt += f"{role}: {message}{(' ', '</s>')[index % 2]}" if message else f"{role}:"
    return prompt


def chat_row(identifier, system, messages):
    prompt = vicuna(system, messages)
    return {
        "id": identifier,
        "system": system,
        "messages": [{"role": role, "content": content} for role, content in messages],
        "prompt": prompt,
        "ids_legacy": HF.encode(prompt).ids,
    }


if __name__ == "__main__":
    target = VECTORS / "tokenizer"
    write_rows(target / "pebble.jsonl", [text_row(*row) for row in texts()])
    write_rows(target / "pebble-decode.jsonl", [decode_row(*row) for row in sequences(SPM)])
    write_rows(target / "vicuna-pebble.jsonl", [chat_row(*row) for row in chats()])
