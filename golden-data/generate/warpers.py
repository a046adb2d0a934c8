"""Writes ../vectors/sampling/*.json: the exact distribution of the next token after each processor
of logits and after all of them, in Transformers' order (warper.py).

Run: python warpers.py   Python 3.11, numpy 2.4, torch 2.13, transformers 5.18.
"""

import numpy as np
import torch

from warper import RAMP, Warper
from warpers_combined import combined, refused

INF = np.inf
SIGNS = [2.0, -2.0, 0.0, 0.5, -0.5, 3.0, -3.0, 1.0]


def warpers():
    yield penalty()
    yield temperature()
    yield top_k()
    yield top_p()
    yield min_p()
    yield combined()
    yield refused()


def penalty():
    w = Warper("repetition-penalty", "Scores of tokens that stand in the text, once each.")
    signs = ("PenaltyAlwaysDivides", "PenaltySubtracted", "PenaltyIgnored")
    for p in (1.1, 1.5, 0.8):
        w.vector(
            f"signs-{p}",
            f"positive, negative and zero scores, penalty {p}",
            SIGNS,
            signs,
            [0, 1, 2, 5, 6],
            repetitionPenalty=p,
        )
    w.vector(
        "negative-only",
        "only a negative score is penalised",
        SIGNS,
        ("PenaltyAlwaysDivides",),
        [6],
        repetitionPenalty=1.3,
    )
    w.vector(
        "duplicates",
        "ids that stand several times",
        SIGNS,
        ("PenaltyPerOccurrence", "PenaltyOnLastOnly"),
        [0, 0, 1, 0, 5, 1, 0],
        repetitionPenalty=1.25,
    )
    w.vector(
        "seventy-back",
        "an id that stood 70 tokens ago",
        SIGNS,
        ("PenaltyOnLast64", "PenaltyPerOccurrence"),
        [5, 1] + [2, 3] * 35,
        repetitionPenalty=1.2,
    )
    w.vector(
        "prompt-counts",
        "the first id counts like the last",
        SIGNS,
        ("PenaltyOnLastOnly",),
        [5, 0, 7],
        repetitionPenalty=1.2,
    )
    w.vector(
        "zero-score",
        "a score of 0 stays 0",
        [0.0, 1.0, -1.0],
        ("PenaltySubtracted",),
        [0],
        repetitionPenalty=2.0,
    )
    w.vector(
        "minus-infinity",
        "an excluded token stays excluded",
        [1.0, -INF, 0.5, -1.0],
        ("PenaltyAlwaysDivides",),
        [1, 3],
        repetitionPenalty=1.5,
    )
    w.vector(
        "nothing-before",
        "an empty text: nothing is penalised",
        SIGNS,
        (),
        [],
        repetitionPenalty=1.5,
    )
    w.vector(
        "every-id",
        "all ids stand in the text",
        SIGNS,
        ("PenaltyIgnored",),
        list(range(8)),
        repetitionPenalty=1.1,
    )
    return w


def temperature():
    w = Warper("temperature", "Scores divided by a temperature.")
    wrong = ("TemperatureMultiplies", "TemperatureIgnored", "TemperatureTwice")
    for t in (0.1, 0.5, 0.7, 1.3, 2.0, 100.0):
        w.vector(f"t-{t}", f"temperature {t}", RAMP, wrong, temperature=t)
    w.vector("inactive", "all parameters inactive: softmax", RAMP)
    w.vector(
        "t-0.7-large-scores",
        "scores of 60 at temperature 0.7: exp of 85 and more",
        [60.0, 59.0, 61.0, 58.5],
        wrong,
        temperature=0.7,
    )
    w.vector(
        "t-0.7-minus-infinity",
        "excluded tokens stay excluded",
        [1.0, -INF, 0.5, -1.0],
        wrong,
        temperature=0.7,
    )
    w.vector(
        "t-0.01",
        "a temperature near 0 leaves the best token",
        [1.0, 3.0, -1.0, 1.5],
        ("TemperatureMultiplies", "TemperatureIgnored"),
        temperature=0.01,
    )
    return w


def top_k():
    w = Warper("top-k", "The k largest scores, with all that equal the k-th.")
    off = ("TopKOneMore", "TopKOneLess", "NotRenormalised")
    for k in (2, 3, 5):
        w.vector(f"k-{k}", f"{k} of 8", RAMP, off, topK=k)
    w.vector("k-1", "the best token alone", RAMP, ("TopKOneMore", "NotRenormalised"), topK=1)
    tied = [2.0, 1.0, 1.0, 1.0, 0.0, 1.0, -1.0]
    for k in (2, 3, 4):
        w.vector(
            f"ties-k-{k}",
            f"k = {k} falls among four equal scores: all of them stay",
            tied,
            ("TopKExact",),
            topK=k,
        )
    w.vector(
        "ties-k-5", "the last of four equal scores is the fifth", tied, ("TopKOneMore",), topK=5
    )
    w.vector(
        "ties-at-the-top",
        "three equal best scores, k = 1",
        [1.0, 3.0, 3.0, 0.0, 3.0],
        ("TopKExact",),
        topK=1,
    )
    w.vector("all-equal", "six equal scores, k = 2: all stay", [0.5] * 6, ("TopKExact",), topK=2)
    w.vector("k-0", "k = 0 is off", RAMP, ("TopKZeroKeepsOne",), topK=0)
    many = np.random.default_rng(21).permutation(60) / np.float32(16)
    w.vector("k-0-of-60", "k = 0 of 60 tokens", many, ("TopKDefault50", "TopKZeroKeepsOne"))
    w.vector("k-equals-vocab", "k is the vocabulary", RAMP, ("TopKOneLess",), topK=8)
    w.vector("k-above-vocab", "k is larger than the vocabulary", RAMP, topK=1000)
    w.vector(
        "minus-infinity",
        "k is larger than the number of finite scores",
        [1.0, -INF, 0.5, -INF, -1.0],
        topK=4,
    )
    return w


def top_p():
    w = Warper(
        "top-p", "The most likely tokens until their mass reaches p; the one that reaches it stays."
    )
    few = ("CrossingTokenDropped", "NotRenormalised")
    for p in (0.3, 0.7, 0.9, 0.95):
        w.vector(f"p-{p}", f"p = {p}", RAMP, few if p > 0.6 else ("NotRenormalised",), topP=p)
    w.vector(
        "dominant",
        "one token has more than p",
        [0.0, 5.0, 0.5, -1.0, 0.25],
        ("CrossingTokenDroppedEmpty", "NotRenormalised"),
        topP=0.5,
    )
    w.vector("p-0", "p = 0 leaves the best token", RAMP, ("CrossingTokenDroppedEmpty",), topP=0.0)
    w.vector("p-1", "p = 1 is off", RAMP, (), topP=1.0)
    w.vector(
        "p-1-long-tail",
        "p = 1 keeps a tail that fp32 sums lose",
        [20.0, 0.0, -1.0, 19.0],
        (),
        topP=1.0,
    )
    w.vector(
        "minus-infinity",
        "excluded tokens have no mass",
        [1.0, -INF, 0.5, -INF, -1.0],
        few,
        topP=0.8,
    )
    w.vector(
        "unsorted",
        "the best tokens are neither first nor last",
        [-2.0, 0.25, 3.0, -4.0, 2.5, -1.0, 1.0, -0.5],
        few,
        topP=0.9,
    )
    w.vector(
        "half-of-two",
        "two equal tokens, p = 0.5: one stays, either",
        [0.0, -INF, 0.0],
        ("BoundaryKept",),
        topP=0.5,
    )
    for p, kept in ((0.25, "one"), (0.5, "two")):
        w.vector(
            f"exact-{p}-of-four",
            f"four equal tokens, p = {p}: {kept} stay, whichever",
            [1.0] * 4,
            ("BoundaryKept",),
            topP=p,
        )
    return w


def min_p():
    w = Warper("min-p", "Tokens of at least minP times the probability of the best.")
    for m in (0.01, 0.05, 0.2):
        w.vector(f"m-{m}", f"minP = {m}", RAMP, ("MinPIgnored", "NotRenormalised"), minP=m)
    flat = [0.5, 0.25, 0.0, -0.25, -0.5, -0.75, -1.0, 0.375]
    w.vector(
        "m-0.3-flat",
        "no token is sure",
        flat,
        ("MinPAbsolute", "MinPIgnored", "MinPOfLogits"),
        minP=0.3,
    )
    w.vector("m-0.1", "minP = 0.1", RAMP, ("MinPAbsolute", "MinPIgnored"), minP=0.1)
    w.vector("m-0", "minP = 0 is off", RAMP, ("MinPOfLogits",), minP=0.0)
    w.vector(
        "negative-scores",
        "all scores are negative",
        [-1.0, -2.0, -3.0, -6.0],
        ("MinPOfLogits", "MinPIgnored"),
        minP=0.05,
    )
    w.vector(
        "minus-infinity",
        "excluded tokens stay excluded",
        [1.0, -INF, 0.5, -INF, -3.0],
        ("MinPIgnored",),
        minP=0.1,
    )
    return w


if __name__ == "__main__":
    torch.set_num_threads(1)
    for each in warpers():
        each.write()
