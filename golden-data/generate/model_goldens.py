"""Writes the vectors of all models, ../vectors/{logits,probes,decode,...}/<slug>.json (model_topics.py):
what each model computes, and how closely.

For every prompt the fp64 truth (oracle.py) and its spreads, by kind of value and numeric profile
(profiles.py). For three models also every intermediate value of a 4-token prompt; for five, a greedy
continuation. Each truth is checked against Transformers (hf_check.py).

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
import model_topics as topics
import oracle
import profiles
import tensor_file as tf
from paths import MODELS
from pebble_models import PEBBLE, short_question, vicuna_question
from tiny_models import DENSE, QUANTISED

PROBED = ("tiny-fp32-bias", "tiny-gptq-4bit-32g-actorder", "tiny-gptq-3bit-32g-actorder-bias")
GREEDY = ("tiny-fp32-bias",)
STEPS, EOS = 24, 2
OTHERS = ("four", "question")  # what a batch holds besides


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
        result["four"] = [1, ids[7], vocab - 2, ids[8]]
    if model in PEBBLE:
        result["question"] = short_question()
    return result


def greedy_prompt(model):
    """What is continued, or None."""
    if model in PEBBLE:
        return vicuna_question()
    return prompts(model)["eleven"] if model.slug in GREEDY else None


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


class Golden:
    """One model: its weights as the files say, prompts, and how far Transformers is from the truth."""

    def __init__(self, model):
        self.model, self.directory = model, MODELS / model.slug
        self.config = checkpoint.read_config(self.directory)
        version = "v2" if "mislabelled" in model.slug else None  # evidence beats the label
        self.weights, self.matrices = checkpoint.read_weights(self.directory, version)
        self.as_it_is = self.tight = 0.0
        self.prompts = [self.prompt(*each) for each in prompts(model).items()]

    def spreads(self, tokens, truth):
        args = self.weights, self.config, tokens, truth, self.model.seed
        found = profiles.f32_spreads(*args, self.matrices)
        found.setdefault("f32-grouped", found["f32"])  # nothing to apply late in a dense model
        found |= profiles.spreads(*args, dense=not self.matrices)
        return profiles.by_kind_first(found)

    def prompt(self, name, tokens):
        truth = oracle.truth(self.weights, self.config, tokens)
        loose, close = hf_check.compare(self.directory, self.weights, tokens, truth)
        self.as_it_is, self.tight = max(self.as_it_is, loose), max(self.tight, close)
        return topics.Prompt(name, tokens, truth, self.spreads(tokens, truth))

    def oracles(self):
        return [
            "generate/oracle.py, fp64",
            "transformers LlamaForCausalLM in fp64: logits within "
            f"{ceiling(self.as_it_is)} as it is (fp32 norms and RoPE tables), everything within "
            f"{ceiling(self.tight)} with these in fp64",
        ]

    def write(self):
        source = "model_goldens.py", self.model.seed, self.oracles()
        files = topics.Files(self.model, (*source, "numpy", "torch", "transformers"))
        named = {each.name: each for each in self.prompts}
        for each in self.prompts:
            topics.add_logits(files, each)
        if self.model.slug in GREEDY:
            topics.add_refused(files)
        for each in self.prompts[1:]:
            topics.add_decode(files, each)
        topics.add_batch(files, [named[n] for n in ("eleven", "single", *OTHERS) if n in named])
        if "four" in named:
            topics.add_probes(files, named["four"])
        if start := greedy_prompt(self.model):
            self.continue_greedily(files, start)
        files.write()

    def continue_greedily(self, files, start):
        found = greedy(self.weights, self.config, start)
        tokens = [*start, *found["tokens"]]
        truth = oracle.truth(self.weights, self.config, tokens)
        spreads = self.spreads(tokens, truth)["logits"]
        topics.add_generate(files, start, found, spreads, STEPS, EOS)


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
    for each in DENSE + QUANTISED + PEBBLE:
        if len(sys.argv) == 1 or each.slug in sys.argv[1:]:
            library_reads(MODELS / each.slug)
            golden = Golden(each)
            golden.write()
            largest = golden.prompts[-1].spreads["logits"].items()
            print(
                f"{each.slug:36s} HF {golden.as_it_is:.1e} / {golden.tight:.1e}  spread",
                *(f"{profile} {value:.1e}" for profile, value in largest),
                flush=True,
            )
