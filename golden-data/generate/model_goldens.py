"""Writes ../vectors/model/<name>.json and .safetensors: what each model computes, how closely.

For every prompt: the fp64 logits of all positions and the spread, that is the largest distance of
eight fp32 runs with shuffled summation orders from that truth. GPTQ models have a second one,
spreadGrouped, for runs that apply scale and zero to the sums of a group (gptq.grouped_product). For
three models also every intermediate value of a 4-token prompt; for two, a greedy continuation. Each
truth is checked against Transformers (hf_check.py).

Run after tiny_models.py: python model_goldens.py [slug ...]
Python 3.11, numpy 2.4, torch 2.13, transformers 5.18, safetensors 0.8.
"""

import math
import sys

import numpy as np
import torch
from safetensors import safe_open

import checkpoint
import hf_check
import oracle
import tensor_file as tf
from paths import MODELS, VECTORS, versions, write_json
from pebble_models import PEBBLE, short_question, vicuna_question
from tiny_models import DENSE, QUANTISED

PROBED = ("tiny-fp32-bias", "tiny-gptq-4bit-32g-actorder", "tiny-gptq-3bit-32g-actorder-bias")
GREEDY = ("tiny-fp32-bias",)
STEPS, EOS = 24, 2


def prompts(model):
    """A single token, eleven tokens with the extreme ids and a repetition, and what the model needs
    beyond: Pebble a question."""
    vocab, rng = model.shape.vocab, np.random.default_rng([model.seed, 2])
    ids = [int(i) for i in rng.integers(3, vocab - 1, 64)]
    result = {"single": [ids[0]], "eleven": [1, *ids[1:6], vocab - 1, ids[3], 0, ids[3], ids[6]]}
    if model.rope:
        longest = model.shape.positions
        result["full"] = [1, *ids[: longest - 1]]  # exactly max_position_embeddings
        result["longer"] = [1, *ids[10 : longest + 15]]
    if model.slug in PROBED:
        result["probes"] = [1, ids[7], vocab - 2, ids[8]]
    if model in PEBBLE:
        result["question"] = short_question()
    return result


def greedy_prompt(model):
    """What is continued, or None."""
    if model in PEBBLE:
        return vicuna_question()
    return prompts(model)["eleven"] if model.slug in GREEDY else None


def store_probes(truth, prefix, tensors):
    """Puts every intermediate value into the tensors and returns their names in the layout of the
    index."""

    def put(name, value):
        tensors[f"{prefix}.{name}"] = tf.f64(value)
        return f"{prefix}.{name}"

    return {
        "embed": put("embed", truth["embed"]),
        "layers": [
            {kind: put(f"{number}.{kind}", layer[kind]) for kind in oracle.LAYER_PROBES}
            for number, layer in enumerate(truth["layers"])
        ],
        "finalNorm": put("finalNorm", truth["finalNorm"]),
        "logits": f"{prefix}.logits",
    }


def greedy(weights, config, tokens):
    """The most probable continuation, to the end of an answer if there is one; margin is the distance
    between the two largest logits of each step."""
    context, margins = list(tokens), []
    while len(margins) < STEPS and context[-1] != EOS:
        last = oracle.truth(weights, config, context)["logits"][-1]
        second, first = np.sort(last)[-2:]
        margins.append(float(first - second))
        context.append(int(np.argmax(last)))
    return {"tokens": context[len(tokens) :], "margins": margins}


def ceiling(value):
    """The next power of ten, so that the text does not depend on the machine's matrix library."""
    return f"1e{math.ceil(math.log10(value))}"


def golden(model, name, version=None):
    directory = MODELS / model.slug
    config, (weights, matrices) = checkpoint.read_config(directory), checkpoint.read_weights(
        directory, version
    )
    tensors, rows, as_it_is, tight = {}, [], 0.0, 0.0
    for number, (identifier, tokens) in enumerate(prompts(model).items()):
        truth = oracle.truth(weights, config, tokens)
        loose, close = hf_check.compare(directory, weights, tokens, truth)
        as_it_is, tight = max(as_it_is, loose), max(tight, close)
        spreads = {"spread": oracle.spread(weights, config, tokens, truth, model.seed)}
        if matrices:
            spreads["spreadGrouped"] = oracle.spread(
                weights, config, tokens, truth, model.seed, grouped=matrices
            )
        tensors[f"p{number}.logits"] = tf.f64(truth["logits"])
        row = {"id": identifier, "tokens": tokens, "logits": f"p{number}.logits"}
        if identifier == "probes":
            row |= spreads | {"probes": store_probes(truth, f"p{number}", tensors)}
        else:
            row |= {key: {"logits": value["logits"]} for key, value in spreads.items()}
        rows.append(row)
    hf = (
        f"transformers LlamaForCausalLM in fp64: logits within {ceiling(as_it_is)} as it is "
        f"(fp32 norms and RoPE tables), everything within {ceiling(tight)} with these in fp64"
    )
    result = {
        "model": f"models/{model.slug}",
        "source": {
            "generator": "generate/model_goldens.py",
            "seed": model.seed,
            "versions": versions("numpy", "torch", "transformers"),
            "oracles": ["generate/oracle.py, fp64", hf],
        },
    }
    if version:
        result["checkpointFormat"] = "gptq_" + version
    result["prompts"] = rows
    if tokens := greedy_prompt(model):
        result["greedy"] = {"prompt": tokens, **greedy(weights, config, tokens)}
    tf.write(VECTORS / "model" / f"{name}.safetensors", tensors)
    write_json(VECTORS / "model" / f"{name}.json", result)
    largest = [max(row[key]["logits"] for row in rows) for key in spreads]
    print(
        f"{name:44s} HF {as_it_is:.1e} / {tight:.1e}  spread",
        *(f"{value:.1e}" for value in largest),
        flush=True,
    )


def library_reads(directory):
    """Every file is legal for the safetensors library, and holds what was meant."""
    for file in sorted(directory.glob("*.safetensors")):
        with safe_open(file, "pt") as opened:
            for name, tensor in tf.read(file).items():
                assert (opened.get_tensor(name).double().numpy() == tf.as_float64(tensor)).all(), (
                    file.name,
                    name,
                )


if __name__ == "__main__":
    torch.set_num_threads(1)
    (VECTORS / "model").mkdir(parents=True, exist_ok=True)
    for each in DENSE + QUANTISED + PEBBLE:
        if len(sys.argv) == 1 or each.slug in sys.argv[1:]:
            library_reads(MODELS / each.slug)
            golden(each, each.slug)
            if "mislabelled" in each.slug:
                golden(each, each.slug + ".read-as-v2", "v2")
