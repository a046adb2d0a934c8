"""The vectors of op.swiGlu. Library module of operations.py."""

import numpy as np
import torch

from operation import FLOOR, Gauge, Operation, coarse


def operations():
    op = Operation(
        "swiglu", "op.swiGlu", ["FFN-2"], 13, "The gate: silu of one input times the other."
    )
    rng = np.random.default_rng(13)

    def vector(name, title, g, u, wrong=(), bound=None):
        g, u = np.asarray(g, np.float32), np.asarray(u, np.float32)
        a, b = g.astype(np.float64), u.astype(np.float64)
        truth = silu(a) * b
        with np.errstate(all="ignore"):
            mistakes = {
                "GateUpSwapped": lambda: silu(b) * a,
                "SiluOfBoth": lambda: silu(a) * silu(b),
                "SiluOmitted": lambda: a * b,
                "Sigmoid": lambda: b / (1 + np.exp(-a)),
                "QuickGelu": lambda: a / (1 + np.exp(-1.702 * a)) * b,
                "Gelu": lambda: gelu(a) * b,
                "HardSwish": lambda: a * np.clip(a / 6 + 0.5, 0, 1) * b,
                "Relu": lambda: np.maximum(a, 0) * b,
                "PositiveExponential": lambda: (g * np.exp(g) / (1 + np.exp(g)) * u).astype(float),
                "HalfExponential": lambda: half_silu(g) * b,
                "SiluOfProduct": lambda: silu(a * b),
            }
            mistakes = {flag: mistakes[flag]() for flag in wrong}
        other = torch.nn.functional.silu(torch.from_numpy(a)) * torch.from_numpy(b)
        # exp is good to one ulp, two roundings; sum, quotient and product; one more where silu is
        # stored. An f16 silu may underflow before it meets u.
        if bound is None:
            relative = Gauge.relative(truth, 6)
            bound = Gauge(6, relative.gauge + FLOOR * np.abs(b))
        op.vector(name, title, {"gate": g, "up": u}, truth, other, bound, mistakes)

    everyday = (
        "GateUpSwapped",
        "SiluOfBoth",
        "SiluOmitted",
        "Sigmoid",
        "QuickGelu",
        "Gelu",
        "HardSwish",
        "Relu",
        "HalfExponential",
        "SiluOfProduct",
    )
    vector("plain", "two rows of six", coarse(rng, 2, 6, scale=1.5), coarse(rng, 2, 6), everyday)
    vector(
        "negative-gates",
        "silu is not monotonic below 0",
        [[-0.5, -1.0, -1.25, -1.5, -2.0, -4.0, -8.0]],
        [[1.0, -2.0, 0.5, 1.5, -1.0, 3.0, 64.0]],
        ("Relu", "QuickGelu", "Gelu", "HardSwish", "GateUpSwapped", "SiluOmitted"),
    )
    vector(
        "around-zero",
        "silu(g) is nearly g / 2",
        [[0.0, 2.0**-14, -(2.0**-14), 2.0**-7, -(2.0**-7), 0.125]],
        [[3.0, 1.0, 2.0, -1.0, 1.0, -4.0]],
        ("SiluOmitted", "QuickGelu", "GateUpSwapped", "Sigmoid"),
    )
    vector(
        "large-gates",
        "silu(g) is g",
        [[12.0, 20.0, 89.0, 128.0, 1024.0, 16384.0, 2.0]],
        [[1.0, -0.5, 2.0, 0.25, -1.0, 0.125, 0.0]],
        ("PositiveExponential", "GateUpSwapped", "SiluOfBoth"),
    )
    vector(
        "large-negative-gates",
        "silu(g) is nearly 0; exp(-g) is beyond fp32 in some",
        [[-10.5, -11.5, -12.0, -20.0, -87.0, -89.0, -128.0, -16384.0]],
        [[1.0, 2.0, 4.0, -0.5, 2.0, 0.25, -1.0, 0.125]],
        ("SiluOmitted", "HalfExponential", "HardSwish"),
    )
    yield op


def silu(a):
    with np.errstate(over="ignore"):
        return a / (1 + np.exp(-a))


def gelu(a):
    return (torch.nn.functional.gelu(torch.from_numpy(a))).numpy()


def half_silu(g):
    g = g.astype(np.float16)
    return (g * (np.float16(1) / (np.float16(1) + np.exp(-g)))).astype(np.float64)
