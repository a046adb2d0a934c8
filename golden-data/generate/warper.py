"""What a vector of sampling is: logits, parameters, the exact distribution, and the mistakes that
it shows.

The truth is fp64 and agrees with Transformers' own processors on float64 scores. As in operation.py
a flag names a mistake (warper_notes.json says which), the mistake is made here, and a vector that
would let it pass is not written. An excluded token has probability 0 and no
tolerance. Nothing is decided by rounding: either no token is within NEAR of a
boundary, or scores are equal and their probabilities powers of two, so that every sum is exact.

All six parameters are always given; inactive are temperature 1, topK 0, topP 1, minP 0 and
repetitionPenalty 1.

Library module; Python 3.11, numpy 2.4, torch 2.13, transformers 5.18.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import torch
from transformers.generation import logits_process as lp

import suite
from operation import Exact, Gauge, link, survives

NEAR = 0.005
INACTIVE = {"temperature": 1.0, "topK": 0, "topP": 1.0, "minP": 0.0, "repetitionPenalty": 1.0}
CARD = {"temperature": 0.7, "topK": 40, "topP": 0.95, "repetitionPenalty": 1.1}
RAMP = [3.0, 2.5, 1.0, 0.25, -0.5, -1.0, -2.0, -4.0]
NOTES = json.loads(Path(__file__).with_name("warper_notes.json").read_text())
RULES = {
    "repetition-penalty": "SAMPLE-2",
    "temperature": "SAMPLE-3",
    "top-k": "SAMPLE-4",
    "top-p": "SAMPLE-5",
    "min-p": "SAMPLE-6",
    "combined": "SAMPLE-1",
    "refused": "SAMPLE-1",
}


def softmax(scores):
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def penalised(s, previous, p, occurrences=None, divide_negative=False):
    times = occurrences or (lambda i: 1)
    s = s.copy()
    for i in set(previous):
        factor = p ** times(i)
        s[i] = s[i] * factor if s[i] < 0 and not divide_negative else s[i] / factor
    return s


def top_k(s, k):
    return s if k <= 0 or k >= len(s) else np.where(s < np.sort(s)[-k], -np.inf, s)


def top_k_exact(s, k):
    kept = np.argsort(-s, kind="stable")[: k if k > 0 else len(s)]
    return only(s, kept)


def only(s, kept):
    return np.where(np.isin(np.arange(len(s)), list(kept)), s, -np.inf)


def ranked(s):
    """Ids by descending score, among equals by descending id; and the mass before each."""
    ids = sorted(np.flatnonzero(np.isfinite(s)), key=lambda i: (s[i], i), reverse=True)
    return ids, np.concatenate([[0.0], np.cumsum(softmax(s)[ids])[:-1]])


def top_p(s, p, dropped=lambda before, own, p: before >= p, least=1):
    if p >= 1:
        return s
    ids, before = ranked(s)
    own = softmax(s)
    kept = [i for n, i in enumerate(ids) if n < least or not dropped(before[n], own[i], p)]
    return only(s, kept)


def min_p(s, m, relative=True):
    p = softmax(s)
    return np.where(p < m * (p.max() if relative else 1), -np.inf, s)


class Case:
    def __init__(self, logits, previous, given):
        self.logits = np.asarray(logits, np.float32)
        self.s, self.previous = self.logits.astype(np.float64), list(previous)
        self.given = INACTIVE | given
        self.t, self.k = self.given["temperature"], self.given["topK"]
        self.p, self.m = self.given["topP"], self.given["minP"]
        self.penalty = self.given["repetitionPenalty"]

    def steps(self):
        return {
            "penalty": lambda s: penalised(s, self.previous, self.penalty),
            "temperature": lambda s: s / self.t,
            "topK": lambda s: top_k(s, self.k),
            "topP": lambda s: top_p(s, self.p),
            "minP": lambda s: min_p(s, self.m),
        }

    def scores(self, order="penalty temperature topK topP minP", **replaced):
        s, steps = self.s, self.steps() | replaced
        for name in order.split():
            s = steps[name](s)
        return s

    def probabilities(self, *order, **replaced):
        return softmax(self.scores(*order, **replaced))

    def alternatives(self):
        """The distributions that remain when equal scores may be cut in any order; one mostly."""
        before = self.scores("penalty temperature topK")
        kept = np.flatnonzero(np.isfinite(top_p(before, self.p)))
        edge = before[kept].min()
        certain, tied = np.flatnonzero(before > edge), np.flatnonzero(before == edge)
        sets = itertools.combinations(tied, len(kept) - len(certain))
        after = [min_p(only(before, [*certain, *choice]), self.m) for choice in sets]
        own = self.probabilities()
        return [own] + [p for p in map(softmax, after) if (p != own).any()]

    def decided(self):
        """No boundary is near, unless the masses there are exact."""
        before = self.scores("penalty temperature topK")
        if self.p < 1:
            masses = ranked(before)[1]
            near = masses[np.abs(masses - self.p) < NEAR]
            assert (near == self.p).all() and (near * 64 % 1 == 0).all(), (near, self.p)
        ratio = softmax(self.scores("penalty temperature topK topP"))
        ratio = ratio[ratio > 0] / ratio.max()
        assert self.m == 0 or (np.abs(ratio / self.m - 1) > NEAR).all()
        ordered = np.sort(self.scores("penalty temperature"))[::-1]
        if 0 < self.k < len(ordered) and np.isfinite(ordered[self.k]):
            gap = ordered[self.k - 1] - ordered[self.k]
            assert gap == 0 or gap > NEAR, gap

    def bound(self):
        """A score is rounded twice by each active product, the parameter being rounded too; its
        distance d to the largest once; exp twice; the sum of n weights n - 1 times, the quotient
        once, and as often again where probabilities are normalised anew. What moves a score by r
        roundings moves its weight by r |score| of them."""
        s = self.scores()
        seen, p = np.isfinite(s), softmax(s)
        factors = 2 * ((self.t != 1) + (self.penalty != 1))
        finite = np.where(seen, s, s.max())
        size = factors * np.abs(finite) + (s.max() - finite)
        counts = size + (p * size).sum() + 4 + 2 * seen.sum()
        gauge = Gauge.relative(p, counts)
        return Gauge(gauge.terms, np.where(seen, gauge.gauge, 0))


def transformers(case):
    """Transformers' own processors on float64 scores."""
    steps = []
    if case.penalty != 1:
        steps.append(lp.RepetitionPenaltyLogitsProcessor(case.penalty))
    if case.t != 1:
        steps.append(lp.TemperatureLogitsWarper(case.t))
    if case.k:
        steps.append(lp.TopKLogitsWarper(case.k))
    if case.p < 1:
        steps.append(lp.TopPLogitsWarper(case.p))
    if case.m > 0:
        steps.append(lp.MinPLogitsWarper(case.m))
    scores, ids = torch.from_numpy(case.s)[None], torch.tensor([case.previous], dtype=torch.long)
    for step in steps:
        scores = step(ids, scores)
    return scores.softmax(-1)[0].numpy()


def count(case):
    return case.previous.count


MISTAKES = {
    "PenaltyAlwaysDivides": lambda c: c.probabilities(
        penalty=lambda s: penalised(s, c.previous, c.penalty, divide_negative=True)
    ),
    "PenaltyPerOccurrence": lambda c: c.probabilities(
        penalty=lambda s: penalised(s, c.previous, c.penalty, count(c))
    ),
    "PenaltyOnLast64": lambda c: c.probabilities(
        penalty=lambda s: penalised(s, c.previous[-64:], c.penalty)
    ),
    "PenaltyOnLastOnly": lambda c: c.probabilities(
        penalty=lambda s: penalised(s, c.previous[-1:], c.penalty)
    ),
    "PenaltySubtracted": lambda c: c.probabilities(
        penalty=lambda s: s - (c.penalty - 1) * np.isin(np.arange(len(s)), c.previous)
    ),
    "PenaltyIgnored": lambda c: c.probabilities(penalty=lambda s: s),
    "PenaltyLast": lambda c: c.probabilities("temperature topK topP minP penalty"),
    "TemperatureMultiplies": lambda c: c.probabilities(temperature=lambda s: s * c.t),
    "TemperatureIgnored": lambda c: c.probabilities(temperature=lambda s: s),
    "TemperatureLast": lambda c: c.probabilities("penalty topK topP minP temperature"),
    "TemperatureTwice": lambda c: c.probabilities(temperature=lambda s: s / c.t**2),
    "TopKExact": lambda c: c.probabilities(topK=lambda s: top_k_exact(s, c.k)),
    "TopKOneMore": lambda c: c.probabilities(topK=lambda s: top_k(s, c.k + 1)),
    "TopKOneLess": lambda c: c.probabilities(topK=lambda s: top_k(s, max(c.k - 1, 1))),
    "TopKDefault50": lambda c: c.probabilities(topK=lambda s: top_k(s, c.k or 50)),
    "TopKAfterTopP": lambda c: c.probabilities("penalty temperature topP topK minP"),
    "TopKZeroKeepsOne": lambda c: c.probabilities(topK=lambda s: top_k(s, max(c.k, 1))),
    "CrossingTokenDropped": lambda c: c.probabilities(
        topP=lambda s: top_p(s, c.p, lambda before, own, p: before + own > p)
    ),
    "CrossingTokenDroppedEmpty": lambda c: empty_or(
        top_p(c.scores("penalty temperature topK"), c.p, lambda b, own, p: b + own > p, 0)
    ),
    "BoundaryKept": lambda c: c.probabilities(
        topP=lambda s: top_p(s, c.p, lambda before, own, p: before > p)
    ),
    "TopPOfAll": lambda c: c.probabilities(
        topP=lambda s: only(
            s, np.flatnonzero(np.isfinite(top_p(c.scores("penalty temperature"), c.p)))
        )
    ),
    "NotRenormalised": lambda c: softmax(c.scores("penalty temperature")) * np.isfinite(c.scores()),
    "MinPAbsolute": lambda c: c.probabilities(minP=lambda s: min_p(s, c.m, relative=False)),
    "MinPBeforeTemperature": lambda c: c.probabilities("penalty minP temperature topK topP"),
    "MinPBeforeTopP": lambda c: c.probabilities("penalty temperature topK minP topP"),
    "MinPIgnored": lambda c: c.probabilities(minP=lambda s: s),
    "MinPOfLogits": lambda c: c.probabilities(
        minP=lambda s: np.where(s < c.m * s.max(), -np.inf, s)
    ),
}


def empty_or(s):
    return softmax(s) if np.isfinite(s).any() else np.full(len(s), np.nan)


class Warper:
    def __init__(self, name, *header):
        self.topic, self.rules = suite.Topic(f"sampling/{name}", *header), [RULES[name], "SAMPLE-7"]
        oracles = ["generate/warpers.py, fp64"]
        oracles += ["transformers' logits processors on float64: the same within 1e-14"]
        self.group = self.topic.group("warpers.py", 17, oracles, "numpy", "torch", "transformers")
        for flag, note in NOTES[name].items():
            links = [link(thread) for thread in note.get("threads", ())]
            self.topic.note(flag, note["bugType"], note["description"], note["effect"], *links)

    def args(self, name, case):
        floats = {key: suite.f64(v) for key, v in case.given.items() if key != "topK"}
        logits = self.topic.tensor(f"{name}.logits", case.logits)
        return {"logits": logits, "previous": case.previous, "topK": case.k} | floats

    def vector(self, name, title, logits, wrong=(), previous=(), level="required", **given):
        case = Case(logits, previous, given)
        case.decided()
        truth, choices = case.probabilities(), case.alternatives()
        other = transformers(case)
        assert any(np.abs(other - choice).max() < 1e-14 for choice in choices), name
        exact = len(choices) > 1 or (np.sort(truth)[-1] == 1)
        bound = Exact() if exact else case.bound()
        with np.errstate(all="ignore"):
            for flag in wrong:
                value = MISTAKES[flag](case)
                passes = [survives(value, choice, bound.limit("f32")) for choice in choices]
                assert not any(passes), (name, flag)
        single = [
            self.topic.tensor(f"{name}.{n}", c.astype(np.float32)) for n, c in enumerate(choices)
        ]
        if len(choices) > 1:
            assert all((c.astype(np.float32) == c).all() for c in choices), name
            outcome = single[0], suite.either(*single)
        elif exact:
            outcome = single[0], suite.exact()
        else:
            value = self.topic.tensor(f"{name}.probabilities", truth)
            gauge = self.topic.tensor(f"{name}.gauge", bound.gauge)
            outcome = value, suite.gauge(bound.terms, gauge)
        expect = suite.valid(probabilities=outcome)
        self.group.add(
            name, title, "sample", self.args(name, case), expect, self.rules, wrong, level
        )

    def refused(self, name, title, flag, logits, expect=None, previous=(), **given):
        case = Case(logits, previous, given)
        expect = expect or suite.invalid("range")
        rules = ["SAMPLE-11"] if flag == "LogitsWithoutDistribution" else ["SAMPLE-1"]
        self.group.add(
            name, title, "sample", self.args(name, case), expect, rules, [flag], "recommended"
        )

    def write(self):
        print(f"{self.topic.topic:28s} {self.topic.write():3d} vectors")
