"""Reads a model directory back from disk for the oracle: configuration and fp64 weights.

It knows nothing of how the files were made; what it returns is what the bytes and the JSON say.
Library module; Python 3.11, numpy 2.4.
"""

import json

import numpy as np

import gptq
import tensor_file as tf
from oracle import Config


def read_json(path):
    return json.loads(path.read_text()) if path.exists() else None


def read_config(directory):
    c = read_json(directory / "config.json")
    rope = c.get("rope_parameters") or c.get("rope_scaling") or {}
    return Config(
        layers=c["num_hidden_layers"],
        heads=c["num_attention_heads"],
        kv_heads=c["num_key_value_heads"],
        head_dim=c.get("head_dim") or c["hidden_size"] // c["num_attention_heads"],
        max_positions=c["max_position_embeddings"],
        theta=float(rope.get("rope_theta", c.get("rope_theta", 10000.0))),
        eps=float(np.float32(c["rms_norm_eps"])),
        scaling=rope.get("rope_type", rope.get("type", "default")),
        factor=float(rope.get("factor", 1.0)),
    )


def quantisation(directory):
    """The GPTQ settings of a directory, or None; quantize_config.json comes before config.json."""
    settings = read_json(directory / "quantize_config.json")
    return settings or read_json(directory / "config.json").get("quantization_config")


def read_tensors(directory):
    index = read_json(directory / "model.safetensors.index.json")
    if index is None:
        (file,) = directory.glob("*.safetensors")
        return tf.read(file)
    shards = {name: tf.read(directory / name) for name in sorted(set(index["weight_map"].values()))}
    return {name: shards[shard][name] for name, shard in index["weight_map"].items()}


def read_weights(directory, version=None):
    """All weights in fp64, quantised ones dequantised exactly, and the GPTQ matrices by layer name.

    version, "v1" or "v2", overrides the file's label."""
    tensors, settings = read_tensors(directory), quantisation(directory)
    if settings:
        label = settings.get("checkpoint_format") or settings.get("format") or "gptq"
        version = version or ("v2" if label == "gptq_v2" else "v1")
    weights, matrices = {}, {}
    for name, tensor in tensors.items():
        prefix, _, field = name.rpartition(".")
        if field == "qweight":
            parts = {key: tensors[f"{prefix}.{key}"] for key in ("qweight", "qzeros", "scales")}
            if f"{prefix}.g_idx" in tensors:
                parts["g_idx"] = tensors[f"{prefix}.g_idx"]
            matrices[prefix] = gptq.read(parts, settings["bits"], settings["group_size"], version)
            weights[prefix + ".weight"] = matrices[prefix].dequantised()
        elif field in ("weight", "bias"):
            weights[name] = tf.as_float64(tensor)
    return weights, matrices
