"""Writes ../vectors/perplexity/perplexity.json: how well Pebble predicts pebble.txt beside it.

That text is all held-out conversations of five turns (../vectors/answers/pebble.jsonl), one after the
other; it is written too.

Four conventions, each written here from its description as a list of (context, target) index pairs,
so that no window logic is shared with the Java; the probabilities come from Transformers in fp64,
with its fp32 parts replaced (hf_check.py). Every number has an fp32 twin: distance is the largest
difference of a token between the fp64 truth and Transformers in fp32 as it is.

A real checkpoint, stories260K, is not published here, but its numbers for touchstone.txt are, in
stories260K.json; they are written if its folder is given.

Run: python perplexity.py [FOLDER with stories260K_hf and tok512.bin]
Python 3.11, numpy 2.4, torch 2.13, transformers 5.18, tokenizers 0.23, sentencepiece 0.2.2;
two minutes on one core.
"""

import json
import math
import re
import struct
import sys
from pathlib import Path

import numpy as np
import sentencepiece
import torch

import checkpoint
import hf_check
import pebble_models
from paths import MODELS, VECTORS, versions, write_json

FOLDER = VECTORS / "perplexity"
BOS = 1
SIZES = {  # per convention: block and stride
    "gptq": [(256, None), (100, None), (512, None)],
    "llama.cpp": [(256, None), (101, None)],
    "transformers": [(256, 64), (128, 128), (512, 512), (100, 33)],
    "lm-eval": [(256, None), (512, None), (100, None)],
}


def gptq(plain, block):
    """Whole blocks of BOS + text; within a block every token but the first is predicted."""
    ids = [BOS, *plain]
    for begin in range(0, len(ids) - block + 1, block):
        for at in range(begin + 1, begin + block):
            yield ids[begin:at], ids[at]


def llama_cpp(plain, block):
    """Whole blocks of BOS + text, each read with BOS for its first token; the targets are those
    after place block // 2 of the block."""
    ids = [BOS, *plain]
    for begin in range(0, len(ids) - block + 1, block):
        read = [BOS, *ids[begin + 1 : begin + block]]
        for at in range(block // 2 + 1, block):
            yield read[:at], read[at]


def transformers(plain, block, stride):
    """A window every stride tokens; the targets are the tokens that no earlier window held."""
    ids, held, begin = [BOS, *plain], 0, 0
    while held < len(ids):
        end = min(begin + block, len(ids))
        for at in range(max(held, begin + 1), end):
            yield ids[begin:at], ids[at]
        held, begin = end, begin + stride


def lm_eval(plain, block):
    """Every token of the text, block of them at a time; the model reads block tokens, which end one
    before the last target, or fewer at the start of the text."""
    ids = [BOS, *plain]
    for first in range(1, len(ids), block):
        last = min(first + block, len(ids))  # targets ids[first:last]
        begin = max(0, last - 1 - block)
        for at in range(first, last):
            yield ids[begin:at], ids[at]


CONVENTIONS = {
    "gptq": gptq, "llama.cpp": llama_cpp, "transformers": transformers, "lm-eval": lm_eval
}  # fmt: skip


def predictions(convention, plain, block, stride):
    sizes = (block,) if stride is None else (block, stride)
    return list(CONVENTIONS[convention](plain, *sizes))


def log_probabilities(model, pairs):
    """[targets, vocab]: consecutive pairs whose contexts grow token by token share a pass."""
    rows, start = [], 0
    while start < len(pairs):
        end = start + 1
        while end < len(pairs) and pairs[end][0] == [*pairs[end - 1][0], pairs[end - 1][1]]:
            end += 1
        longest = pairs[end - 1][0]
        with torch.no_grad():
            logits = model(torch.tensor([longest])).logits[0].double()
        rows.append(torch.log_softmax(logits, -1)[len(longest) - (end - start) :])
        start = end
    return torch.cat(rows).numpy()


class Model:
    def __init__(self, directory):
        weights, _ = checkpoint.read_weights(directory)
        self.exact = hf_check.load(directory, weights).eval()
        self.single = hf_check.load(directory, weights).eval().float()

    def truth(self, pairs):
        with hf_check.exact(self.exact):
            return log_probabilities(self.exact, pairs)

    def fp32(self, pairs):
        return log_probabilities(self.single, pairs)


def sample(values):
    """What is told of one number per target."""
    values = np.asarray(values)
    return {
        "sum": math.fsum(values),
        "mean": math.fsum(values) / len(values),
        "stderr": float(np.std(values, ddof=1) / math.sqrt(len(values))),
    }


def nll(rows, pairs):
    return -rows[np.arange(len(pairs)), [target for _, target in pairs]]


def case(name, model, plain, convention, block, stride):
    pairs = predictions(convention, plain, block, stride)
    truth, single = nll(model.truth(pairs), pairs), nll(model.fp32(pairs), pairs)
    result = {"model": name, "convention": convention, "block": block}
    if stride is not None:
        result |= {"stride": stride}
    result |= {"targets": len(pairs), **sample(truth), "perplexity": math.exp(truth.mean())}
    return result | {"distance": float(np.abs(truth - single).max())}


def divergence(p, q):
    return (np.exp(p) * (p - q)).sum(-1)


def comparison(plain, model, base, block):
    """gptq blocks; q is the model's, p the base's."""
    pairs = predictions("gptq", plain, block, None)
    q, p = model.truth(pairs), base.truth(pairs)
    q32, p32 = model.fp32(pairs), base.fp32(pairs)
    kld, ratio = divergence(p, q), nll(q, pairs) - nll(p, pairs)
    change = np.exp(-nll(q, pairs)) - np.exp(-nll(p, pairs))
    change32 = np.exp(-nll(q32, pairs)) - np.exp(-nll(p32, pairs))
    ratio32 = nll(q32, pairs) - nll(p32, pairs)
    return {
        "block": block,
        "targets": len(pairs),
        "kld": sample(kld)
        | {"max": kld.max(), "quantiles": np.quantile(kld, [0.999, 0.99, 0.95, 0.5]).tolist()}
        | {"distance": np.abs(divergence(p32, q32) - kld).max()},
        "logRatio": sample(ratio) | {"distance": np.abs(ratio32 - ratio).max()},
        "change": sample(change)
        | {"rms": math.sqrt((change**2).mean()), "distance": np.abs(change32 - change).max()},
        "sameTop": float((p.argmax(-1) == q.argmax(-1)).mean()),
    }


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def stories_tokenizer(file):
    """llama2.c's tokenizer file as a SentencePiece model: an int32, then score, length, text."""
    data, at, pieces = file.read_bytes(), 4, b""
    number = 0
    while at < len(data):
        score, size = struct.unpack_from("<fi", data, at)
        text = data[at + 8 : at + 8 + size].decode()
        name = text.strip() if number < 3 else text.replace(" ", "\u2581")
        kind = 2 if number == 0 else 3 if number < 3 else 6 if number < 259 else 1
        pieces += field(1, field(1, name.encode()) + struct.pack("<Bf", 21, score) + bytes([24, kind]))
        at, number = at + 8 + size, number + 1
    trainer = bytes([24, 2]) + varint(35 << 3) + bytes([1])  # BPE, byte fallback
    normalizer = bytes([24, 1, 32, 0, 40, 1])
    return sentencepiece.SentencePieceProcessor(
        model_proto=pieces + field(2, trainer) + field(3, normalizer)
    )


def conversations():
    """The held-out ones of five turns, right answers included."""
    rows = (VECTORS / "answers" / "pebble.jsonl").read_text().splitlines()
    for row in map(json.loads, rows):
        if len(row["messages"]) == 9:
            yield [message["content"] for message in row["messages"]] + [row["answer"]]


def main():
    torch.set_num_threads(1)
    text = "".join(map(pebble_models.conversation, conversations()))
    (FOLDER / "pebble.txt").write_text(text)
    plain = pebble_models.encode(text)
    models = {name: Model(MODELS / name) for name in pebble_models.SLUGS}
    cases = [
        case(name, models[name], plain, convention, *size)
        for name in ("pebble", "pebble-gptq-4bit-32g")
        for convention, sizes in SIZES.items()
        for size in sizes
    ]
    comparisons = [
        {"model": name} | comparison(plain, model, models["pebble"], block)
        for name, model in models.items()
        for block in (256, 100)
        if name != "pebble"
    ]
    result = described("pebble.txt", text, plain) | {"cases": cases, "comparisons": comparisons}
    write_json(FOLDER / "perplexity.json", result)
    if len(sys.argv) > 1:
        write_stories(Path(sys.argv[1]))


def described(file, text, plain):
    return {
        "schema": "perplexity.v1.json",
        "source": {"what": "Transformers in fp64, norms and RoPE tables too; see perplexity.py"}
        | versions("torch", "transformers", "numpy", "tokenizers", "sentencepiece"),
        "text": {
            "file": file,
            "words": len(re.split(r"\s+", text)),
            "bytes": len(text.encode()),
            "tokens": len(plain) + 1,
        },
    }


def write_stories(shared):
    text = (FOLDER / "touchstone.txt").read_text()
    plain = stories_tokenizer(shared / "tok512.bin").encode(text)
    model = Model(shared / "stories260K_hf")
    cases = [
        case("stories260K", model, plain, convention, *size)
        for convention, sizes in SIZES.items()
        for size in sizes
    ]
    write_json(FOLDER / "stories260K.json", described("touchstone.txt", text, plain) | {"cases": cases})


if __name__ == "__main__":
    main()
