"""How far honest evaluations in other number formats than fp32 are from the truth: the spreads of
the numeric profiles f16, bf16 and int8.

A spread is measured as in oracle.spread: the largest absolute difference to the fp64 truth over
eight runs of the forward pass, each with its own random order for every sum.

f16, bf16   Every rounding point of Transformers' forward pass (4.33, modeling_llama.py): weights,
            embeddings, each product with a matrix, the bias, both steps of a norm, both products
            and the sum of a rotation, rope tables, scores before and after the division,
            probabilities, their mix, silu, its product, the residual sums, logits. Sums, norms,
            exponentials and tables are computed in fp32.
int8        Activations become 8-bit integers in blocks of 32 before a product with a quantised
            matrix (in a dense model: any matrix); all else is fp32. The runs differ: in every
            second one the scale of a block is rounded to fp16, as in llama.cpp's Q8_0; in half of
            them q, k, v and the probabilities are rounded to fp16, as with its cache; in half of
            them the head counts as quantised.

A value that overflows to infinity leaves its kind without a spread. `logprobs` is the distance of
the log-softmax of the logits, over all positions and ids.

Run: python profiles.py FILE [slug ...] writes the spreads of all model goldens as JSON
{golden: {prompt: {kind: {profile: number}}}}. The prompt `greedy` is the recorded continuation with
the prompt before it. Python 3.11, numpy 2.4.
"""

import json
import sys
from pathlib import Path

import numpy as np

import checkpoint
import oracle
from oracle import Arithmetic, join_heads, split_heads
from paths import MODELS

RUNS, BLOCK = 8, 32


def same(x):
    return x


def f16(x):
    with np.errstate(over="ignore"):
        return x.astype(np.float16).astype(np.float32)


def bf16(x):
    """To nearest, ties to even."""
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32).astype(np.uint64)
    high = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16
    rounded = high.astype(np.uint32).view(np.float32).reshape(x.shape)
    return np.where(np.isfinite(x), rounded, x)


def int8_blocks(x, round_scale):
    """What is left of x [rows, columns] after rounding to 255 levels per block of columns."""
    y = np.empty_like(x)
    for start in range(0, x.shape[1], BLOCK):
        block = x[:, start : start + BLOCK]
        scale = np.abs(block).max(1, keepdims=True) / np.float32(127)
        inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
        y[:, start : start + BLOCK] = np.rint(block * inverse) * round_scale(scale)
    return y


class Profile:
    """One run: where what is rounded. `arithmetic` is fp32 except when this pass checks itself."""

    def __init__(self, arithmetic, result=same, cached=same, entering=same, head=True):
        self.arithmetic, self.result, self.cached = arithmetic, result, cached
        self.entering, self.head = entering, head

    @staticmethod
    def of(name, run, arithmetic, dense):
        if name == "int8":
            scale = f16 if run & 1 else same
            return Profile(
                arithmetic,
                cached=f16 if run & 2 else same,
                entering=lambda x: int8_blocks(x, scale),
                head=dense or bool(run & 4),
            )
        return Profile(arithmetic, result={"f16": f16, "bf16": bf16}[name])


class Pass:
    """The forward pass with roundings; its steps in the order of modeling_llama.py."""

    def __init__(self, tensors, config, profile):
        self.tensors, self.config, self.profile = tensors, config, profile
        self.number, self.round = profile.arithmetic.dtype, profile.result

    def weight(self, name):
        return self.round(self.tensors[name].astype(self.number))

    def linear(self, x, name):
        y = self.profile.arithmetic.product(
            self.profile.entering(x), np.ascontiguousarray(self.weight(name + ".weight").T)
        )
        y = self.round(y)
        bias = name + ".bias"
        return self.round(y + self.weight(bias)) if bias in self.tensors else y

    def norm(self, x, name):
        mean = self.profile.arithmetic.sum(x * x) / self.number(x.shape[-1])
        r = self.number(1) / np.sqrt(mean + self.number(self.config.eps))
        return self.round(self.weight(name) * self.round(x * r))

    def rotate(self, x, tables):
        cos, sin = tables
        first, second = np.split(x, 2, axis=-1)
        turned = np.concatenate([-second, first], axis=-1)
        cos, sin = np.concatenate([cos, cos], -1), np.concatenate([sin, sin], -1)
        return self.round(self.round(x * cos) + self.round(turned * sin))

    def attention(self, x, prefix, tables, probe):
        config, product = self.config, self.profile.arithmetic.product
        q, k, v = (self.linear(x, f"{prefix}.{name}_proj") for name in "qkv")
        probe(q=q, k=k, v=v)
        q, k = split_heads(q, config.heads), split_heads(k, config.kv_heads)
        q, k = self.rotate(q, tables), self.rotate(k, tables)
        probe(qRope=join_heads(q), kRope=join_heads(k))
        group = config.heads // config.kv_heads
        q, k, v = (self.profile.cached(each) for each in (q, k, split_heads(v, config.kv_heads)))
        k, v = np.repeat(k, group, axis=0), np.repeat(v, group, axis=0)
        scores = self.round(product(q, k.transpose(0, 2, 1)))
        scores = self.round(scores / self.number(np.sqrt(config.head_dim)))
        future = np.triu(np.ones(scores.shape[-2:], dtype=bool), 1)
        scores = np.where(future, self.number(-np.inf), scores)
        p = self.round(oracle.softmax(scores, self.profile.arithmetic))
        heads = self.round(join_heads(product(self.profile.cached(p), v)))
        out = self.linear(heads, f"{prefix}.o_proj")
        probe(scores=scores, attn=heads, attnOut=out)
        return out

    def feed_forward(self, x, prefix, probe):
        gate, up = (self.linear(x, f"{prefix}.{name}_proj") for name in ("gate", "up"))
        silu = self.round(gate / (self.number(1) + np.exp(-gate)))
        act = self.round(silu * up)
        out = self.linear(act, f"{prefix}.down_proj")
        probe(gate=gate, up=up, act=act, ffnOut=out)
        return out

    def run(self, tokens):
        tables = [
            self.round(table.astype(self.number))
            for table in oracle.rope_tables(self.config, len(tokens))
        ]
        x = self.weight("model.embed_tokens.weight")[list(tokens)]
        result = {"embed": x, "layers": []}
        for layer in range(self.config.layers):
            prefix, probes = f"model.layers.{layer}", {}
            norm = probes["attnNorm"] = self.norm(x, prefix + ".input_layernorm.weight")
            x = self.round(x + self.attention(norm, prefix + ".self_attn", tables, probes.update))
            norm = probes["ffnNorm"] = self.norm(x, prefix + ".post_attention_layernorm.weight")
            x = self.round(x + self.feed_forward(norm, prefix + ".mlp", probes.update))
            result["layers"].append(probes)
        final = result["finalNorm"] = self.norm(x, "model.norm.weight")
        entering = self.profile.entering if self.profile.head else same
        head = "lm_head" if "lm_head.weight" in self.tensors else "model.embed_tokens"
        matrix = np.ascontiguousarray(self.weight(head + ".weight").T)
        result["logits"] = self.round(self.profile.arithmetic.product(entering(final), matrix))
        return result


def log_softmax(logits):
    logits = logits.astype(np.float64)
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def kinds(result):
    return oracle.by_kind(result) | {"logprobs": [log_softmax(result["logits"])]}


def distances(result, truth):
    """Per kind the largest difference over all layers and elements that are finite in the truth."""
    found, exact = {}, kinds(truth)
    for kind, arrays in kinds(result).items():
        worst = 0.0
        for a, b in zip(arrays, exact[kind]):
            finite = np.isfinite(b)
            worst = np.maximum(worst, np.abs(a.astype(np.float64)[finite] - b[finite]).max())
        found[kind] = float(worst)
    return found


def largest(runs):
    """The larger one of each kind; a kind in which something is no number any more drops out."""
    runs = list(runs)
    worst = {kind: max(run[kind] for run in runs) for kind in runs[0]}
    return {
        kind: value for kind, value in worst.items() if all(np.isfinite(run[kind]) for run in runs)
    }


def agrees(tensors, config, tokens, truth):
    """Without roundings this pass is the oracle's."""
    own = Pass(tensors, config, Profile(Arithmetic(np.float64))).run(tokens)
    assert max(distances(own, truth).values()) < 1e-9


def spreads(tensors, config, tokens, truth, seed, dense):
    """{"f16": {kind: spread}, "bf16": ..., "int8": ...} of one prompt. `dense` says that the model
    has no quantised matrices."""
    agrees(tensors, config, tokens, truth)
    found = {}
    for number, name in enumerate(("f16", "bf16", "int8")):
        found[name] = largest(
            distances(
                Pass(
                    tensors, config, Profile.of(name, run, arithmetic(seed, number, run), dense)
                ).run(tokens),
                truth,
            )
            for run in range(RUNS)
        )
    return found


def arithmetic(seed, *stream):
    return Arithmetic(np.float32, np.random.default_rng([seed, 9, *stream]))


def f32_spreads(tensors, config, tokens, truth, seed, grouped):
    """As oracle.spread, with `logprobs` besides. In a dense model both profiles are one."""

    def runs(matrices):
        for run in range(RUNS):
            shuffled = Arithmetic(np.float32, np.random.default_rng([seed, run]))
            weights = oracle.Weights(tensors, np.float32, matrices)
            yield distances(oracle.forward(weights, config, tokens, shuffled), truth)

    found = {"f32": largest(runs(None))}
    return found | {"f32-grouped": largest(runs(grouped)) if grouped else found["f32"]}


def by_kind_first(found):
    """{profile: {kind: number}} as {kind: {profile: number}}."""
    names = {kind: None for of in found.values() for kind in of}
    return {kind: {p: of[kind] for p, of in found.items() if kind in of} for kind in names}


def of_golden(model, version=None):
    """{prompt: {kind: {profile: spread}}} of a model of model_goldens.py."""
    from model_goldens import greedy, greedy_prompt, prompts

    directory = MODELS / model.slug
    config = checkpoint.read_config(directory)
    weights, matrices = checkpoint.read_weights(directory, version)
    result, inputs = {}, prompts(model)
    if start := greedy_prompt(model):
        inputs = inputs | {"greedy": [*start, *greedy(weights, config, start)["tokens"]]}
    for identifier, tokens in inputs.items():
        truth = oracle.truth(weights, config, tokens)
        found = f32_spreads(weights, config, tokens, truth, model.seed, matrices)
        found |= spreads(weights, config, tokens, truth, model.seed, dense=not matrices)
        result[identifier] = by_kind_first(found)
    return result


if __name__ == "__main__":
    from pebble_models import PEBBLE
    from tiny_models import DENSE, QUANTISED

    target, chosen, everything = Path(sys.argv[1]), sys.argv[2:], {}
    for each in DENSE + QUANTISED + PEBBLE:
        if not chosen or each.slug in chosen:
            everything[each.slug] = of_golden(each)
            if "mislabelled" in each.slug:
                everything[each.slug + ".read-as-v2"] = of_golden(each, "v2")
            logits = [row["logits"] for row in everything[each.slug].values()]
            print(f"{each.slug:40s}", {p: f"{v:.1e}" for p, v in logits[-1].items()}, flush=True)
    target.write_text(json.dumps(everything, indent=1) + "\n")
