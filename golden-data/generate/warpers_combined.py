"""The vectors of several processors at once, and of parameters that must be refused. Library module
of warpers.py.
"""

import numpy as np

import suite
from operation import coarse
from warper import CARD, MISTAKES, RAMP, Case, Warper

INF = np.inf


def combined():
    w = Warper("combined", "Penalty, temperature, top-k, top-p and min-p, in this order.")
    w.vector(
        "top-k-then-top-p",
        "top-p measures what top-k left",
        [1.0, 0.875, 0.75] + [0.0] * 9,
        ("TopKAfterTopP", "TopPOfAll"),
        topK=3,
        topP=0.6,
    )
    w.vector(
        "temperature-then-top-p",
        "a low temperature shrinks the nucleus",
        RAMP,
        ("TemperatureLast",),
        temperature=0.5,
        topP=0.9,
    )
    w.vector(
        "high-temperature-then-top-p",
        "a high temperature widens the nucleus",
        RAMP,
        ("TemperatureLast", "CrossingTokenDropped"),
        temperature=2.0,
        topP=0.75,
    )
    w.vector(
        "temperature-then-min-p",
        "a high temperature lets more pass min-p",
        RAMP,
        ("TemperatureLast", "MinPBeforeTemperature"),
        temperature=3.0,
        minP=0.3,
    )
    w.vector(
        "top-p-then-min-p",
        "top-p measures the mass before min-p",
        RAMP,
        ("MinPBeforeTopP",),
        topP=0.9,
        minP=0.1,
    )
    w.vector(
        "penalty-then-top-k",
        "the penalty moves a token out of the two best",
        RAMP,
        ("PenaltyLast",),
        [0, 0],
        repetitionPenalty=4.0,
        topK=2,
    )
    w.vector(
        "penalty-makes-a-tie",
        "3 / 1.5 equals 2: three tokens stay",
        [3.0, 2.0, 2.5, 1.0],
        ("TopKExact", "PenaltyLast"),
        [0],
        repetitionPenalty=1.5,
        topK=2,
    )
    w.vector(
        "penalty-then-top-p",
        "a penalised negative score within the nucleus",
        [1.0, 0.75, -0.5, 0.25, -2.0],
        ("PenaltyAlwaysDivides", "PenaltyPerOccurrence"),
        [2, 1, 2],
        repetitionPenalty=1.5,
        temperature=1.5,
        topP=0.97,
    )
    number, tried = 0, 0
    while number < 6:
        case, flags = card(tried)
        tried += 1
        if flags is not None:
            w.vector(
                f"card-{number}",
                "temperature 0.7, topP 0.95, topK 40, penalty 1.1, 60 tokens",
                case.logits,
                flags,
                case.previous,
                **CARD,
            )
            number += 1
    w.vector(
        "everything",
        "all five, the card's settings and minP 0.02",
        [4.0, *RAMP, 3.5, 0.75],
        ("PenaltyPerOccurrence", "TemperatureLast"),
        [0, 9, 9, 5, 7],
        **CARD,
        minP=0.02,
    )
    return w


CARD_FLAGS = (
    "TopPOfAll",
    "TopKAfterTopP",
    "TemperatureLast",
    "CrossingTokenDropped",
    "PenaltyPerOccurrence",
    "PenaltyAlwaysDivides",
    "PenaltyLast",
)


def card(seed):
    """Random logits under the card's settings if nothing is near a boundary, and what they would
    show; flat enough that top-k cuts."""
    rng = np.random.default_rng([22, seed])
    case = Case(coarse(rng, 60, scale=(1.0, 0.5)[seed % 2]), rng.integers(0, 60, 24).tolist(), CARD)
    try:
        case.decided()
        assert len(case.alternatives()) == 1
    except AssertionError:
        return case, None
    truth = case.probabilities()
    different = [f for f in CARD_FLAGS if np.abs(MISTAKES[f](case) - truth).max() > 1e-3]
    return case, different if len(different) >= 5 else None


def refused():
    w = Warper("refused", "Parameters and logits that have no distribution.")
    best = suite.acceptable(
        probabilities=(suite.bits(np.array([1, 0, 0, 0], np.float32)), suite.exact())
    )
    few = [2.0, 1.0, 0.5, -1.0]
    w.refused(
        "temperature-0",
        "temperature 0: refused, or the best token",
        "TemperatureZero",
        few,
        best,
        temperature=0.0,
    )
    out = "ParameterOutOfRange"
    for name, value in (("below-0", -1.0), ("nan", np.nan), ("infinity", INF)):
        w.refused(f"temperature-{name}", f"temperature {value}", out, few, temperature=value)
    w.refused("top-p-above-1", "topP 1.5", out, few, topP=1.5)
    w.refused("top-p-below-0", "topP -0.1", out, few, topP=-0.1)
    w.refused("top-p-nan", "topP NaN", out, few, topP=np.nan)
    w.refused("top-k-below-0", "topK -5", out, few, topK=-5)
    w.refused("min-p-above-1", "minP 1.5", out, few, minP=1.5)
    w.refused("min-p-below-0", "minP -0.1", out, few, minP=-0.1)
    w.refused("penalty-0", "repetitionPenalty 0", out, few, previous=[0], repetitionPenalty=0.0)
    w.refused(
        "penalty-below-0", "repetitionPenalty -1", out, few, previous=[0], repetitionPenalty=-1.0
    )
    w.refused(
        "previous-above-vocab",
        "an id of 4 with four tokens",
        out,
        few,
        previous=[4],
        repetitionPenalty=1.1,
    )
    w.refused("previous-below-0", "an id of -1", out, few, previous=[-1], repetitionPenalty=1.1)
    bad = "LogitsWithoutDistribution"
    w.refused("logits-nan", "a logit is NaN", bad, [1.0, np.nan, 0.0])
    w.refused("logits-infinity", "a logit is infinite", bad, [1.0, INF, 0.0])
    w.refused("logits-all-minus-infinity", "no token has a finite logit", bad, [-INF, -INF, -INF])
    return w
