"""The layers that quantise_goldens.py quantises: settings, shapes and inputs, drawn from a seed.

Seeds were chosen by trying 1, 2, 3, ... until nothing hangs on rounding (see quantise_goldens.py).

Library module; Python 3.11, numpy 2.4.
"""

from dataclasses import dataclass

import numpy as np

from quantise import Settings


@dataclass(frozen=True)
class Layer:
    id: str
    out: int
    inputs: int
    tokens: tuple  # length of each calibration sequence
    settings: Settings
    flags: tuple = ()
    seed: int = 1
    note: str = ""


LAYERS = [
    Layer("4bit-nogroup-sym", 32, 64, (150,), Settings(4), flags=("matrices",)),
    Layer("4bit-128g-sym-actorder", 64, 256, (96, 64), Settings(4, 128, act_order=True), seed=10),
    Layer(
        "4bit-32g-asym-sequences",
        32,
        96,
        (7, 1, 90, 22),
        Settings(4, 32, symmetric=False),
        note="four sequences of different lengths: n counts sequences",
    ),
    Layer(
        "4bit-64g-sym-actorder-partial",
        32,
        96,
        (120,),
        Settings(4, 64, act_order=True),
        note="the last group has 32 members",
    ),
    Layer(
        "4bit-64g-asym-actorder-static-partial",
        32,
        160,
        (100, 60),
        Settings(4, 64, symmetric=False, act_order=True, static_groups=True),
        note="groups in natural order; the last has 32 members",
    ),
    Layer(
        "4bit-32g-sym-static",
        32,
        160,
        (60, 100),
        Settings(4, 32, static_groups=True),
        seed=2,
        note="like no static groups but for the scales: none sees any feedback",
    ),
    Layer(
        "4bit-128g-asym-mse-partial",
        32,
        160,
        (80, 80),
        Settings(4, 128, symmetric=False, mse=True),
    ),
    Layer(
        "4bit-64g-sym-actorder-mse",
        32,
        128,
        (60, 70),
        Settings(4, 64, act_order=True, mse=True),
        seed=2,
    ),
    Layer(
        "4bit-256g-sym-actorder-partial",
        32,
        384,
        (90, 90),
        Settings(4, 256, act_order=True),
        seed=2,
        note="a group is longer than a block, the last has 128 members",
    ),
    Layer(
        "4bit-48g-asym",
        32,
        192,
        (100, 100),
        Settings(4, 48, symmetric=False),
        note="the group of channels 96..143 crosses a block: its scale sees the feedback of none",
    ),
    Layer("3bit-128g-sym-actorder", 32, 256, (100, 60), Settings(3, 128, act_order=True), seed=5),
    Layer(
        "3bit-nogroup-asym-actorder", 32, 96, (120,), Settings(3, symmetric=False, act_order=True)
    ),
    Layer(
        "2bit-32g-asym-actorder", 32, 96, (64, 64), Settings(2, 32, symmetric=False, act_order=True)
    ),
    Layer(
        "2bit-64g-sym-mse-static", 32, 128, (150,), Settings(2, 64, mse=True, static_groups=True)
    ),
    Layer(
        "8bit-128g-sym-short", 32, 64, (150,), Settings(8, 128), note="a group longer than the row"
    ),
    Layer(
        "8bit-nogroup-asym-actorder",
        32,
        64,
        (100, 50),
        Settings(8, symmetric=False, act_order=True, damping=0.1),
    ),
    Layer(
        "4bit-32g-asym-actorder-dead",
        32,
        96,
        (70, 50),
        Settings(4, 32, symmetric=False, act_order=True),
        flags=("dead",),
        note="dead columns get the diagonal 1 and with it a place in the order and in the damping",
    ),
    Layer(
        "4bit-nogroup-sym-dead-large",
        32,
        96,
        (120,),
        Settings(4),
        flags=("dead", "dead-large"),
        note="without groups the scales still see the large weights of dead columns",
    ),
    Layer(
        "4bit-32g-sym-actorder-static-dead-large",
        32,
        96,
        (120,),
        Settings(4, 32, act_order=True, static_groups=True),
        flags=("dead", "dead-large"),
        note="with groups the dead columns are zero before any scale is taken",
    ),
    Layer(
        "4bit-32g-sym-actorder-rank-deficient",
        32,
        96,
        (10, 14),
        Settings(4, 32, act_order=True),
        seed=6,
        flags=("correlated",),
        note="24 strongly correlated tokens for 96 channels: without damping there is no Cholesky",
    ),
    Layer(
        "4bit-32g-sym-actorder-ties",
        32,
        96,
        (60, 60),
        Settings(4, 32, act_order=True),
        seed=4,
        flags=("ties",),
        note="channels k, k + 32 and k + 64 differ in sign only: equal diagonals keep their order",
    ),
    Layer(
        "4bit-32g-sym-odd-rows",
        32,
        96,
        (120,),
        Settings(4, 32),
        seed=2,
        flags=("odd-rows",),
        note="row 0 has no negative weight (the sym quirk: it clips), 1 no positive, 2 only zeros",
    ),
    Layer(
        "4bit-96g-asym-actorder-odd-rows",
        32,
        96,
        (120,),
        Settings(4, 96, symmetric=False, act_order=True),
        seed=2,
        flags=("odd-rows",),
        note="row 0 has the zero point 0 (it floods its word of qzeros), row 1 the zero point 15",
    ),
    Layer(
        "4bit-32g-sym-tiny",
        32,
        96,
        (120,),
        Settings(4, 32),
        seed=2,
        flags=("tiny",),
        note="scales around and below 6.1e-5, where fp16 is subnormal",
    ),
    Layer(
        "4bit-64g-sym-actorder-outliers",
        32,
        128,
        (80, 60),
        Settings(4, 64, act_order=True),
        seed=2,
        flags=("outliers",),
        note="four channels with inputs forty times as large",
    ),
    Layer(
        "4bit-64g-sym-exact",
        32,
        128,
        (128,),
        Settings(4, 64),
        flags=("exact",),
        note="one channel a token: no feedback, and exact ties, of codes and of scales to fp16",
    ),
    Layer(
        "3bit-nogroup-asym-exact",
        32,
        64,
        (64, 64),
        Settings(3, symmetric=False),
        flags=("exact",),
        note="as above, and ties of zero points in every other row",
    ),
]
DEAD = (3, 17, 31, 32, 60, 61)


def calibration(layer, rng):
    """Correlated inputs whose channels have clearly different norms, so that act-order does not
    hang on rounding errors; fp16."""
    n, total = layer.inputs, sum(layer.tokens)
    if "exact" in layer.flags:
        x = np.tile(np.eye(n), (-(-total // n), 1))[:total]
        return np.split(x.astype(np.float16), np.cumsum(layer.tokens)[:-1])
    if "correlated" in layer.flags:
        x = rng.standard_normal((total, 6)) @ rng.standard_normal((6, n))
        x += 0.1 * rng.standard_normal((total, n))
    else:
        x = rng.standard_normal((total, n)) @ (np.eye(n) + rng.standard_normal((n, n)) / n**0.5 / 2)
    target = rng.permutation(np.geomspace(0.4, 1.6, n))
    x *= target / np.sqrt((x**2).mean(0))
    if "dead" in layer.flags:
        x[:, DEAD] = 0
    if "outliers" in layer.flags:
        x[:, rng.choice(n, 4, replace=False)] *= 40
    if "ties" in layer.flags:
        x[:, 32:64], x[:, 64:] = -x[:, :32], x[:, :32]
    x = x.astype(np.float16)
    return np.split(x, np.cumsum(layer.tokens)[:-1])


def exact_weight(layer, rng):
    """Multiples of half a scale, and scales halfway between two fp16 values, so that codes and
    scales are ties. All quotients are exact in fp32. A group reaches from -top / 2 to top / 2
    scales (asymmetric: a tie of the zero point), in every other asymmetric row half a scale
    higher."""
    top = layer.settings.top
    units = rng.integers(-top, top + 1, (layer.out, layer.inputs)) / 2
    first, last = slice(0, None, 64), slice(63, None, 64)
    units[:, first], units[:, last] = -top / 2, top / 2
    if not layer.settings.symmetric:
        units[::2] = np.minimum(units[::2] + 0.5, top / 2 + 0.5)
    scale = 2.0 ** rng.integers(-8, -3, layer.out) * (
        1 + (2 * rng.integers(0, 512, layer.out) + 1) / 2048
    )
    return (units * scale[:, None]).astype(np.float32)


def weight(layer, rng):
    """fp16, but fp32 for tiny and for exact weights."""
    if "exact" in layer.flags:
        return exact_weight(layer, rng)
    w = rng.standard_normal((layer.out, layer.inputs)) / layer.inputs**0.5
    if "dead-large" in layer.flags:
        w[:, DEAD] *= 20
    if "odd-rows" in layer.flags:
        w[0], w[1] = np.abs(w[0]), -np.abs(w[1])
        if layer.settings.symmetric:
            w[2] = 0
    if "tiny" in layer.flags:
        return (w * np.geomspace(2e-5, 1e-2, layer.out)[:, None]).astype(np.float32)
    return w.astype(np.float16)


def inputs(layer):
    rng = np.random.default_rng([6000, layer.seed])
    return weight(layer, rng), calibration(layer, rng)
