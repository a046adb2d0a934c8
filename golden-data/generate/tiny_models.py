"""Writes the tiny random Llama checkpoints to ../models/<slug>, in Hugging Face layout.

Each slug is named by what it tests. The geometry is chosen so that no two dimensions that could be
confused are equal, and the weights so that mistakes show: attention scores of order 1 to 3, norm
gains other than 1, embeddings small enough that eps matters in the first layer, logits of order 2.

Run: python tiny_models.py   Python 3.11, numpy 2.4. Same bytes every time: each model has its own
seed.
"""

import json
import shutil
from dataclasses import dataclass, field, replace

import numpy as np

import gptq
import tensor_file as tf
from gptq import Scheme
from paths import MODELS


@dataclass(frozen=True)
class Shape:
    layers: int
    dim: int = 96
    heads: int = 8
    kv_heads: int = 2
    head_dim: int = 16
    hidden: int = 160
    vocab: int = 331
    positions: int = 64


@dataclass(frozen=True)
class Model:
    slug: str
    seed: int
    shape: Shape
    dtype: str = "F16"
    theta: float = 25000.0
    eps: float = 1e-5
    tied: bool = True
    bias: bool = False
    rope: dict = field(default_factory=dict)  # entries of config.json that replace rope_theta
    shards: int = 1
    unaligned: bool = False
    scheme: Scheme | None = None
    desc_act: bool = False
    label: str | None = None  # checkpoint_format
    config_in: str = "quantize_config"  # or "config", "both"
    base_name: str | None = None
    era: str = "auto-gptq"  # or "gptq-for-llama": bare settings
    trained: bool = False  # Pebble, whose files are not made here
    quantised_elsewhere: bool = False

    @property
    def quantised(self):
        return self.scheme is not None or self.quantised_elsewhere


DEEP, TWO = Shape(12), Shape(2)
SMALL = Shape(1, vocab=131)
ROPE = Shape(2, dim=48, heads=4, hidden=80, vocab=131, positions=24)

DENSE = [
    Model("tiny-fp32-bias", 101, Shape(2, vocab=203), dtype="F32", tied=False, bias=True),
    Model("tiny-fp16-tied", 102, Shape(1), theta=50000.0, eps=1e-6),
    Model(
        "tiny-bf16-sharded",
        103,
        Shape(3, vocab=131),
        dtype="BF16",
        tied=False,
        theta=500000.0,
        shards=3,
    ),
    Model(
        "tiny-fp32-unaligned",
        104,
        replace(ROPE, layers=1, vocab=61),
        dtype="F32",
        eps=1e-6,
        unaligned=True,
    ),
    Model(
        "tiny-rope-linear",
        105,
        ROPE,
        rope={"rope_theta": 15000.0, "rope_scaling": {"type": "linear", "factor": 4.0}},
    ),
    Model(
        "tiny-rope-dynamic",
        106,
        ROPE,
        eps=1e-6,
        rope={"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 25000.0}},
    ),
]

QUANTISED = [
    Model(
        "tiny-gptq-4bit-32g-actorder",
        201,
        DEEP,
        tied=False,
        desc_act=True,
        scheme=Scheme(4, 32, order="act-order", bias="zero"),
    ),
    Model(
        "tiny-gptq-4bit-128g",
        202,
        Shape(12, vocab=131),
        eps=1e-6,
        config_in="both",
        label="gptq",
        scheme=Scheme(4, 128, bias="zero"),
    ),
    Model(
        "tiny-gptq-3bit-32g-actorder-bias",
        203,
        TWO,
        bias=True,
        desc_act=True,
        config_in="config",
        scheme=Scheme(3, 32, symmetric=False, order="act-order", bias="nonzero"),
    ),
    Model(
        "tiny-gptq-3bit-nogroup",
        204,
        SMALL,
        desc_act=True,
        base_name="gptq_model-3bit--1g",
        scheme=Scheme(3, -1, order="act-order", bias="zero"),
    ),
    Model(
        "tiny-gptq-3bit-64g-flood",
        205,
        SMALL,
        eps=1e-6,
        scheme=Scheme(3, 64, symmetric=False, flood=True),
    ),
    Model("tiny-gptq-2bit-64g-asym", 206, SMALL, tied=False, scheme=Scheme(2, 64, symmetric=False)),
    Model(
        "tiny-gptq-2bit-32g-v2-actorder",
        207,
        SMALL,
        desc_act=True,
        label="gptq_v2",
        config_in="config",
        scheme=Scheme(2, 32, order="act-order", zeros="v2"),
    ),
    Model(
        "tiny-gptq-8bit-nogroup",
        208,
        SMALL,
        desc_act=True,
        config_in="both",
        tied=False,
        scheme=Scheme(8, -1, order="act-order", bias="zero"),
    ),
    Model(
        "tiny-gptq-8bit-64g-actorder-flood",
        209,
        SMALL,
        desc_act=True,
        label="gptq",
        scheme=Scheme(8, 64, symmetric=False, order="act-order", flood=True),
    ),
    Model(
        "tiny-gptq-4bit-32g-asym-flood",
        210,
        SMALL,
        config_in="config",
        eps=1e-6,
        scheme=Scheme(4, 32, symmetric=False, flood=True, bias="zero"),
    ),
    Model(
        "tiny-gptq-4bit-64g-v2-asym-bias",
        211,
        Shape(2, vocab=131),
        bias=True,
        desc_act=True,
        label="gptq_v2",
        scheme=Scheme(
            4, 64, symmetric=False, order="act-order", zeros="v2", flood=True, bias="nonzero"
        ),
    ),
    Model(
        "tiny-gptq-4bit-64g-mislabelled-v2",
        212,
        SMALL,
        label="gptq",
        scheme=Scheme(4, 64, zeros="v2"),
    ),
    Model(
        "tiny-gptq-4bit-32g-trivial-gidx",
        213,
        SMALL,
        scheme=Scheme(4, 32, symmetric=False, order="trivial", bias="zero"),
    ),
    Model(
        "tiny-gptq-4bit-128g-no-gidx",
        214,
        SMALL,
        era="gptq-for-llama",
        scheme=Scheme(4, 128, symmetric=False, order="absent", scale_dtype="F32"),
    ),
    Model(
        "tiny-gptq-4bit-32g-basename",
        215,
        SMALL,
        tied=False,
        desc_act=True,
        base_name="gptq_model-4bit-32g",
        scheme=Scheme(4, 32, bias="zero"),
    ),
]


def draw(model):
    """The float weights, by name, in the order they are stored."""
    s, rng, weights = model.shape, np.random.default_rng(model.seed), {}

    def normal(std, *shape):
        return rng.standard_normal(shape) * std

    def linear(name, outputs, inputs, std):
        weights[name + ".weight"] = normal(std / np.sqrt(inputs), outputs, inputs)
        if model.bias:
            weights[name + ".bias"] = normal(0.2, outputs)

    def gain(name, middle=1.0):
        weights[name + ".weight"] = middle * rng.uniform(0.6, 1.4, s.dim)

    # A tied embedding is also the output matrix: the final norm's gain makes up for its size.
    embedding = 0.01 if model.tied else 0.004
    weights["model.embed_tokens.weight"] = normal(embedding, s.vocab, s.dim)
    for layer in range(s.layers):
        prefix = f"model.layers.{layer}"
        gain(prefix + ".input_layernorm")
        linear(prefix + ".self_attn.q_proj", s.heads * s.head_dim, s.dim, 1.5)
        linear(prefix + ".self_attn.k_proj", s.kv_heads * s.head_dim, s.dim, 1.5)
        linear(prefix + ".self_attn.v_proj", s.kv_heads * s.head_dim, s.dim, 1.0)
        linear(prefix + ".self_attn.o_proj", s.dim, s.heads * s.head_dim, 0.7)
        gain(prefix + ".post_attention_layernorm")
        linear(prefix + ".mlp.gate_proj", s.hidden, s.dim, 1.5)
        linear(prefix + ".mlp.up_proj", s.hidden, s.dim, 1.0)
        linear(prefix + ".mlp.down_proj", s.dim, s.hidden, 0.8)
    gain("model.norm", 2.0 / (embedding * np.sqrt(s.dim)) if model.tied else 1.0)
    if not model.tied:
        weights["lm_head.weight"] = normal(2.0 / np.sqrt(s.dim), s.vocab, s.dim)
    return weights


def encode(model, weights):
    """The tensors on disk."""
    convert = {"F32": tf.f32, "F16": tf.f16, "BF16": tf.bf16}[model.dtype]
    if model.scheme is None:
        return {name: convert(value) for name, value in weights.items()}
    rng, tensors = np.random.default_rng([model.seed, 1]), {}
    for name, value in weights.items():
        prefix, _, kind = name.rpartition(".")
        if not prefix.endswith("_proj"):
            tensors[name] = convert(value)
        elif kind == "weight":
            parts = gptq.quantise(value, model.scheme, rng, weights.get(prefix + ".bias"))
            tensors.update({f"{prefix}.{key}": part for key, part in parts.items()})
    return tensors


def config_json(model):
    s = model.shape
    config = {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": model.bias,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "head_dim": s.head_dim,
        "hidden_act": "silu",
        "hidden_size": s.dim,
        "intermediate_size": s.hidden,
        "max_position_embeddings": s.positions,
        "mlp_bias": model.bias,
        "model_type": "llama",
        "num_attention_heads": s.heads,
        "num_hidden_layers": s.layers,
        "num_key_value_heads": s.kv_heads,
        "rms_norm_eps": model.eps,
        **(model.rope or {"rope_theta": model.theta, "rope_scaling": None}),
        "tie_word_embeddings": model.tied,
        "torch_dtype": {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}[model.dtype],
        "use_cache": True,
        "vocab_size": s.vocab,
    }
    if model.scheme and model.config_in != "quantize_config":
        config["quantization_config"] = {"quant_method": "gptq", **settings(model)}
    return config


def settings(model):
    """quantize_config.json, fields in AutoGPTQ's order."""
    scheme = model.scheme
    result = {"bits": scheme.bits, "group_size": scheme.group_size}
    if model.era == "auto-gptq":
        result |= {
            "damp_percent": 0.1,
            "desc_act": model.desc_act,
            "static_groups": model.desc_act and scheme.order == "sequential",
            "sym": scheme.symmetric,
            "true_sequential": True,
            "model_name_or_path": None,
            "model_file_base_name": model.base_name or "model",
        }
    if model.label:
        result["checkpoint_format"] = model.label
    return result


def save_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def save(model):
    directory = MODELS / model.slug
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    save_json(directory / "config.json", config_json(model))
    if model.scheme and model.config_in != "config":
        save_json(directory / "quantize_config.json", settings(model))
    tensors, metadata = encode(model, draw(model)), {"format": "pt"}
    if model.shards == 1:
        file = directory / f"{model.base_name or 'model'}.safetensors"
        tf.write(file, tensors, metadata, model.unaligned)
        return
    names, weight_map = list(tensors), {}
    for shard in range(model.shards):
        file = f"model-{shard + 1:05d}-of-{model.shards:05d}.safetensors"
        part = names[shard * len(names) // model.shards : (shard + 1) * len(names) // model.shards]
        tf.write(directory / file, {name: tensors[name] for name in part}, metadata)
        weight_map |= {name: file for name in part}
    size = sum(array.nbytes for _, array in tensors.values())
    save_json(
        directory / "model.safetensors.index.json",
        {"metadata": {"total_size": size}, "weight_map": weight_map},
    )


if __name__ == "__main__":
    for each in DENSE + QUANTISED:
        save(each)
