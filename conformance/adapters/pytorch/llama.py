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


class Gptq:
    """The weights that the packed tensors of a checkpoint stand for."""

    def __init__(self, settings):
        self.bits, self.group_size = settings["bits"], settings["group_size"]
        self.second = settings.get("checkpoint_format") == "gptq_v2"
        self.symmetric, self.act_order = settings.get("sym"), settings.get("desc_act")

    def unpacked(self, words):
        """Codes of each column; words [rows, columns] hold them bit after bit, lowest first, down the rows."""
        stream = (words.T.unsqueeze(-1) >> torch.arange(32)) & 1  # [columns, rows, 32]
        weights = 2 ** torch.arange(self.bits)
        return (stream.reshape(words.shape[1], -1, self.bits) * weights).sum(-1).T

    def stored_zeros(self, qzeros):
        """[groups, out]"""
        return self.unpacked(qzeros.T).T

    def zeros(self, stored):
        """The zero points, from what is stored of them."""
        second, middle = self.second, 2 ** (self.bits - 1)
        if self.symmetric and bool((stored == (middle - 1 if second else middle)).all()):
            second = not second  # labelled wrongly: symmetric zero points are all the middle
        return stored if second else stored + 1

    def scales(self, stored):
        """[groups, out]"""
        return stored.float()

    def groups(self, g_idx, inputs):
        """The group of each input."""
        group = torch.zeros(inputs) if g_idx is None else g_idx
        if not self.act_order and not group.any():
            group = torch.arange(inputs) // (self.group_size if self.group_size > 0 else inputs)
        return group.long()

    def weight(self, parts):
        """[out, in], from the tensors of one layer."""
        codes = self.unpacked(parts["qweight"])  # [in, out]
        zeros, scales = self.zeros(self.stored_zeros(parts["qzeros"])), self.scales(parts["scales"])
        group = self.groups(parts.get("g_idx"), len(codes))
        return ((codes - zeros[group]).float() * scales[group]).T


class Llama:
    Packing = Gptq

    def __init__(self, directory, dtype=torch.float32):
        config = read_json(directory / "config.json")
        self.dtype = dtype
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.size = config.get("head_dim") or config["hidden_size"] // self.heads
        self.epsilon, self.longest = config["rms_norm_eps"], config["max_position_embeddings"]
        rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
        self.theta = rope.get("rope_theta", config.get("rope_theta", 10000.0))
        self.rope_type = rope.get("rope_type", rope.get("type", "default"))
        self.factor = rope.get("factor", 1.0)
        settings = read_json(directory / "quantize_config.json") or config.get("quantization_config")
        self.w = self.weights(directory, settings)

    def weights(self, directory, settings):
        tensors = {}
        for file in directory.glob("*.safetensors"):
            tensors |= load_file(file)
        packing = self.Packing(settings) if settings else None
        weights = {}
        for name, tensor in tensors.items():
            layer, _, kind = name.rpartition(".")
            if kind == "qweight":
                parts = {n.rpartition(".")[2]: t for n, t in tensors.items() if n.startswith(layer + ".")}
                weights[layer + ".weight"] = packing.weight(parts).to(self.dtype)
            elif kind in ("weight", "bias"):
                weights[name] = tensor.to(self.dtype)
        return weights

    def cache(self):
        """Keys and values of every layer, none yet."""
        return [types.SimpleNamespace(k=None, v=None) for _ in range(self.layers)]

    def remember(self, past, k, v):
        """Extends a layer's cache; all keys and values."""
        if past.k is not None:
            k, v = torch.cat((past.k, k), 1), torch.cat((past.v, v), 1)
        past.k, past.v = k, v
        return k, v

    def norm(self, name, x):
        x = x.float()
        scaled = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)
        return self.w[name + ".weight"] * scaled.to(self.dtype)

    def project(self, name, x):
        return linear(x, self.w[name + ".weight"], self.w.get(name + ".bias"))

    def positions(self, start, count):
        return torch.arange(start, start + count)

    def frequencies(self, theta):
        """Radians of each pair per position [size / 2]"""
        return theta ** (-torch.arange(0, self.size, 2).double() / self.size)

    def angles(self, positions, length):
        """cos and sin [tokens, size / 2]"""
        theta, positions, length = self.theta, positions.double(), max(length, self.longest)
        if self.rope_type == "linear":
            positions = positions / self.factor
        elif self.rope_type == "dynamic":
            stretch = self.factor * length / self.longest - (self.factor - 1)
            theta = theta * stretch ** (self.size / (self.size - 2))
        turns = positions[:, None] * self.frequencies(theta)
        return turns.cos().to(self.dtype), turns.sin().to(self.dtype)

    def rotate(self, x, cos, sin):
        """x [heads, tokens, size]; the pairs are (i, i + size / 2)"""
        a, b = x.chunk(2, -1)
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)

    def split(self, x):
        """[tokens, heads * size] -> [heads, tokens, size]"""
        return x.view(len(x), -1, self.size).transpose(0, 1)

    def join(self, x):
        """[heads, tokens, size] -> [tokens, heads * size]"""
        return x.transpose(0, 1).flatten(1)

    def share(self, x, heads):
        """Heads of keys or values, one for each of the query's."""
        return x.repeat_interleave(heads // len(x), 0)

    def scale(self):
        return self.size**-0.5

    def seen(self, count, total):
        """Which of all tokens each of the last ones may attend to [count, total]"""
        return torch.ones(count, total, dtype=torch.bool).tril(total - count)

    def probabilities(self, scores):
        return softmax(scores.float(), -1).to(self.dtype)

    def attend(self, q, k, v):
        k, v = self.share(k, len(q)), self.share(v, len(q))
        scores = q @ k.transpose(1, 2) * self.scale()
        scores = scores.masked_fill(~self.seen(q.shape[1], k.shape[1]), -torch.inf)
        return self.probabilities(scores) @ v

    def attention(self, name, x, past, angles):
        q, k, v = (self.split(self.project(f"{name}.{p}_proj", x)) for p in "qkv")
        q, k = self.rotate(q, *angles), self.rotate(k, *angles)
        k, v = self.remember(past, k, v)
        return self.project(f"{name}.o_proj", self.join(self.attend(q, k, v)))

    def gated(self, gate, up):
        return silu(gate) * up

    def feed_forward(self, name, x):
        gate, up = (self.project(f"{name}.{p}_proj", x) for p in ("gate", "up"))
        return self.project(f"{name}.down_proj", self.gated(gate, up))

    def block(self, layer, x, past, angles):
        x = x + self.attention(f"{layer}.self_attn", self.norm(f"{layer}.input_layernorm", x), past, angles)
        return x + self.feed_forward(f"{layer}.mlp", self.norm(f"{layer}.post_attention_layernorm", x))

    def embed(self, tokens):
        return self.w["model.embed_tokens.weight"][torch.tensor(tokens)]

    def head(self, x):
        return linear(x, self.w.get("lm_head.weight", self.w["model.embed_tokens.weight"])).float()

    def logits(self, tokens, cache=None):
        """Logits of every token [tokens, vocab]; a cache is extended."""
        if min(tokens) < 0:
            raise IndexError("a negative token id, which would count from the end")
        cache = cache or self.cache()
        start, count = 0 if cache[0].k is None else cache[0].k.shape[1], len(tokens)
        angles = self.angles(self.positions(start, count), start + count)
        x = self.embed(tokens)
        for i, past in enumerate(cache):
            x = self.block(f"model.layers.{i}", x, past, angles)
        return self.head(self.norm("model.norm", x))
