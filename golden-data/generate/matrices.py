"""Writes ../vectors/gptq/dequantise.json and product.json: GPTQ matrices and what they mean.

Both topics take their tensors from one blob per matrix: those on disk (qweight, qzeros, scales, and
g_idx and bias where present), `weight` F32 [in, out], which is exact for F16 scales, an input `x`
F32 [3, in] and `y` F64 [3, out] = x W^T + bias, summed in exact rational arithmetic and rounded
once.

The gauge of a weight is scale * (code + zero point), and three roundings make it in any way; the
stored one may be a fourth. The spreads of y are those of eight evaluations with shuffled orders:
f32 with the weights dequantised, f32-grouped with scale and zero applied to the sums of a group, the
others as in profiles.py. The list is a covering set: every value of every property, and every pair
of properties that the packing or the indexing couples.

Run: python matrices.py   Python 3.11, numpy 2.4.
"""

from fractions import Fraction

import numpy as np

import gptq
import profiles
import suite
import tensor_file as tf
from gptq import Scheme
from gptq_notes import GPTQ_NOTES
from oracle import Arithmetic

S, A, F = "sym", "asym", "flood"
MATRICES = [  # bits, in, out, group size, kind, order, zeros, bias, scale type
    (2, 32, 64, -1, S, "sequential", "v1", "zero", "F16"),
    (2, 64, 32, 32, A, "act-order", "v1", "absent", "F16"),
    (2, 96, 32, 64, F, "sequential", "v1", "nonzero", "F16"),
    (2, 32, 96, 128, A, "absent", "v1", "absent", "F16"),
    (2, 96, 32, 48, A, "trivial", "v2", "absent", "F16"),
    (2, 160, 32, 128, F, "act-order", "v2", "zero", "F16"),
    (2, 64, 32, -1, A, "act-order", "v2", "nonzero", "F32"),
    (2, 32, 96, 32, F, "absent", "v1", "zero", "F16"),
    (3, 32, 64, -1, S, "sequential", "v1", "absent", "F16"),
    (3, 64, 32, 32, S, "act-order", "v1", "zero", "F16"),
    (3, 96, 32, 64, A, "act-order", "v1", "nonzero", "F16"),
    (3, 32, 96, 128, F, "sequential", "v1", "absent", "F16"),
    (3, 96, 32, 48, F, "act-order", "v1", "zero", "F16"),
    (3, 160, 32, 128, A, "sequential", "v2", "nonzero", "F16"),
    (3, 64, 32, 32, F, "trivial", "v2", "absent", "F16"),
    (3, 64, 32, -1, A, "absent", "v1", "nonzero", "F32"),
    (3, 64, 32, 64, S, "act-order", "v2", "absent", "F16"),
    (3, 96, 32, 32, A, "trivial", "v1", "zero", "F16"),
    (4, 32, 64, -1, S, "sequential", "v1", "zero", "F16"),
    (4, 64, 32, 32, S, "act-order", "v1", "zero", "F16"),
    (4, 96, 32, 64, S, "sequential", "v2", "nonzero", "F16"),
    (4, 96, 32, 64, A, "act-order", "v1", "nonzero", "F16"),
    (4, 32, 160, 128, A, "sequential", "v1", "absent", "F16"),
    (4, 160, 32, 128, S, "act-order", "v1", "zero", "F16"),
    (4, 96, 32, 48, F, "act-order", "v1", "absent", "F16"),
    (4, 160, 32, 48, A, "absent", "v1", "zero", "F32"),
    (4, 32, 96, 32, F, "sequential", "v1", "zero", "F16"),
    (4, 64, 32, 32, S, "trivial", "v1", "zero", "F16"),
    (4, 96, 32, 64, F, "act-order", "v2", "nonzero", "F16"),
    (4, 160, 32, 32, A, "act-order", "v2", "absent", "F16"),
    (4, 32, 96, 128, S, "absent", "v1", "nonzero", "F16"),
    (4, 96, 32, -1, A, "act-order", "v1", "zero", "F16"),
    (8, 32, 64, -1, S, "sequential", "v1", "zero", "F16"),
    (8, 64, 32, 32, A, "act-order", "v1", "nonzero", "F16"),
    (8, 96, 32, 64, F, "act-order", "v1", "absent", "F16"),
    (8, 32, 96, 128, S, "sequential", "v2", "absent", "F16"),
    (8, 96, 32, 48, A, "trivial", "v1", "zero", "F16"),
    (8, 64, 32, 128, A, "absent", "v1", "absent", "F32"),
    (8, 64, 32, 32, F, "sequential", "v2", "nonzero", "F16"),
    (8, 32, 64, -1, S, "act-order", "v1", "nonzero", "F16"),
]


def exact_product(x, weight, bias):
    """x W^T + bias, correctly rounded to fp64."""
    rows = [[Fraction(float(v)) for v in row] for row in weight]
    inputs = [[Fraction(float(v)) for v in row] for row in x]
    offset = [Fraction(float(v)) for v in bias]
    return np.array(
        [
            [float(sum((a * b for a, b in zip(row, w)), start)) for w, start in zip(rows, offset)]
            for row in inputs
        ]
    )


class Matrix:
    def __init__(self, number, bits, inputs, outputs, group_size, kind, order, zeros, bias, scales):
        self.number, self.bits, self.group_size, self.zeros = number, bits, group_size, zeros
        self.kind, self.order, self.bias = kind, order, bias
        scheme = Scheme(bits, group_size, kind == S, order, zeros, kind == F, bias, scales)
        rng = np.random.default_rng([4000, number])
        weight = rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)
        self.stored = gptq.quantise(weight, scheme, rng)
        self.x = rng.standard_normal((3, inputs)).astype(np.float32)
        self.decoded = gptq.read(self.stored, bits, group_size, zeros)
        self.weight = self.decoded.dequantised()
        self.offset = np.zeros(outputs)
        if "bias" in self.stored:
            self.offset = tf.as_float64(self.stored["bias"])
        self.y = exact_product(self.x, self.weight, self.offset)
        size = {-1: "nogroup"}.get(group_size, f"{group_size}g")
        self.id = f"{bits}bit-{inputs}x{outputs}-{size}-{kind}-{order}-{zeros}-bias-{bias}"
        self.id += "-f32scales" if scales == "F32" else ""
        if order == "trivial":  # all zeros, a placeholder: the calls take what is meant
            del self.stored["g_idx"]

    def spreads(self):
        found = {}
        for run in range(8):
            arithmetic = Arithmetic(np.float32, np.random.default_rng([self.number, run]))
            weight, offset = self.weight.T.astype(np.float32), self.offset.astype(np.float32)
            values = {"f32": arithmetic.product(self.x, weight) + offset}
            values["f32-grouped"] = gptq.grouped_product(self.x, self.decoded, arithmetic) + offset
            for name in ("f16", "bf16", "int8"):
                values[name] = self.rounded(name, run)
            for name, value in values.items():
                found[name] = max(found.get(name, 0.0), float(np.abs(value - self.y).max()))
        return found

    def rounded(self, profile, run):
        tensors = {"m.weight": self.weight, "m.bias": self.offset}
        arithmetic = Arithmetic(np.float32, np.random.default_rng([self.number, 9, run]))
        each = profiles.Pass(tensors, None, profiles.Profile.of(profile, run, arithmetic, False))
        return each.linear(each.round(self.x), "m")

    def gauge(self):
        """|scale| * (code + zero point), [in, out]."""
        d = self.decoded
        return np.abs(d.scales[d.index]) * (d.codes + d.zeros[d.index])

    def flags(self):
        chosen = {
            "StraddlingCode": self.bits == 3,
            "ZeroPointStored": self.zeros == "v2",
            "AsymmetricZero": self.kind != S,
            "FloodedWord": self.kind == F and self.zeros == "v1",
            "GroupOfChannel": self.order == "act-order",
            "ShortGroup": self.weight.shape[1] % max(self.group_size, 1) != 0,
            "OneGroup": self.group_size == -1,
        }
        return [flag for flag, holds in chosen.items() if holds]


NOTES = {
    "StraddlingCode": (
        "LAYOUT",
        "With 3 bits the codes 10 and 21 of every 32 lie in two words.",
        "Wrong weights every 32 inputs, or every 32 outputs where it is a zero point.",
        "https://github.com/ModelCloud/GPTQModel/issues/1863",
    ),
    "ZeroPointStored": (
        "CONFIG_IGNORED",
        "Format gptq_v2 stores zero points as they are, gptq less one.",
        "Every weight is off by one scale.",
        "https://github.com/vllm-project/vllm/issues/38966",
    ),
    **GPTQ_NOTES,
    "ShortGroup": (
        "OFF_BY_ONE",
        "The last group has fewer members than the others.",
        "Reading past the last group, or no last group.",
        "https://github.com/ModelCloud/GPTQModel/issues/2950",
    ),
    "OneGroup": (
        "CONFIG_IGNORED",
        "A group size of -1 is one group for all inputs.",
        "Division by -1, or groups of some other size.",
        "https://github.com/huggingface/text-generation-inference/issues/1358",
    ),
    "Bias": (
        "CONFIG_IGNORED",
        "The matrix has a bias.",
        "A bias that is ignored, or added twice.",
        "https://github.com/vllm-project/vllm/issues/18363",
    ),
}
ORACLES = ["generate/gptq.py, exact rational arithmetic"]


def topic(name, header, flags):
    made = suite.Topic(name, header)
    for flag, note in NOTES.items():
        if flag in flags:
            made.note(flag, *note)
    return made, made.group("matrices.py", 4000, ORACLES, "numpy")


def add(m, dequantise, product):
    blob = suite.Blob()
    names = {"qweight": "qweight", "qzeros": "qzeros", "scales": "scales", "g_idx": "gIdx"}
    args = {"bits": m.bits, "groupSize": m.group_size}
    args["format"] = "gptq" if m.zeros == "v1" else "gptq_v2"
    args |= {names[n]: blob.put(n, t) for n, t in m.stored.items() if n in names}
    weight = blob.put("weight", np.ascontiguousarray(m.weight.T, np.float32))
    gauge = blob.put("gauge", np.ascontiguousarray(m.gauge(), np.float32))
    rules = ["GPTQ-1"] + (["GPTQ-2"] if m.bits == 3 else []) + ["GPTQ-3", "GPTQ-4", "GPTQ-5"]
    title = f"{m.bits} bits, {m.kind}, {m.order} groups"
    expect = suite.valid(weight=(weight, suite.gauge(4, gauge)))
    dequantise.add(m.id, title, "gptq.dequantise", args, expect, rules, m.flags())
    args = args | {"x": blob.put("x", m.x)}
    if "bias" in m.stored:
        args["bias"] = blob.put("bias", m.stored["bias"])
    expect = suite.valid(y=(blob.put("y", m.y), suite.spread(m.spreads())))
    biased = ["Bias"] if m.bias == "nonzero" else []
    rules = rules + (["GPTQ-7", "LINEAR-2"] if biased else [])
    product.add(m.id, title, "gptq.product", args, expect, rules, m.flags() + biased)
    blob.write()


if __name__ == "__main__":
    weights, dequantise = topic(
        "gptq/dequantise", "The weights that quantised matrices stand for.", set(NOTES) - {"Bias"}
    )
    products, product = topic("gptq/product", "Inputs times quantised matrices.", set(NOTES))
    for number, row in enumerate(MATRICES):
        add(Matrix(number, *row), dequantise, product)
    weights.write()
    products.write()
