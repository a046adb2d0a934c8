"""The vectors of op.softmax. Library module of operations.py."""

import numpy as np
import torch

from operation import Exact, Gauge, Operation, coarse


def operations():
    op = Operation(
        "softmax", "op.softmax", ["SOFTMAX-1"], 12, "Softmax of rows, as attention takes it."
    )
    rng = np.random.default_rng(12)

    def vector(name, title, x, wrong=(), bound=None):
        x = np.asarray(x, np.float32)
        a = x.astype(np.float64)
        truth = stable(a)
        with np.errstate(all="ignore"):
            mistakes = {
                "NoMaxSubtraction": lambda: unshifted(x),
                "MaxOfAllRows": lambda: scaled(np.exp(x - x.max())),
                "MaskAfterSoftmax": lambda: stable(np.where(np.isfinite(a), a, 0)) * np.isfinite(a),
                "WrongAxis": lambda: scaled(np.exp(a - a.max()), 0),
                "BaseTwo": lambda: scaled(np.exp2(a - a.max(-1, keepdims=True))),
                "SoftmaxInF16": lambda: in_f16(x),
                "SoftmaxOne": lambda: off_by_one(a),
            }
            mistakes = {flag: mistakes[flag]() for flag in wrong}
        op.vector(
            name,
            title,
            {"x": x},
            truth,
            torch.from_numpy(a).softmax(-1),
            bound or softmax_bound(a, truth),
            mistakes,
        )

    vector("plain", "two rows of five", coarse(rng, 2, 5), ("WrongAxis", "BaseTwo", "SoftmaxOne"))
    vector("square", "four rows of four", coarse(rng, 4, 4, scale=2.0), ("WrongAxis", "BaseTwo"))
    vector(
        "scores-above-88",
        "exp of the largest score is beyond fp32",
        [[90.0, 92.5, 89.0, 91.0], [100.0, 96.0, 99.5, 98.0]],
        ("NoMaxSubtraction",),
    )
    vector(
        "scores-below-minus-104",
        "exp of every score is below fp32",
        [[-200.0, -201.0, -203.0, -204.0]],
        ("NoMaxSubtraction", "SoftmaxOne"),
    )
    vector(
        "scores-above-11",
        "exp of the largest score is beyond f16",
        [[12.0, 10.5, 13.0, 9.0]],
        ("SoftmaxInF16", "BaseTwo"),
    )
    vector(
        "rows-of-their-own",
        "the largest scores of two rows are 120 apart",
        [[0.5, -0.25, 1.0], [120.0, 121.0, 119.5]],
        ("MaxOfAllRows", "NoMaxSubtraction"),
    )
    inf = np.inf
    vector(
        "minus-infinity",
        "scores of minus infinity have probability 0",
        [[1.0, -inf, 0.5, -inf], [-inf, -inf, -1.0, 2.0]],
        ("MaskAfterSoftmax", "BaseTwo"),
    )
    vector(
        "one-finite-score",
        "all but one are minus infinity",
        [[-inf, -3.0, -inf]],
        ("MaskAfterSoftmax", "SoftmaxOne"),
        Exact(),
    )
    vector(
        "one-element",
        "rows of one element are 1",
        [[0.0], [-40.0], [250.0]],
        ("NoMaxSubtraction", "SoftmaxOne"),
        Exact(),
    )
    vector("all-equal", "seven equal scores", np.full((1, 7), -1.5), ("SoftmaxOne",))
    vector(
        "two-best-equal", "the largest score stands twice", [[3.0, 1.0, 3.0, -2.0]], ("BaseTwo",)
    )
    tail = np.full((1, 64), -10.5)
    tail[0, 17] = 0.0
    vector(
        "heavy-tail",
        "one score and 63 that are 10.5 below it, 0.17 percent together",
        tail,
        ("SoftmaxInF16", "BaseTwo"),
    )
    vector(
        "far-apart", "100 between largest and smallest", [[50.0, -50.0, 49.0, 0.0]], ("BaseTwo",)
    )
    yield op


def scaled(weights, axis=-1):
    return (weights / weights.sum(axis, keepdims=True)).astype(np.float64)


def stable(a):
    return scaled(np.exp(a - a.max(-1, keepdims=True)))


def unshifted(x):
    return scaled(np.exp(x))


def off_by_one(a):
    weights = np.exp(a - a.max(-1, keepdims=True))
    return weights / (weights.sum(-1, keepdims=True) + np.exp(-a.max(-1, keepdims=True)))


def in_f16(x):
    """Exponentials and their sum in f16, added from left to right, without the largest score."""
    weights = np.exp(x.astype(np.float16))
    total = np.zeros(x.shape[:-1] + (1,), np.float16)
    for i in range(x.shape[-1]):
        total += weights[..., i : i + 1]
    return (weights / total).astype(np.float64)


def softmax_bound(a, truth):
    """Subtracting the maximum rounds d = x - max once, which moves exp(d) by |d| roundings; exp is
    good to one ulp, two roundings; a sum of n terms, a division. Numerator: |d| + 2. Denominator:
    the mean of |d| under the probabilities + 2 + n - 1. Division: 1. A term below e^-64 counts as
    one whose error is not above FLOOR's 2^-38."""
    n = a.shape[-1]
    distance = np.minimum(np.where(np.isfinite(a), a.max(-1, keepdims=True) - a, 0), 64)
    mean = (truth * distance).sum(-1, keepdims=True)
    return Gauge.relative(truth, distance + mean + n + 4)
