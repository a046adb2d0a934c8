"""Llama-2 in plain PyTorch, GPTQ included: the runtime that adapter.py puts to the test.

Written from the formulas; needs torch and safetensors alone. One sequence at a time, with or without a cache.
"""

import json
import types

import torch
from safetensors.torch import load_file
from torch.nn.functional import linear, silu, softmax


def read_json(file):
    return json.loads(file.read_text()) if file.exists() else {}


def unpacked(words, bits):
    """Codes of each column; words [rows, columns] hold them bit after bit, lowest first, down the rows."""
    stream = (words.T.unsqueeze(-1) >> torch.arange(32)) & 1  # [columns, rows, 32]
    weights = 2 ** torch.arange(bits)
    return (stream.reshape(words.shape[1], -1, bits) * weights).sum(-1).T


def dequantised(parts, settings, dtype):
    """[out, in], from the tensors of one layer."""
    bits, size = settings["bits"], settings["group_size"]
    codes = unpacked(parts["qweight"], bits)  # [in, out]
    zeros = unpacked(parts["qzeros"].T, bits).T  # [groups, out]
    second = settings.get("checkpoint_format") == "gptq_v2"
    middle = 2 ** (bits - 1)
    if settings.get("sym") and bool((zeros == (middle - 1 if second else middle)).all()):
        second = not second  # labelled wrongly: symmetric zero points are all the middle
    group = parts.get("g_idx", torch.zeros(len(codes))).long()
    if not settings.get("desc_act") and not group.any():
        group = torch.arange(len(codes)) // (size if size > 0 else len(codes))
    zeros = zeros if second else zeros + 1
    return ((codes - zeros[group]).float() * parts["scales"].float()[group]).T.to(dtype)


def weights_of(directory, config, dtype):
    tensors = {}
    for file in directory.glob("*.safetensors"):
        tensors |= load_file(file)
    settings = read_json(directory / "quantize_config.json") or config.get("quantization_config", {})
    weights = {}
    for name, tensor in tensors.items():
        layer, _, kind = name.rpartition(".")
        if kind == "qweight":
            parts = {n.rpartition(".")[2]: t for n, t in tensors.items() if n.startswith(layer + ".")}
            weights[layer + ".weight"] = dequantised(parts, settings, dtype)
        elif kind in ("weight", "bias"):
            weights[name] = tensor.to(dtype)
    return weights


class Llama:
    def __init__(self, directory, dtype=torch.float32):
        config = read_json(directory / "config.json")
        self.w, self.dtype = weights_of(directory, config, dtype), dtype
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.size = config.get("head_dim") or config["hidden_size"] // self.heads
        self.epsilon, self.longest = config["rms_norm_eps"], config["max_position_embeddings"]
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        self.theta = rope.get("rope_theta", config.get("rope_theta", 10000.0))
        self.rope_type = rope.get("rope_type", rope.get("type", "default"))
        self.factor = rope.get("factor", 1.0)

    def cache(self):
        """Keys and values of every layer, none yet."""
        return [types.SimpleNamespace(k=None, v=None) for _ in range(self.layers)]

    def norm(self, name, x):
        x = x.float()
        scaled = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)
        return self.w[name + ".weight"] * scaled.to(self.dtype)

    def project(self, name, x):
        return linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def angles(self, start, count):
        """cos and sin [tokens, size / 2]"""
        theta, size, length = self.theta, self.size, max(start + count, self.longest)
        positions = torch.arange(start, start + count).double()
        if self.rope_type == "linear":
            positions = positions / self.factor
        elif self.rope_type == "dynamic":
            stretch = self.factor * length / self.longest - (self.factor - 1)
            theta = theta * stretch ** (size / (size - 2))
        turns = positions[:, None] * theta ** (-torch.arange(0, size, 2).double() / size)
        return turns.cos().to(self.dtype), turns.sin().to(self.dtype)

    def rotate(self, x, cos, sin):
        """x [heads, tokens, size]; the pairs are (i, i + size / 2)"""
        a, b = x.chunk(2, -1)
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)

    def attention(self, name, x, past, angles):
        count = len(x)
        q, k, v = (
            self.project(f"{name}.{p}_proj", x).view(count, -1, self.size).transpose(0, 1) for p in "qkv"
        )
        q, k = self.rotate(q, *angles), self.rotate(k, *angles)
        if past.k is not None:
            k, v = torch.cat((past.k, k), 1), torch.cat((past.v, v), 1)
        past.k, past.v = k, v
        k, v = (t.repeat_interleave(self.heads // len(t), 0) for t in (k, v))
        seen = torch.ones(count, k.shape[1], dtype=torch.bool).tril(k.shape[1] - count)
        scores = (q @ k.transpose(1, 2) * self.size**-0.5).masked_fill(~seen, -torch.inf)
        mixed = softmax(scores.float(), -1).to(self.dtype) @ v
        return self.project(f"{name}.o_proj", mixed.transpose(0, 1).flatten(1))

    def logits(self, tokens, cache=None):
        """Logits of every token [tokens, vocab]; a cache is extended."""
        if min(tokens) < 0:
            raise IndexError("a negative token id, which would count from the end")
        cache = cache or self.cache()
        start = 0 if cache[0].k is None else cache[0].k.shape[1]
        angles = self.angles(start, len(tokens))
        x = self.w["model.embed_tokens.weight"][torch.tensor(tokens)]
        for i, past in enumerate(cache):
            layer = f"model.layers.{i}"
            x = x + self.attention(
                f"{layer}.self_attn", self.norm(f"{layer}.input_layernorm", x), past, angles
            )
            h = self.norm(f"{layer}.post_attention_layernorm", x)
            gate, up = (self.project(f"{layer}.mlp.{p}_proj", h) for p in ("gate", "up"))
            x = x + self.project(f"{layer}.mlp.down_proj", silu(gate) * up)
        head = self.w.get("lm_head.weight", self.w["model.embed_tokens.weight"])
        return linear(self.norm("model.norm", x), head).float()
