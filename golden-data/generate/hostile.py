"""The smallest model directories that are whole, and the ways to break them.

A Directory starts as a sound model of one layer, dense or quantised, and is changed in one respect.
Its files are built here from bytes and not through tensor_file.write, which cannot write nonsense.

Library module; Python 3.11, numpy 2.4.
"""

import json
import shutil

import numpy as np

import tensor_file as tf
from paths import MODELS

FOLDER = "hostile"
STORAGE = tf.STORAGE | {"I8": "<i1"}
DENSE = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 8,
    "hidden_size": 4,
    "intermediate_size": 6,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 16,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": True,
}
GPTQ = DENSE | {
    "vocab_size": 4,
    "hidden_size": 32,
    "intermediate_size": 32,
    "num_key_value_heads": 2,
}
SETTINGS = {"bits": 2, "group_size": -1, "desc_act": False, "sym": True}


def shapes(config):
    """Every weight of a model of this configuration, [out, in]."""
    dim, hidden = config["hidden_size"], config["intermediate_size"]
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim") or dim // heads
    kv = config.get("num_key_value_heads", heads) * head_dim
    yield "model.embed_tokens.weight", (config["vocab_size"], dim)
    for layer in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{layer}."
        yield prefix + "input_layernorm.weight", (dim,)
        for name, out in (("q", heads * head_dim), ("k", kv), ("v", kv)):
            yield f"{prefix}self_attn.{name}_proj.weight", (out, dim)
        yield prefix + "self_attn.o_proj.weight", (dim, heads * head_dim)
        yield prefix + "post_attention_layernorm.weight", (dim,)
        for name, shape in (
            ("gate", (hidden, dim)),
            ("up", (hidden, dim)),
            ("down", (dim, hidden)),
        ):
            yield f"{prefix}mlp.{name}_proj.weight", shape
    yield "model.norm.weight", (dim,)
    if not config.get("tie_word_embeddings", False):
        yield "lm_head.weight", (config["vocab_size"], dim)


def dense(config):
    rng, tensors = np.random.default_rng(31), {}
    for name, shape in shapes(config):
        values = rng.standard_normal(shape) * 0.25 + (len(shape) == 1)
        tensors[name] = tf.f16(values)
    return tensors


def quantised(config, bits=2, groups=1, g_idx=False):
    """All matrices of the layers as words, with symmetric zero points (v1)."""
    rng, tensors = np.random.default_rng(32), {}
    word = {2: 0x55555555, 4: 0x77777777}[bits]
    for name, shape in shapes(config):
        if not name.endswith("_proj.weight"):
            tensors[name] = tf.f16(rng.standard_normal(shape) * 0.25 + (len(shape) == 1))
            continue
        prefix, (out, inputs) = name.removesuffix("weight"), shape
        words = rng.integers(-(2**31), 2**31, (inputs * bits // 32, out))
        tensors[prefix + "qweight"] = tf.i32(words)
        tensors[prefix + "qzeros"] = tf.i32(np.full((groups, out * bits // 32), word))
        tensors[prefix + "scales"] = tf.f16(rng.uniform(0.05, 0.2, (groups, out)))
        if g_idx:
            tensors[prefix + "g_idx"] = tf.i32(
                rng.permutation(np.arange(inputs) * groups // inputs)
            )
    return tensors


def entries(tensors):
    """The header's entries, one after the other, and the data."""
    header, data = {}, b""
    for name, (dtype, array) in tensors.items():
        part = np.ascontiguousarray(array).astype(STORAGE[dtype], copy=False).tobytes()
        offsets = [len(data), len(data) + len(part)]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": offsets}
        data += part
    return header, data


def text(header):
    return json.dumps(header, separators=(",", ":")).encode()


def container(header, data, length=None):
    """header: bytes or entries; length: what the file claims the header's length to be."""
    header = header if isinstance(header, bytes) else text(header)
    length = len(header) if length is None else length
    return length.to_bytes(8, "little") + header + data


class Directory:
    def __init__(self, config=None, tensors=None, settings=None):
        self.config = dict(config or DENSE)
        self.tensors = dense(self.config) if tensors is None else tensors
        self.settings, self.files = settings, {}

    def header(self):
        return entries(self.tensors)

    def write(self, name):
        """Files given by name stand; config.json and model.safetensors are made if they are not."""
        folder = MODELS / FOLDER / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files = {"config.json": text(self.config), "model.safetensors": container(*self.header())}
        if self.settings is not None:
            files["quantize_config.json"] = text(self.settings)
        for file, content in (files | self.files).items():
            if content is not None:
                (folder / file).write_bytes(content)
        return f"models/{FOLDER}/{name}"

    def without(self, *names):
        self.files |= dict.fromkeys(names)
        return self

    def raw(self, content, file="model.safetensors"):
        self.files[file] = content
        return self
