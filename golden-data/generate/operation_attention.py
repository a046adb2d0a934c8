"""The vectors of op.attention. Library module of operations.py.

Row i of q stands at `position` + i and sees keys 0 to `position` + i; k and v may have more rows
than that, of positions that are not seen yet.
"""

import numpy as np
import torch

from operation import FLOOR, UNIT, Exact, Gauge, Operation, Spread, coarse
from profiles import bf16, f16, same


def operations():
    op = Operation(
        "attention",
        "op.attention",
        ["ATTN-1", "ATTN-2", "ATTN-3", "ATTN-4", "ATTN-5", "SOFTMAX-1"],
        15,
        "Grouped-query attention of some rows over the keys and values before them and their own.",
        "Query head h reads key and value head h / (heads / kvHeads).",
    )
    rng = np.random.default_rng(15)

    def vector(name, title, heads, kv_heads, head_dim, tokens, position, wrong, keys=None, **more):
        scale, bound = more.pop("scale", 1.0), more.pop("bound", None)
        q = coarse(rng, tokens, heads * head_dim, scale=scale)
        k = coarse(rng, keys or position + tokens, kv_heads * head_dim, scale=scale)
        if more.pop("equal_keys", False):
            k[:] = k[0]
        v = coarse(rng, len(k), kv_heads * head_dim)
        case = Case(q, k, v, head_dim, position)
        with np.errstate(all="ignore"):
            mistakes = {flag: MISTAKES[flag](case) for flag in wrong}
        args = {"q": q, "k": k, "v": v, "headDim": head_dim, "position": position}
        bound = {None: case.bound, "exact": Exact, "spread": case.spread}[bound]()
        op.vector(name, title, args, case.attend(), in_torch(case), bound, mistakes, **more)

    scales = ("ScaleOmitted", "ScaleByWidth", "ScaleByDim", "ScaleTwice")
    heads = ("KvHeadsTiled", "FirstKvHead", "HeadsTransposed")
    vector(
        "gqa",
        "8 heads on 2, one token at position 3",
        8,
        2,
        4,
        1,
        3,
        (*heads, *scales, "SelfUnseen", "FirstUnseen", "SoftmaxOmitted", "KeysForValues"),
    )
    vector("gqa-3-of-6", "6 heads on 3, headDim 4", 6, 3, 4, 1, 2, (*heads, *scales))
    vector(
        "one-kv-head",
        "4 heads on 1, headDim 6",
        4,
        1,
        6,
        2,
        2,
        (*scales, "HeadsTransposed", "SelfUnseen", "NextSeen"),
    )
    vector(
        "multi-head",
        "3 heads on 3, headDim 4",
        3,
        3,
        4,
        1,
        3,
        ("FirstKvHead", "HeadsTransposed", "SelfUnseen", *scales),
    )
    vector(
        "one-head",
        "headDim 10",
        1,
        1,
        10,
        1,
        4,
        ("ScaleOmitted", "ScaleByDim", "ScaleTwice", "SelfUnseen", "FirstUnseen"),
    )
    vector(
        "later-keys-unseen",
        "the cache holds rows of later positions",
        4,
        2,
        4,
        1,
        2,
        ("NextSeen", "NoMask", "KvHeadsTiled"),
        keys=6,
    )
    vector(
        "first-position",
        "the first token sees itself only: y is v",
        4,
        2,
        6,
        1,
        0,
        ("SelfUnseen", "KvHeadsTiled", "FirstKvHead"),
        bound="exact",
    )
    vector(
        "first-position-of-more",
        "the first token, with later rows in the cache",
        4,
        2,
        4,
        1,
        0,
        ("NextSeen", "NoMask", "SelfUnseen"),
        keys=4,
        bound="exact",
    )
    vector(
        "prefill",
        "four tokens from position 0",
        2,
        1,
        6,
        4,
        0,
        ("NextSeen", "NoMask", "SelfUnseen", "LastRowForAll", "ScaleOmitted"),
    )
    vector(
        "prefill-at-3",
        "three tokens from position 3, as when a prompt goes on",
        4,
        2,
        4,
        3,
        3,
        ("MaskFromZero", "NextSeen", "NoMask", "SelfUnseen", "KvHeadsTiled"),
    )
    vector(
        "prefill-later-unseen",
        "two tokens at 1 and 2 of 5 rows",
        4,
        2,
        4,
        2,
        1,
        ("MaskFromEnd", "NoMask", "NextSeen", "MaskFromZero"),
        keys=5,
    )
    vector(
        "equal-keys",
        "equal scores: y is the mean of the values",
        4,
        2,
        4,
        1,
        4,
        ("SelfUnseen", "FirstUnseen", "KeysForValues"),
        equal_keys=True,
    )
    vector(
        "scores-above-88",
        "scores of some hundreds",
        4,
        2,
        4,
        1,
        3,
        ("NoMaxSubtraction", "KvHeadsTiled"),
        scale=16.0,
        bound="spread",
    )
    yield op


class Case:
    def __init__(self, q, k, v, head_dim, position):
        self.inputs, self.head_dim, self.position = (q, k, v), head_dim, position
        self.q, self.k, self.v = (self.split(x.astype(np.float64)) for x in (q, k, v))

    def split(self, x):
        """[rows, heads * headDim] as [heads, rows, headDim]."""
        return x.reshape(len(x), -1, self.head_dim).transpose(1, 0, 2)

    def owners(self):
        """The key head of each query head."""
        return np.arange(len(self.q)) // (len(self.q) // len(self.k))

    def unseen(self, after=0, start=None):
        """[tokens, keys]: which keys lie more than `after` positions behind a row."""
        rows = np.arange(self.q.shape[1]) + (self.position if start is None else start)
        return np.arange(self.k.shape[1])[None, :] > rows[:, None] + after

    def scores(self, owners=None, scale=None):
        owners = self.owners() if owners is None else owners
        scale = 1 / np.sqrt(self.head_dim) if scale is None else scale
        return self.q @ self.k[owners].transpose(0, 2, 1) * scale

    def attend(self, unseen=None, owners=None, values=None, scale=None):
        unseen = self.unseen() if unseen is None else unseen
        owners = self.owners() if owners is None else owners
        p = softmax(np.where(unseen, -np.inf, self.scores(owners, scale)))
        return joined(p @ (self.v if values is None else values)[owners])

    def bound(self):
        """With roundings counted at the coarsest u, 2^-8. A score: headDim products and sums, the
        factor, the product with it, once stored. Score - max: |d| more, and one for |d| of computed
        scores. The maximum itself cancels. exp 2. So a weight's logarithm is off by L roundings,
        numerator and denominator by the largest L each; the sum of n weights n - 1, the division, p
        once stored; n products and sums of the mix, y once stored."""
        masked = np.where(self.unseen(), -np.inf, self.scores())
        d = self.head_dim
        each = (d + 3) / (1 - (d + 3) * UNIT["bf16"])
        magnitude = np.abs(self.q) @ np.abs(self.k[self.owners()]).transpose(0, 2, 1)
        in_scores = each * magnitude / np.sqrt(d)
        seen = np.isfinite(masked)
        distance = np.where(seen, masked.max(-1, keepdims=True) - masked, 0)
        in_weights = np.where(seen, in_scores + distance + 1 + 2, 0).max()
        keys = seen.sum(-1).max()
        terms = int(np.ceil(2 * in_weights + 2 * keys + 2))
        gauge = joined(softmax(masked) @ np.abs(self.v)[self.owners()])
        return Gauge(terms, gauge + FLOOR * np.abs(self.v).max())

    def spread(self):
        truth, found = self.attend(), {}
        for number, (name, rounding) in enumerate((("f32", same), ("f16", f16), ("bf16", bf16))):
            runs = [self.run(rounding, np.random.default_rng([15, number, r])) for r in range(8)]
            found[name] = float(max(np.abs(y - truth).max() for y in runs))
        return Spread(found | {"f32-grouped": found["f32"]})

    def run(self, rounding, rng):
        """In fp32 with random orders, rounding scores before and after the factor, p and y."""
        q, k, v = (self.split(x) for x in self.inputs)
        k, v = k[self.owners()], v[self.owners()]
        scores = rounding(shuffled(q, k.transpose(0, 2, 1), rng))
        scores = rounding(scores * np.float32(1 / np.sqrt(self.head_dim)))
        scores = np.where(self.unseen(), np.float32(-np.inf), scores)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        ones = np.ones((len(v), v.shape[1], 1), np.float32)
        p = rounding(weights / shuffled(weights, ones, rng))
        return joined(rounding(shuffled(p, v, rng))).astype(np.float64)


def shuffled(a, b, rng):
    total = np.zeros(a.shape[:-1] + b.shape[-1:], np.float32)
    for i in rng.permutation(a.shape[-1]):
        total += a[..., i : i + 1] * b[..., i : i + 1, :]
    return total


def softmax(scores):
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def joined(heads):
    return heads.transpose(1, 0, 2).reshape(heads.shape[1], -1)


def in_torch(case):
    q, k, v = (torch.from_numpy(np.ascontiguousarray(x))[None] for x in (case.q, case.k, case.v))
    y = torch.nn.functional.scaled_dot_product_attention(
        q, k, v, attn_mask=torch.from_numpy(~case.unseen()), enable_gqa=True
    )
    return y[0].transpose(0, 1).reshape(q.shape[2], -1)


def first_unseen(case):
    hidden = case.unseen()
    hidden[:, 0] = True
    return case.attend(hidden)


def unshifted(case):
    scores = np.where(case.unseen(), -np.inf, case.scores()).astype(np.float32)
    weights = np.exp(scores)
    p = (weights / weights.sum(-1, keepdims=True)).astype(np.float64)
    return joined(p @ case.v[case.owners()])


def linear_weights(case):
    scores = np.where(case.unseen(), 0, case.scores())
    return joined(scores / scores.sum(-1, keepdims=True) @ case.v[case.owners()])


def last_row(case):
    y = case.attend()
    return np.repeat(y[-1:], len(y), 0)


def transposed(case):
    """Dimension-major rows: heads are not brought back together before they are laid out."""
    p = softmax(np.where(case.unseen(), -np.inf, case.scores()))
    heads = p @ case.v[case.owners()]
    return heads.transpose(1, 2, 0).reshape(heads.shape[1], -1)


MISTAKES = {
    "KvHeadsTiled": lambda c: c.attend(owners=np.arange(len(c.q)) % len(c.k)),
    "FirstKvHead": lambda c: c.attend(owners=np.zeros(len(c.q), int)),
    "HeadsTransposed": transposed,
    "ScaleOmitted": lambda c: c.attend(scale=1.0),
    "ScaleByWidth": lambda c: c.attend(scale=1 / np.sqrt(c.head_dim * len(c.q))),
    "ScaleByDim": lambda c: c.attend(scale=1 / c.head_dim),
    "ScaleTwice": lambda c: c.attend(scale=1 / c.head_dim**1.5),
    "SelfUnseen": lambda c: c.attend(c.unseen(after=-1)),
    "NextSeen": lambda c: c.attend(c.unseen(after=1)),
    "NoMask": lambda c: c.attend(np.zeros_like(c.unseen())),
    "FirstUnseen": first_unseen,
    "MaskFromZero": lambda c: c.attend(c.unseen(start=0)),
    "MaskFromEnd": lambda c: c.attend(c.unseen(start=c.k.shape[1] - c.q.shape[1])),
    "LastRowForAll": last_row,
    "KeysForValues": lambda c: c.attend(values=c.k),
    "SoftmaxOmitted": linear_weights,
    "NoMaxSubtraction": unshifted,
}
