"""Writes ../vectors/gptq/<id>.safetensors and matrices.json: GPTQ matrices and what they mean.

Each file holds the tensors as on disk (qweight, qzeros, scales, and g_idx and bias where present),
the integer `codes` [in, out], the exact weight `dequantised` F64 [out, in], an input `x` F32 [3,
in] and `y` F64 [3, out] = x W^T + bias, summed in exact rational arithmetic and rounded once.

`spread` is the largest distance of eight fp32 evaluations with shuffled orders from y, with the
weights dequantised; `spreadGrouped` the same with scale and zero applied to the sums of a group.
The list is a covering set: every value of every property, and every pair of properties that the
packing or the indexing couples.

Run: python matrices.py   Python 3.11, numpy 2.4.
"""

from fractions import Fraction

import numpy as np

import gptq
import tensor_file as tf
from gptq import Scheme
from oracle import Arithmetic
from paths import VECTORS, versions, write_json

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


def matrix(number, bits, inputs, outputs, group_size, kind, order, zeros, bias, scale_dtype):
    scheme = Scheme(bits, group_size, kind == S, order, zeros, kind == F, bias, scale_dtype)
    rng = np.random.default_rng([4000, number])
    tensors = gptq.quantise(rng.standard_normal((outputs, inputs)) / np.sqrt(inputs), scheme, rng)
    x = rng.standard_normal((3, inputs)).astype(np.float32)
    decoded = gptq.read(tensors, bits, group_size, zeros)
    weight = decoded.dequantised()
    offset = tf.as_float64(tensors["bias"]) if "bias" in tensors else np.zeros(outputs)
    y, spread, grouped = exact_product(x, weight, offset), 0.0, 0.0
    for run in range(8):
        arithmetic = Arithmetic(np.float32, np.random.default_rng([number, run]))
        single = arithmetic.product(x, weight.T.astype(np.float32)) + offset.astype(np.float32)
        spread = max(spread, float(np.abs(single - y).max()))
        single = gptq.grouped_product(x, decoded, arithmetic) + offset.astype(np.float32)
        grouped = max(grouped, float(np.abs(single - y).max()))
    tensors |= {
        "codes": tf.i32(decoded.codes),
        "dequantised": tf.f64(weight),
        "x": tf.f32(x),
        "y": tf.f64(y),
    }
    size = {-1: "nogroup"}.get(group_size, f"{group_size}g")
    identifier = f"{bits}bit-{inputs}x{outputs}-{size}-{kind}-{order}-{zeros}-bias-{bias}"
    identifier += "-f32scales" if scale_dtype == "F32" else ""
    tf.write(VECTORS / "gptq" / f"{identifier}.safetensors", tensors)
    return {
        "id": identifier,
        "file": f"{identifier}.safetensors",
        "bits": bits,
        "in": inputs,
        "out": outputs,
        "groupSize": group_size,
        "groups": scheme.groups(inputs),
        "symmetric": kind == S,
        "floodedZeros": kind == F and zeros == "v1",
        "gIdx": order,
        "checkpointFormat": "gptq" if zeros == "v1" else "gptq_v2",
        "bias": bias,
        "scales": scale_dtype,
        "spread": {"y": spread},
        "spreadGrouped": {"y": grouped},
    }


if __name__ == "__main__":
    (VECTORS / "gptq").mkdir(parents=True, exist_ok=True)
    for old in (VECTORS / "gptq").glob("*.safetensors"):
        old.unlink()
    index = [matrix(number, *row) for number, row in enumerate(MATRICES)]
    source = {"generator": "generate/matrices.py", "seed": 4000, "versions": versions("numpy")}
    write_json(VECTORS / "gptq" / "matrices.json", {"source": source, "matrices": index})
