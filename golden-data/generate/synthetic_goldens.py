"""Writes ../vectors/synthetic/: goldens of synthetic checkpoints, and draws.json.

<name>.json: the fp64 logits of all positions of every prompt, and their spread (synthetic.py).
draws.json, which is data and not a vector file: SHA-256 of the little-endian bytes of tensors as a
checkpoint stores them, row-major, with the first values of each; "row" is one row of a tensor.

Run: python synthetic_goldens.py [name ...]   Without names: draws and the tiny goldens.
The two llama2-70b goldens are meant for a GPU; see README.md. Python 3.11, torch 2.13.
"""

import argparse
import hashlib
from dataclasses import replace

import numpy as np
import torch

import suite
import synthetic
from paths import VECTORS, versions, write_json
from synthetic_weights import SHAPES, Checkpoint, Scheme, Shape

TINY = Shape(dim=256, hidden=384, layers=2, heads=8, kv_heads=2, vocab=96, context=2048)
SHORT = replace(TINY, hidden=352)  # groups of 128 end with one of 96
LLAMA2_70B = Shape(*SHAPES["llama2-70b"])
TINY_PROMPTS = {
    "single": [42],
    "seven": [1, 95, 17, 3, 3, 60, 0],
    "long": [1, *(7 * i * i % 96 for i in range(1, 33))],
}
LARGE_PROMPTS = {"five": [1, 15043, 29892, 3186, 29991], "three": [1, 3148, 1001]}
PROMPTS = {"llama2-70b-2layers-4bit-128g-actorder": {"three": LARGE_PROMPTS["three"]}}
GOLDENS = {  # shape, scheme, seed
    "tiny-2bit-32g": (TINY, Scheme(2, 32, False), 1),
    "tiny-2bit-128g-actorder-short": (SHORT, Scheme(2, 128, True), 2),
    "tiny-3bit-nogroup": (TINY, Scheme(3, -1, False), 3),
    "tiny-3bit-128g-actorder": (TINY, Scheme(3, 128, True), 4),
    "tiny-4bit-32g-actorder-negative-seed": (TINY, Scheme(4, 32, True), -2),
    "tiny-4bit-128g-short": (SHORT, Scheme(4, 128, False), 6),
    "tiny-8bit-nogroup-actorder": (TINY, Scheme(8, -1, True), 7),
    "tiny-8bit-128g-actorder": (TINY, Scheme(8, 128, True), 8),
    "llama2-70b-2layers-4bit-128g-actorder": (
        replace(LLAMA2_70B, layers=2),
        Scheme(4, 128, True),
        70,
    ),
    "llama2-70b-4bit-128g-actorder": (LLAMA2_70B, Scheme(4, 128, True), 70),
}
DOWN = "model.layers.{}.mlp.down_proj"
MATRICES = [  # golden, module
    *((name, DOWN.format(1)) for name in GOLDENS if name.startswith("tiny")),
    ("tiny-3bit-128g-actorder", "model.layers.0.self_attn.k_proj"),
    ("tiny-4bit-32g-actorder-negative-seed", "model.layers.0.self_attn.q_proj"),
    ("llama2-70b-4bit-128g-actorder", "model.layers.0.self_attn.k_proj"),
    ("llama2-70b-4bit-128g-actorder", DOWN.format(79)),
]
DENSE = ("tiny-2bit-32g", "tiny-4bit-32g-actorder-negative-seed", "llama2-70b-4bit-128g-actorder")
TYPES = {torch.int32: "I32", torch.float16: "F16"}


def checkpoint(name):
    return Checkpoint(*GOLDENS[name], synthetic.default_device())


def fingerprint(golden, name, tensor, **extra):
    data = tensor.cpu().contiguous()
    return {
        "golden": golden,
        "name": name,
        **extra,
        "dtype": TYPES[data.dtype],
        "shape": list(data.shape),
        "sha256": hashlib.sha256(
            data.numpy().astype(data.numpy().dtype.newbyteorder("<"))
        ).hexdigest(),
        "first": data.flatten()[:6].tolist(),
    }


def dense_rows(golden):
    made = checkpoint(golden)
    last = made.shape.vocab - 1
    for name, rows in (("model.embed_tokens", made.embedding), ("lm_head", made.head)):
        yield fingerprint(golden, name + ".weight", rows(0, made.shape.vocab))
        yield fingerprint(golden, name + ".weight", rows(last, 1)[0], row=last)
    prefix = f"model.layers.{made.shape.layers - 1}."
    for name in (prefix + "input_layernorm", prefix + "post_attention_layernorm", "model.norm"):
        yield fingerprint(golden, name + ".weight", made.gain(name + ".weight"))


def write_draws():
    rows = []
    for golden, module in MATRICES:
        made = checkpoint(golden)
        sizes = {name: size for name, *size in made.shape.modules()}
        matrix = made.matrix(module, *sizes[module.split(".", 3)[3]])
        for field, tensor in matrix.stored().items():
            rows.append(fingerprint(golden, f"{module}.{field}", tensor))
    for golden in DENSE:
        rows.extend(dense_rows(golden))
    source = {"generator": "generate/synthetic_goldens.py", "versions": versions("torch")}
    write_json(VECTORS / "synthetic" / "draws.json", {"schema": "draws.v1.json", "source": source, "tensors": rows})


RULES = ["SYNTH-1", "SYNTH-2", "SYNTH-3", "SYNTH-4", "SYNTH-5", "SYNTH-6", "MODEL-1", "GPTQ-4"]
WHOLE = (
    "BASIC",
    "The widths of a 70B, far beyond what a small model can show.",
    "Sums over 28672 inputs in half precision; offsets that overflow 32 bits.",
    "https://github.com/vllm-project/vllm/issues/6795",
)


def write_vectors(index, tensors):
    """The vector file of what synthetic.golden gave."""
    name, source = index["name"], index["source"]
    large = not name.startswith("tiny")
    topic = suite.Topic(f"synthetic/{name}", "Logits after every token of a fresh pass.")
    if large:
        topic.note("FullWidth", *WHOLE)
    group = topic.group("synthetic_goldens.py", index["seed"], source["oracles"], "torch")
    model = {"synthetic": {key: index[key] for key in ("seed", "shape", "quantisation")}}
    for row in index["prompts"]:
        spread = suite.spread({"f32-grouped": row["spreadGrouped"]["logits"]})
        logits = topic.tensor(f"{row['id']}.logits", tensors[row["logits"]])
        information = {"device": source["device"], "spread": source["spreadGrouped"]}
        for key in ("residualRms", "residualSpreadGrouped"):
            information[key] = topic.tensor(f"{row['id']}.{key}", np.array(row[key]))
        group.add(
            row["id"],
            "one token" if len(row["tokens"]) == 1 else f"{len(row['tokens'])} tokens",
            "logits",
            {"model": model, "tokens": row["tokens"]},
            suite.valid(logits=(logits, spread)),
            RULES,
            ["FullWidth"] if large else [],
            "optional" if large else "recommended",
            information,
        )
    topic.write()


def main():
    parser = argparse.ArgumentParser(description="Goldens of synthetic checkpoints.")
    parser.add_argument("names", nargs="*", help="goldens, or draws")
    options = parser.parse_args()
    tiny = [name for name in GOLDENS if name.startswith("tiny")]
    for name in options.names or ["draws", *tiny]:
        if name == "draws":
            write_draws()
        else:
            prompts = TINY_PROMPTS if name.startswith("tiny") else LARGE_PROMPTS
            prompts = PROMPTS.get(name, prompts)
            write_vectors(*synthetic.golden(checkpoint(name), name, prompts))


if __name__ == "__main__":
    with torch.no_grad():
        main()
