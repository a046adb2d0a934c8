"""The vectors of op.linear. Library module of operations.py."""

import numpy as np
import torch

from operation import FLOOR, Gauge, Operation, Spread, coarse
from profiles import bf16, f16


def operations():
    op = Operation(
        "linear",
        "op.linear",
        ["LINEAR-1", "LINEAR-2"],
        16,
        "The product of rows with a dense matrix [out, in], and a bias.",
    )
    rng = np.random.default_rng(16)

    def vector(name, title, weight, x, wrong, bias=None, bound=None, **more):
        weight, x = np.asarray(weight, np.float32), np.asarray(x, np.float32)
        case = Case(weight, x, None if bias is None else np.asarray(bias, np.float32))
        with np.errstate(all="ignore"):
            mistakes = {flag: MISTAKES[flag](case) for flag in wrong}
        args = {"weight": weight, "x": x} | ({} if bias is None else {"bias": case.bias32})
        op.vector(
            name,
            title,
            args,
            case.product(),
            in_torch(case),
            bound or case.bound(),
            mistakes,
            **more,
        )

    few = ("AccumulatorF16", "AccumulatorBf16")
    vector("plain", "3 from 5, two rows", coarse(rng, 3, 5), coarse(rng, 2, 5), ("RowsMixed", *few))
    vector("square", "4 from 4", coarse(rng, 4, 4), coarse(rng, 2, 4), ("Transposed", "RowsMixed"))
    vector(
        "bias",
        "3 from 4 with a bias, three rows",
        coarse(rng, 3, 4),
        coarse(rng, 3, 4),
        ("BiasIgnored", "BiasTwice", "BiasOnFirstRow"),
        coarse(rng, 3),
    )
    vector(
        "bias-square",
        "as many rows as outputs, so that a bias may run the wrong way",
        coarse(rng, 3, 4),
        coarse(rng, 3, 4),
        ("BiasPerRow", "BiasIgnored"),
        coarse(rng, 3),
    )
    vector(
        "bias-large",
        "a bias a thousand times the product",
        coarse(rng, 2, 4),
        coarse(rng, 1, 4),
        ("BiasIgnored", "BiasTwice", "AccumulatorBf16"),
        [1024.0, -512.0],
    )
    vector(
        "bias-alone",
        "a row of zeros gives the bias",
        coarse(rng, 4, 3),
        np.zeros((1, 3)),
        ("BiasIgnored", "BiasTwice"),
        coarse(rng, 4),
    )
    for width in (7, 17, 33):
        vector(
            f"width-{width}",
            "a width that leaves a tail in every vector length",
            coarse(rng, 1, width),
            coarse(rng, 1, width),
            ("TailIgnored", "AccumulatorF16"),
        )
    vector("one-by-one", "a single product", [[-1.5]], [[0.75], [3.0]], ())
    vector("one-input", "an outer product", coarse(rng, 5, 1), coarse(rng, 3, 1), ("RowsMixed",))
    vector(
        "cancellation",
        "3 out of terms of 2048",
        [[1.0] * 7],
        [[2048, 1, 0.5, 1, 0.25, 0.25, -2048]],
        few,
    )
    vector(
        "sum-beyond-f16",
        "a partial sum of 98304 for a result of 256",
        [[1.0, 1.0, -1.0, -1.0]],
        [[49152.0, 49152.0, 49152.0, 48896.0]],
        ("AccumulatorF16",),
    )
    vector(
        "products-beyond-f16",
        "products of 2^20 that cancel",
        [[1024.0, -1024.0, 1.0]],
        [[1024.0, 1016.0, 0.5]],
        ("AccumulatorF16",),
    )
    vector(
        "result-beyond-f16",
        "a result of 2^17",
        np.full((1, 4), 512.0),
        np.full((1, 4), 64.0),
        ("AccumulatorF16",),
        bound=Spread({"f32": 0.0, "f32-grouped": 0.0, "bf16": 0.0}),
    )
    small = np.float32(2.0**-70)
    vector(
        "subnormal-result",
        "a result of 5 * 2^-140, which fp32 holds as a subnormal",
        [[small, small, -small]],
        [[4 * small, 3 * small, 2 * small]],
        ("FlushToZero",),
        bound=Spread({"f32": 0.0, "f32-grouped": 0.0}),
        level="optional",
    )
    vector(
        "subnormal-weight",
        "weights that are subnormal in f16 and exact",
        np.array([[3.0, -5.0, 255.0, 1.0]]) * 2.0**-24,
        [[1024.0, 512.0, 1.0, 2048.0]],
        ("F16SubnormalsFlushed",),
    )
    yield op


class Case:
    def __init__(self, weight, x, bias):
        self.weight32, self.x32, self.bias32 = weight, x, bias
        self.weight, self.x = weight.astype(np.float64), x.astype(np.float64)
        self.bias = np.zeros(len(weight)) if bias is None else bias.astype(np.float64)

    def product(self):
        return self.x @ self.weight.T + self.bias

    def bound(self):
        """`in` products and sums round no term more than `in` times; the bias is one more sum, the
        stored result one more rounding."""
        terms = self.x.shape[1] + 2
        return Gauge(terms, np.abs(self.x) @ np.abs(self.weight).T + np.abs(self.bias) + FLOOR)

    def accumulated(self, rounding):
        """From left to right, with every sum rounded."""
        total = np.zeros((len(self.x), len(self.weight)), np.float32)
        for i in range(self.x.shape[1]):
            product = self.x32[:, i : i + 1] * self.weight32[None, :, i]
            total = rounding(total + product)
        return rounding((total + self.bias).astype(np.float32)).astype(np.float64)


def in_torch(case):
    y = torch.nn.functional.linear(torch.from_numpy(case.x), torch.from_numpy(case.weight))
    return y + torch.from_numpy(case.bias)


def without_tail(case):
    """Whole vectors of eight only; what is left is dropped. Below eight, of four."""
    n = case.x.shape[1]
    kept = n // 8 * 8 or n // 4 * 4
    return case.x[:, :kept] @ case.weight[:, :kept].T + case.bias


def first_row_biased(case):
    y = case.x @ case.weight.T
    y[0] += case.bias
    return y


def flushed(case):
    products = case.x32[:, None, :] * case.weight32[None]
    products = np.where(np.abs(products) < np.float32(2.0**-126), 0, products)
    return products.astype(np.float64).sum(-1) + case.bias


def without_f16_subnormals(case):
    weight = np.where(np.abs(case.weight) < 2.0**-14, 0, case.weight)
    return case.x @ weight.T + case.bias


MISTAKES = {
    "Transposed": lambda c: c.x @ c.weight + c.bias,
    "RowsMixed": lambda c: c.product()[::-1],
    "BiasIgnored": lambda c: c.x @ c.weight.T,
    "BiasTwice": lambda c: c.product() + c.bias,
    "BiasOnFirstRow": first_row_biased,
    "BiasPerRow": lambda c: c.x @ c.weight.T + c.bias[:, None],
    "TailIgnored": without_tail,
    "AccumulatorF16": lambda c: c.accumulated(f16),
    "AccumulatorBf16": lambda c: c.accumulated(bf16),
    "FlushToZero": flushed,
    "F16SubnormalsFlushed": without_f16_subnormals,
}
