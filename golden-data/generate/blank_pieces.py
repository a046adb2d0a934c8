"""Writes ../models/tokenizer-blanks and ../vectors/tokenizer/blanks.json: merges of equal score.

Llama-2's tokenizer has pieces of several blanks, which all have the score -1e9: every other merge
goes first, although their ids are small, and among them the leftmost. Pebble's tokenizer has none.
This one is Pebble's with such pieces, and some of repeated letters, put between the others; a
tokenizer without a model.

SentencePiece answers from tokenizer.model and tokenizers from tokenizer.json; they must agree.

Run: python blank_pieces.py   Python 3.11, sentencepiece 0.2.2, tokenizers 0.23.
"""

import json

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import Tokenizer

import suite
import tokenizer
from paths import GOLDEN_DATA, MODELS

BLANK = "\u2581"
MODEL = "models/tokenizer-blanks"
LAST = -1e9
FIRST, SOME = [BLANK * 2], {20: [BLANK * 4, "aa"], 60: [BLANK * 8, BLANK * 3, "aaa"]}
NORMAL = 1


def pieces(model):
    """Pebble's pieces of text, with the others put in front of those at some places."""
    result = list(FIRST)
    for place, piece in enumerate(p.piece for p in model.pieces if p.type == NORMAL):
        result += SOME.get(place, [])
        if piece not in result:
            result.append(piece)
    return result


def build():
    model = proto.ModelProto()
    model.ParseFromString((MODELS / "pebble" / "tokenizer.model").read_bytes())
    names, others = pieces(model), [p for p in model.pieces if p.type != NORMAL]
    del model.pieces[:]
    model.pieces.extend(others)
    for rank, name in enumerate(names):
        score = LAST if set(name) == {BLANK} else -float(rank)
        model.pieces.append(model.SentencePiece(piece=name, score=score, type=NORMAL))
    model.trainer_spec.vocab_size = len(model.pieces)
    return model.SerializeToString(deterministic=True)


def texts():
    for count in range(2, 18):
        yield f"{count}-between", "the" + " " * count + "fox"
    for count in range(1, 12):
        yield f"{count}-in-front", " " * count + "a"
        yield f"{count}-behind", "a" + " " * count
    for count in range(2, 14):
        yield f"{count}-letters", "a" * count
    yield "alone", " " * 29
    yield "lines", "the\n    fox\n      a\n"
    yield "both", "aaa   aaaaa    aa  a"


NOTES = {
    "BlanksLast": (
        "MISPLACED_TERM",
        "Pieces of several blanks have small ids and the least score.",
        "Merges by id: the space before a word is lost to the spaces before it.",
        "https://github.com/ggml-org/llama.cpp/issues/23840",
    ),
    "EqualScores": (
        "EDGE_CASE",
        "Merges of equal score overlap; the leftmost goes first.",
        "The lone piece stands at the other end.",
        "https://github.com/ggml-org/llama.cpp/issues/252",
    ),
}


def main():
    folder = GOLDEN_DATA / MODEL
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.model").write_bytes(build())
    sp = spm.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer.tokenizer_json(sp)) + "\n")
    config = tokenizer.tokenizer_config(sp, 2048)
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
    hf = Tokenizer.from_file(str(folder / "tokenizer.json"))
    topic = suite.Topic("tokenizer/blanks", "Texts and their ids, with merges of equal score.")
    for flag, note in NOTES.items():
        topic.note(flag, *note)
    oracles = ["sentencepiece", "tokenizers, tokenizer.json"]
    group = topic.group("blank_pieces.py", 0, oracles, "sentencepiece", "tokenizers")
    for name, text in texts():
        ids = [1, *sp.encode(text)]
        assert ids == hf.encode(text).ids, (text, ids, hf.encode(text).ids)
        args = {"model": MODEL, "text": text, "bos": True}
        flags = (["BlanksLast"] if "  " in text else []) + (["EqualScores"] if "a" * 3 in text else [])
        expect = suite.valid(ids=(ids, suite.exact()))
        group.add(name, f"{len(text)} characters", "tokenize", args, expect, ["TOK-2", "TOK-3"], flags)
    topic.write()


if __name__ == "__main__":
    main()
