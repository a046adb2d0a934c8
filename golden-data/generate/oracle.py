"""The Llama forward pass, written once in plain numpy: in fp64 it is the truth of every golden, in
fp32 with shuffled summation orders it measures how far an honest fp32 implementation may be from
it.

Every sum runs over an explicit order, one addition at a time (no BLAS), so the numbers do not
depend on the machine's matrix library. RoPE: angle = position * theta^(-2j / headDim) in fp64, cos
and sin rounded to fp32 once and then used as they are. eps is the fp32 value nearest to the
configured one. Linear scaling divides the position by the factor. Dynamic scaling replaces theta by
theta * (factor * L / maxPositions - (factor - 1))^(headDim / (headDim - 2)), where L is the larger
of the number of tokens of the whole sequence and maxPositions: one full forward pass, no cache from
shorter lengths.

Library module; Python 3.11, numpy 2.4.
"""

from dataclasses import dataclass

import numpy as np

import gptq

LAYER_PROBES = "attnNorm q k v qRope kRope scores attn attnOut ffnNorm gate up act ffnOut".split()


@dataclass(frozen=True)
class Config:
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    max_positions: int
    theta: float
    eps: float
    scaling: str = "default"
    factor: float = 1.0


class Arithmetic:
    """A precision and, when a generator is given, a fresh random order for every sum."""

    def __init__(self, dtype, rng=None):
        self.dtype, self.rng = dtype, rng

    def order(self, n):
        return range(n) if self.rng is None else self.rng.permutation(n)

    def sum(self, x):
        """Over the last axis, which is kept with length 1."""
        total = np.zeros(x.shape[:-1] + (1,), dtype=self.dtype)
        for i in self.order(x.shape[-1]):
            total += x[..., i : i + 1]
        return total

    def product(self, a, b):
        """a [..., rows, n] times b [..., n, columns]."""
        total = np.zeros(
            np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + (a.shape[-2], b.shape[-1]), self.dtype
        )
        for i in self.order(a.shape[-1]):
            total += a[..., i : i + 1] * b[..., i : i + 1, :]
        return total

    def ordered_product(self, x, b, order):
        """The part of x times b over the given inputs, in that order, and the sum of x over the
        same."""
        part, total = np.zeros((x.shape[0], b.shape[1]), self.dtype), np.zeros(
            (x.shape[0], 1), self.dtype
        )
        for i in order:
            part += x[:, i : i + 1] * b[i]
            total += x[:, i : i + 1]
        return part, total


class Weights:
    """Named weights in fp64, handed out in the arithmetic's precision; matrices come as [in, out].
    The layers in `grouped` are computed from their GPTQ codes group by group instead of from the
    weight.
    """

    def __init__(self, tensors, dtype, grouped=None):
        self.tensors, self.dtype, self.cast, self.grouped = tensors, dtype, {}, grouped or {}

    def __getitem__(self, name):
        if name not in self.cast:
            value = self.tensors[name].astype(self.dtype)
            self.cast[name] = np.ascontiguousarray(value.T)
        return self.cast[name]

    def __contains__(self, name):
        return name in self.tensors


def rope_tables(config, tokens):
    """cos and sin, each [tokens, headDim / 2], rounded to fp32."""
    d, theta, position = config.head_dim, config.theta, np.arange(tokens, dtype=np.float64)
    if config.scaling == "linear":
        position = position / config.factor
    elif config.scaling == "dynamic":
        length = max(tokens, config.max_positions)
        growth = config.factor * length / config.max_positions - (config.factor - 1)
        theta = theta * growth ** (d / (d - 2))
    elif config.scaling != "default":
        raise ValueError(f"rope scaling {config.scaling}")
    angle = position[:, None] * theta ** (-2.0 * np.arange(d // 2) / d)[None, :]
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def rms_norm(x, gain, eps, arithmetic):
    mean = arithmetic.sum(x * x) / arithmetic.dtype(x.shape[-1])
    return x * (arithmetic.dtype(1) / np.sqrt(mean + arithmetic.dtype(eps))) * gain


def linear(x, weights, name, arithmetic):
    if name in weights.grouped:
        y = gptq.grouped_product(x, weights.grouped[name], arithmetic)
    else:
        y = arithmetic.product(x, weights[name + ".weight"])
    return y + weights[name + ".bias"] if name + ".bias" in weights else y


def rotate(x, cos, sin):
    """x [heads, tokens, headDim]; dimension j is paired with j + headDim / 2."""
    first, second = np.split(x, 2, axis=-1)
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)


def split_heads(x, heads):
    return x.reshape(x.shape[0], heads, -1).transpose(1, 0, 2)


def join_heads(x):
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)


def softmax(scores, arithmetic):
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / arithmetic.sum(weights)


def attention(x, weights, prefix, config, tables, arithmetic, probe):
    q, k, v = (linear(x, weights, f"{prefix}.{name}_proj", arithmetic) for name in "qkv")
    probe(q=q, k=k, v=v)
    q, k, v = (
        split_heads(q, config.heads),
        split_heads(k, config.kv_heads),
        split_heads(v, config.kv_heads),
    )
    q, k = rotate(q, *tables), rotate(k, *tables)
    probe(qRope=join_heads(q), kRope=join_heads(k))
    group = config.heads // config.kv_heads  # query head h reads key head h / group
    k, v = np.repeat(k, group, axis=0), np.repeat(v, group, axis=0)
    scores = arithmetic.product(q, k.transpose(0, 2, 1)) / np.sqrt(
        arithmetic.dtype(config.head_dim)
    )
    future = np.triu(np.ones(scores.shape[-2:], dtype=bool), 1)
    scores = np.where(future, arithmetic.dtype(-np.inf), scores)
    heads = join_heads(arithmetic.product(softmax(scores, arithmetic), v))
    out = linear(heads, weights, f"{prefix}.o_proj", arithmetic)
    probe(scores=scores, attn=heads, attnOut=out)
    return out


def feed_forward(x, weights, prefix, arithmetic, probe):
    gate = linear(x, weights, f"{prefix}.gate_proj", arithmetic)
    up = linear(x, weights, f"{prefix}.up_proj", arithmetic)
    act = gate / (arithmetic.dtype(1) + np.exp(-gate)) * up
    out = linear(act, weights, f"{prefix}.down_proj", arithmetic)
    probe(gate=gate, up=up, act=act, ffnOut=out)
    return out


def forward(weights, config, tokens, arithmetic):
    """Returns the probes: {"embed", "layers": [{...}], "finalNorm", "logits"}, all in the
    arithmetic's precision."""
    tables = [table.astype(arithmetic.dtype) for table in rope_tables(config, len(tokens))]
    x = weights["model.embed_tokens.weight"].T[list(tokens)]
    result = {"embed": x, "layers": []}
    for layer in range(config.layers):
        prefix, probes = f"model.layers.{layer}", {}
        norm = rms_norm(x, weights[prefix + ".input_layernorm.weight"], config.eps, arithmetic)
        probes["attnNorm"] = norm
        x = x + attention(
            norm, weights, prefix + ".self_attn", config, tables, arithmetic, probes.update
        )
        norm = rms_norm(
            x, weights[prefix + ".post_attention_layernorm.weight"], config.eps, arithmetic
        )
        probes["ffnNorm"] = norm
        x = x + feed_forward(norm, weights, prefix + ".mlp", arithmetic, probes.update)
        result["layers"].append(probes)
    result["finalNorm"] = rms_norm(x, weights["model.norm.weight"], config.eps, arithmetic)
    head = "lm_head.weight" if "lm_head.weight" in weights else "model.embed_tokens.weight"
    result["logits"] = arithmetic.product(result["finalNorm"], weights[head])
    return result


def by_kind(result):
    """The same probes grouped by kind: {"logits": [array], "q": [layer 0, layer 1, ...], ...}."""
    kinds = {name: [result[name]] for name in ("embed", "finalNorm", "logits")}
    for name in LAYER_PROBES:
        kinds[name] = [layer[name] for layer in result["layers"]]
    return kinds


def spread(tensors, config, tokens, truth, seed, runs=8, grouped=None):
    """Per kind, the largest absolute difference to the truth over fp32 runs with shuffled sums."""
    exact, largest = by_kind(truth), {}
    for run in range(runs):
        arithmetic = Arithmetic(np.float32, np.random.default_rng([seed, run]))
        shuffled = forward(Weights(tensors, np.float32, grouped), config, tokens, arithmetic)
        for kind, arrays in by_kind(shuffled).items():
            for a, b in zip(arrays, exact[kind]):
                finite = np.isfinite(b)
                difference = np.abs(a.astype(np.float64)[finite] - b[finite]).max()
                largest[kind] = max(largest.get(kind, 0.0), float(difference))
    return largest


def truth(tensors, config, tokens):
    return forward(Weights(tensors, np.float64), config, tokens, Arithmetic(np.float64))
