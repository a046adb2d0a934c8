"""Writes ../models/hostile and ../vectors/checkpoint/*.json: what a model directory says, and which
directories must be refused.

Hostile directories are made by hostile.py and hostile_*.py, each broken in one respect. Of the
files that break the safetensors format the library of that name (0.8) refuses all; what it
tolerates is `acceptable`. The configurations of the sound ones are those that Transformers reads.

Run after tiny_models.py: python checkpoint_vectors.py
Python 3.11, numpy 2.4, safetensors 0.8, transformers 5.18.
"""

import json
import shutil
from pathlib import Path

from safetensors import SafetensorError, safe_open
from transformers import LlamaConfig

import hostile
import hostile_containers
import hostile_models
import hostile_shards
import suite
from checkpoint import quantisation, read_json
from hostile import DENSE, Directory
from operation import link
from paths import MODELS
from pebble_models import SLUGS
from tiny_models import DENSE as TINY
from tiny_models import QUANTISED

NOTES = json.loads(Path(__file__).with_name("checkpoint_notes.json").read_text())


def expected(directory):
    """The configuration in this project's words, with Transformers' defaults for absent fields."""
    c = read_json(directory / "config.json")
    rope = c.get("rope_parameters") or {}
    heads = c["num_attention_heads"]
    config = {
        "vocab": c["vocab_size"],
        "dim": c["hidden_size"],
        "hiddenDim": c["intermediate_size"],
        "layers": c["num_hidden_layers"],
        "heads": heads,
        "kvHeads": c.get("num_key_value_heads") or heads,
        "headDim": c.get("head_dim") or c["hidden_size"] // heads,
        "maxPositions": c.get("max_position_embeddings", 2048),
        "epsilon": suite.f32(c.get("rms_norm_eps", 1e-6)),
        "ropeTheta": suite.f64(rope.get("rope_theta", c.get("rope_theta", 10000.0))),
        "tiedEmbeddings": c.get("tie_word_embeddings", False),
    }
    agrees(directory, config)
    settings = quantisation(directory)
    if settings:
        own_file = (directory / "quantize_config.json").exists()
        config["bits"] = settings["bits"]
        config["groupSize"] = settings["group_size"]
        config["actOrder"] = settings.get("desc_act", own_file)
    return config


def agrees(directory, config):
    c = LlamaConfig(**read_json(directory / "config.json"))
    theirs = {
        "vocab": c.vocab_size,
        "dim": c.hidden_size,
        "hiddenDim": c.intermediate_size,
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "kvHeads": c.num_key_value_heads,
        "headDim": c.head_dim,
        "maxPositions": c.max_position_embeddings,
        "epsilon": suite.f32(c.rms_norm_eps),
        "ropeTheta": suite.f64(c.rope_parameters["rope_theta"]),
        "tiedEmbeddings": c.tie_word_embeddings,
    }
    assert theirs == config, (directory.name, theirs, config)


class Checkpoints:
    def __init__(self, name, rules, *header, oracles=()):
        self.topic, self.rules, self.name = suite.Topic(f"checkpoint/{name}", *header), rules, name
        libraries = ("numpy", "safetensors", "transformers")
        oracles = ["docs/spec/checkpoint.md", *oracles]
        self.group = self.topic.group("checkpoint_vectors.py", 31, oracles, *libraries)
        for flag, note in NOTES[name].items():
            links = [link(thread) for thread in note.get("threads", ())]
            links += note.get("links", [])
            self.topic.note(flag, note["bugType"], note["description"], note["effect"], *links)

    def add(self, name, title, model, expect, flags=(), level="required"):
        self.group.add(name, title, "inspect", {"model": model}, expect, self.rules, flags, level)

    def refused(self, name, title, flag, errors, level, directory):
        self.add(name, title, directory.write(name), suite.invalid(*errors), [flag], level)

    def read(self, name, title, model, flags=(), outcome=suite.valid):
        config = expected(MODELS.parent / model)
        self.add(name, title, model, outcome(config=(config, suite.exact())), flags)

    def write(self):
        print(f"{self.topic.topic:28s} {self.topic.write():3d} vectors")


def library_refuses(model):
    try:
        with safe_open(MODELS.parent / model / "model.safetensors", "np") as file:
            list(file.keys())
    except SafetensorError:
        return True
    return False


def containers():
    c = Checkpoints(
        "safetensors",
        ["CKPT-1", "CKPT-2"],
        "Safetensors files, sound and broken.",
        oracles=["safetensors 0.8: refuses every file that is to be refused, and no other"],
    )
    for name, title, directory in hostile_containers.sound():
        c.read(name, title, directory.write(name))
    for name, title, flag, directory in hostile_containers.tolerated():
        c.read(name, title, directory.write(name), [flag], suite.acceptable)
    for name, title, flag, errors, directory in hostile_containers.cases():
        c.refused(name, title, flag, errors, "required", directory)
    for vector in c.group.vectors:
        refused = vector["expect"]["result"] == "invalid"
        assert library_refuses(vector["args"]["model"]) == refused, vector["id"]
    return c


def shards():
    c = Checkpoints(
        "shards", ["CKPT-4", "CKPT-5", "CKPT-6"], "Which files of a directory hold the weights."
    )
    c.read("two-files", "two files and an index", hostile_shards.sharded().write("two-files"))
    for case in hostile_shards.shards():
        c.refused(*case)
    c.read("bf16-sharded", "three files", "models/tiny-bf16-sharded")
    return c


def configurations():
    c = Checkpoints(
        "config",
        ["CKPT-7", "CKPT-8", "CKPT-9"],
        "Configurations of sound weights.",
        oracles=["transformers LlamaConfig: the same values, where a configuration is sound"],
    )
    few = ("rms_norm_eps", "max_position_embeddings", "num_key_value_heads", "tie_word_embeddings")
    bare = {key: value for key, value in DENSE.items() if key not in few}
    c.read(
        "defaults",
        "nothing but what must be there",
        Directory(bare).write("defaults"),
        ["ClassDefaults"],
    )
    wide = DENSE | {"head_dim": 6}
    c.read(
        "head-dim-given",
        "heads that are wider than the stream",
        Directory(wide).write("head-dim-given"),
        ["HeadDimDerived"],
    )
    new = DENSE | {"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}
    c.read(
        "rope-parameters",
        "theta in the new place",
        Directory(new).write("rope-parameters"),
        ["ThetaPlace"],
    )
    for model in TINY:
        c.read(model.slug, "a model of this suite", f"models/{model.slug}")
    c.read("pebble", "a model of this suite", "models/pebble")
    for case in hostile_models.configurations():
        c.refused(*case)
    return c


def tensors():
    c = Checkpoints("tensors", ["CKPT-11"], "Tensors that a configuration asks for.")
    extra = Directory()
    extra.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = extra.tensors[
        "model.norm.weight"
    ]
    c.read(
        "inv-freq",
        "a table of frequencies, as in old files",
        extra.write("inv-freq"),
        ["FrequenciesStored"],
    )
    for case in hostile_models.tensors():
        c.refused(*case)
    return c


def quantisations():
    c = Checkpoints("gptq", ["CKPT-10", "GPTQ-5", "GPTQ-10"], "GPTQ settings and their tensors.")
    sound = hostile_models.gptq()
    c.read("smallest", "a directory from which others are made", sound.write("smallest"))
    # Without desc_act and without g_idx the order of channels is not told; it is natural or lost.
    told = [model.slug for model in QUANTISED if model.scheme.order != "absent"]
    for slug in [*told, *SLUGS[1:]]:
        c.read(slug, "a model of this suite", f"models/{slug}")
    for case in hostile_models.quantisations():
        c.refused(*case)
    return c


if __name__ == "__main__":
    shutil.rmtree(MODELS / hostile.FOLDER, ignore_errors=True)
    for make in (containers, shards, configurations, tensors, quantisations):
        make().write()
