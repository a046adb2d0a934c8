"""The Llama-2 forward pass over a synthetic checkpoint: its truth in fp64, its spread in fp32.

A layer's weights are made on the device, used by all runs side by side and dropped, so that a 70B
needs a few GB. Every value has a leading axis of runs: one for the truth, eight for the spread.

The spread is that of runs that apply the scale to the sum of a group (TOL-4): each sum, be it over
the inputs of a group, the groups of a matrix, the width of a norm or the positions of a softmax,
takes its terms one at a time in an order drawn afresh for each run and each matrix or norm; terms
are products rounded once, added without FMA, with no matrix library. Codes are centred as in
GPTQ-6. Since all zero points are symmetric the centred ones are zero, and the sum of x falls away;
so do the biases, which are zeros. The output head, which is dense, is one long sum.

Run: python synthetic.py --shape llama2-7b --layers 2 --bits 4 --group-size 128 --act-order --seed 7
       --prompt 1,15043,29892 --out DIR
     python synthetic.py --check
Python 3.11, torch 2.13; with --check also transformers 5.18.
"""

import argparse
import math
import time
from pathlib import Path

import torch

import tensor_file as tf
from paths import versions, write_json
from synthetic_weights import SHAPES, Checkpoint, Scheme, Shape

EPSILON = float(torch.tensor(1e-5, dtype=torch.float32))
THETA = 10000.0
RUNS = 8


class Exact:
    """The truth: fp64, sums as torch takes them."""

    dtype, runs = torch.float64, 1

    def sum(self, terms, axis):
        """The axis is kept with length 1."""
        return terms.sum(axis, keepdim=True)

    def linear(self, x, matrix):
        return x @ matrix.weight()

    def dense(self, x, weight):
        return x @ weight.T.double()


class Shuffled:
    """Honest fp32: one addition after another in random order, each run with its own."""

    dtype = torch.float32

    def __init__(self, runs, seed, device):
        self.runs, self.device = runs, device
        self.generator = torch.Generator().manual_seed(seed & ((1 << 63) - 1))

    def orders(self, n):
        """[runs, n], made on the CPU and so the same for every device."""
        each = [torch.randperm(n, generator=self.generator) for _ in range(self.runs)]
        return torch.stack(each).to(self.device)

    def sum(self, terms, axis):
        axis %= terms.dim()
        order = self.orders(terms.shape[axis])
        index = order.reshape(
            [self.runs if i == 0 else -1 if i == axis else 1 for i in range(terms.dim())]
        ).expand_as(terms)
        first, *others = terms.gather(axis, index).unbind(axis)
        total = first.clone()
        for term in others:
            total += term
        return total.unsqueeze(axis)

    def members(self, group, groups, size):
        """The inputs of every group in random order [runs, groups, size]; the number of inputs
        fills up a short last group."""
        inputs = group.shape[0]
        order = self.orders(inputs)
        order = order.gather(1, group[order].argsort(dim=1, stable=True))
        filled = torch.full((self.runs, groups * size), inputs, device=self.device)
        filled[:, :inputs] = order
        return filled.reshape(self.runs, groups, size)

    def group_sums(self, x, weight, members):
        """The sums of x [runs, rows, inputs] times weight [inputs, outputs] over the members of
        every group: [runs, rows, groups, outputs]."""
        rows, outputs = x.shape[1], weight.shape[1]
        x = torch.cat([x, torch.zeros_like(x[..., :1])], dim=-1)
        total = torch.zeros((self.runs, rows, members.shape[1], outputs), device=self.device)
        for picked in members.unbind(-1):
            factor = x.gather(2, picked[:, None].expand(-1, rows, -1))
            row = weight[picked.clamp(max=weight.shape[0] - 1)].float()
            total += factor[..., None] * row[:, None]
        return total

    def linear(self, x, matrix):
        groups = matrix.scales.shape[0]
        size = int(torch.bincount(matrix.group).max())
        sums = self.group_sums(x, matrix.centred, self.members(matrix.group, groups, size))
        return self.sum(sums.mul_(matrix.scales.float()), 2).squeeze(2)

    def dense(self, x, weight):
        members = self.orders(weight.shape[1])[:, None]
        return self.group_sums(x, weight.T.contiguous(), members).squeeze(2)


def rope_tables(tokens, head_dim):
    """ROPE-1: cos and sin [tokens, headDim / 2] in double precision, rounded to fp32."""
    frequencies = [math.pow(THETA, -2.0 * j / head_dim) for j in range(head_dim // 2)]
    angles = [[position * f for f in frequencies] for position in range(tokens)]
    return [
        torch.tensor([[f(a) for a in row] for row in angles], dtype=torch.float64).float()
        for f in (math.cos, math.sin)
    ]


def rms_norm(x, gain, arithmetic):
    mean = arithmetic.sum(x * x, -1) / x.shape[-1]
    return x * (1 / torch.sqrt(mean + EPSILON)) * gain.to(x.dtype)


def rotate(x, cos, sin):
    """ROPE-2 over x [runs, heads, tokens, headDim]."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def split_heads(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attention(q, k, v, shape, arithmetic):
    """One prompt: q [runs, tokens, dim], k and v [runs, tokens, kvHeads * headDim]."""
    tokens, shared = q.shape[1], shape.heads // shape.kv_heads
    tables = [table.to(q) for table in rope_tables(tokens, shape.head_dim)]
    q, k = rotate(split_heads(q, shape.heads), *tables), split_heads(k, shape.kv_heads)
    k = rotate(k, *tables).repeat_interleave(shared, dim=1)
    v = split_heads(v, shape.kv_heads).repeat_interleave(shared, dim=1)
    scores = arithmetic.sum(q[:, :, :, None] * k[:, :, None], -1).squeeze(-1)
    future = torch.ones(tokens, tokens, dtype=torch.bool, device=q.device).triu(1)
    scores = (scores / math.sqrt(shape.head_dim)).masked_fill(future, -math.inf)
    weights = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = weights / arithmetic.sum(weights, -1)
    heads = arithmetic.sum(weights[..., None] * v[:, :, None], 3).squeeze(3)
    return heads.transpose(1, 2).flatten(2)


def layer(x, weights, shape, lengths, arithmetic):
    """x [runs, rows, dim]; the prompts lie one after the other in the rows."""
    norm = rms_norm(x, weights["input_layernorm"], arithmetic)
    parts = [
        arithmetic.linear(norm, weights[f"self_attn.{name}_proj"]).split(lengths, dim=1)
        for name in "qkv"
    ]
    heads = torch.cat([attention(*each, shape, arithmetic) for each in zip(*parts)], dim=1)
    x = x + arithmetic.linear(heads, weights["self_attn.o_proj"])
    norm = rms_norm(x, weights["post_attention_layernorm"], arithmetic)
    gate = arithmetic.linear(norm, weights["mlp.gate_proj"])
    up = arithmetic.linear(norm, weights["mlp.up_proj"])
    return x + arithmetic.linear(gate / (1 + torch.exp(-gate)) * up, weights["mlp.down_proj"])


def layer_weights(checkpoint, number):
    prefix = f"model.layers.{number}."
    weights = {
        name: checkpoint.matrix(prefix + name, inputs, outputs)
        for name, inputs, outputs in checkpoint.shape.modules()
    }
    for name in ("input_layernorm", "post_attention_layernorm"):
        weights[name] = checkpoint.gain(f"{prefix}{name}.weight")
    return weights


def forward(checkpoint, prompts, arithmetics, progress=lambda number: None):
    """Per arithmetic the logits [runs, rows, vocab] and the residual streams, one [runs, rows, dim]
    before the first layer and one after each."""
    shape, lengths = checkpoint.shape, [len(prompt) for prompt in prompts]
    rows = [checkpoint.embedding(token, 1) for prompt in prompts for token in prompt]
    x = torch.cat(rows)[None]
    streams = [[x.to(each.dtype).repeat(each.runs, 1, 1)] for each in arithmetics]
    for number in range(shape.layers):
        weights = layer_weights(checkpoint, number)
        for stream, each in zip(streams, arithmetics):
            stream.append(layer(stream[-1], weights, shape, lengths, each))
        progress(number)
    gain, head = checkpoint.gain("model.norm.weight"), checkpoint.head(0, shape.vocab)
    return [
        (each.dense(rms_norm(stream[-1], gain, each), head), stream)
        for stream, each in zip(streams, arithmetics)
    ]


def distance(runs, truth):
    return float((runs.double() - truth).abs().max())


def golden(checkpoint, name, prompts, runs=RUNS):
    """What is known of the prompts, token lists by identifier, and the tensors it refers to."""
    start = time.monotonic()

    def progress(number):
        print(f"{name}: layer {number}, {time.monotonic() - start:.1f} s", flush=True)

    arithmetics = [Exact(), Shuffled(runs, checkpoint.seed, checkpoint.device)]
    lengths = [len(tokens) for tokens in prompts.values()]
    results = forward(checkpoint, list(prompts.values()), arithmetics, progress)
    (truth, stream), (shuffled, shuffled_stream) = (
        ([part for part in logits.split(lengths, dim=1)], [x.split(lengths, dim=1) for x in xs])
        for logits, xs in results
    )
    tensors, rows = {}, []
    for number, (identifier, tokens) in enumerate(prompts.items()):
        tensors[f"p{number}.logits"] = tf.f64(truth[number][0].cpu().numpy())
        rows.append(
            {
                "id": identifier,
                "tokens": tokens,
                "logits": f"p{number}.logits",
                "spreadGrouped": {"logits": distance(shuffled[number], truth[number])},
                "residualRms": [float(x[number].square().mean().sqrt()) for x in stream],
                "residualSpreadGrouped": [
                    distance(fast[number], x[number]) for fast, x in zip(shuffled_stream, stream)
                ],
            }
        )
    shape, scheme, device = checkpoint.shape, checkpoint.scheme, checkpoint.device
    index = {
        "name": name,
        "seed": checkpoint.seed,
        "shape": {
            "dim": shape.dim,
            "hiddenDim": shape.hidden,
            "layers": shape.layers,
            "heads": shape.heads,
            "kvHeads": shape.kv_heads,
            "vocab": shape.vocab,
            "context": shape.context,
        },
        "quantisation": {
            "bits": scheme.bits,
            "groupSize": scheme.group_size,
            "actOrder": scheme.act_order,
        },
        "source": {
            "generator": "generate/synthetic.py",
            "versions": versions("torch"),
            "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU",
            "oracles": ["generate/synthetic.py, fp64"],
            "spreadGrouped": f"{runs} fp32 runs, every sum in random order, codes centred",
        },
        "prompts": rows,
    }
    for row, logits in zip(rows, truth):
        print(
            f"{name} {row['id']}: {time.monotonic() - start:.1f} s, logits std "
            f"{float(logits.std()):.3f}, spread {row['spreadGrouped']['logits']:.2e}, residual rms "
            f"{row['residualRms'][0]:.3f} to {row['residualRms'][-1]:.3f}",
            flush=True,
        )
    return index, tensors


def default_device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def parse():
    parser = argparse.ArgumentParser(description="Logits of a synthetic checkpoint.")
    parser.add_argument("--check", action="store_true", help="compare with other programs, no more")
    parser.add_argument("--shape", choices=SHAPES)
    for dimension in ("dim", "hidden", "layers", "heads", "kv-heads", "vocab", "context"):
        parser.add_argument("--" + dimension, type=int)
    parser.add_argument("--bits", type=int, choices=(2, 3, 4, 8), default=4)
    parser.add_argument("--group-size", type=int, default=128)
    parser.add_argument("--act-order", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--prompt", action="append", help="token ids, comma-separated; repeatable")
    parser.add_argument("--name", default="synthetic", help="of the files written")
    parser.add_argument("--out", type=Path, default=Path("."))
    parser.add_argument("--runs", type=int, default=RUNS, help="fp32 runs that measure the spread")
    return parser.parse_args()


def main():
    options = parse()
    if options.check:
        import synthetic_check

        return synthetic_check.main()
    given = [getattr(options, name) for name in Shape.__dataclass_fields__]
    defaults = SHAPES.get(options.shape, (None,) * 6 + (2048,))
    shape = Shape(*(d if g is None else g for g, d in zip(given, defaults)))
    scheme = Scheme(options.bits, options.group_size, options.act_order)
    checkpoint = Checkpoint(shape, scheme, options.seed, default_device())
    prompts = {
        f"p{number}": [int(token) for token in prompt.split(",")]
        for number, prompt in enumerate(options.prompt or ["1"])
    }
    index, tensors = golden(checkpoint, options.name, prompts, options.runs)
    options.out.mkdir(parents=True, exist_ok=True)
    tf.write(options.out / f"{options.name}.safetensors", tensors)
    write_json(options.out / f"{options.name}.json", index)


if __name__ == "__main__":
    with torch.no_grad():
        main()
