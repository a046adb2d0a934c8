"""Writes ../vectors/sampling/processors.json: what Transformers' logits processors keep of given logits.

The real classes run in fp32 on one row, in the order generate() adds them when sampling (read in
transformers 5.18, generation/utils.py): repetition penalty, temperature, top_k, top_p, min_p. As
there, a step is left out when it is inactive: penalty 1, temperature 1, top_k 0 or null, top_p 1,
min_p null.

What is expected are the probabilities, an fp64 softmax over the processed scores; `scores`, the
fp32 scores themselves, stand by for information. A probability may differ by what an fp32 runtime's
roundings of the scores, the exponential and the sum can do (gauge); what is ruled out has exactly 0.
`kept` counts the others. `alternatives` are all defensible sets of kept ids (Transformers' own
first) where the choice hangs on the order in which torch.sort, which is not stable, leaves equal
scores, or on the last bit of an fp32 sum of probabilities that falls on top_p or min_p; such a
vector is recommended, not required. Without it, no boundary is nearer than 1e-5.

Run: python sampling.py   Python 3.11, numpy 2.4, torch 2.13, transformers 5.18.
"""

import itertools

import numpy as np
import torch
from transformers.generation import logits_process as lp

import suite

INF = float("inf")
NEAR = 1e-5
DEFAULTS = {"repetition_penalty": 1.0, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": None}


def processors(p):
    """The active steps, as (name, processor)."""
    if p["repetition_penalty"] != 1.0:
        yield "repetition_penalty", lp.RepetitionPenaltyLogitsProcessor(p["repetition_penalty"])
    if p["temperature"] != 1.0:
        yield "temperature", lp.TemperatureLogitsWarper(p["temperature"])
    if p["top_k"]:
        yield "top_k", lp.TopKLogitsWarper(p["top_k"])
    if p["top_p"] < 1.0:
        yield "top_p", lp.TopPLogitsWarper(p["top_p"])
    if p["min_p"] is not None:
        yield "min_p", lp.MinPLogitsWarper(p["min_p"])


def softmax(scores):
    weights = np.exp(scores.astype(np.float64) - scores.max())
    return weights / weights.sum()


def kept(scores):
    return [int(i) for i in np.flatnonzero(np.isfinite(scores))]


def nucleus_choices(before, after, top_p):
    """The sets that top_p may keep of the scores before it; one set when nothing is close.

    In descending order a token is dropped iff the mass before it is at least p. Where that mass is
    within NEAR of p both answers stand; where the cut falls among equal scores, any of them may be
    the ones kept.
    """
    probability, finite = softmax(before), kept(before)
    ranked = sorted(finite, key=lambda i: (-before[i], i))
    mass = np.concatenate([[0.0], np.cumsum(probability[ranked])])
    sizes = [
        n
        for n in range(1, len(ranked) + 1)  # keeping the n best is defensible
        if (n == 1 or mass[n - 1] < top_p + NEAR) and (n == len(ranked) or mass[n] > top_p - NEAR)
    ]
    sets = []
    for n in sizes:
        edge = before[ranked[n - 1]]
        certain = [i for i in ranked if before[i] > edge]
        tied = [i for i in ranked if before[i] == edge]
        sets += [
            sorted(certain + list(choice))
            for choice in itertools.combinations(tied, n - len(certain))
        ]
    own = kept(after)
    assert own in sets, (own, sets, top_p)
    return [own] + [s for s in sets if s != own]


def run(logits, context, p):
    scores = torch.tensor([logits], dtype=torch.float32)
    ids, alternatives = torch.tensor([context], dtype=torch.long), None
    for name, processor in processors(p):
        before, scores = scores[0].numpy(), processor(ids, scores)
        after = scores[0].numpy()
        if name == "top_p":
            alternatives = nucleus_choices(before, after, p["top_p"])
        elif name == "min_p":
            ratio = softmax(before) / softmax(before).max()
            close = [
                int(i)
                for i in np.flatnonzero(np.isfinite(before))
                if abs(ratio[i] - p["min_p"]) < NEAR
            ]
            if close and p["min_p"] < 1.0:
                assert alternatives is None or len(alternatives) == 1
                rest = [i for i in kept(after) if i not in close]
                own = kept(after)
                sets = [
                    sorted(rest + list(c))
                    for n in range(len(close) + 1)
                    for c in itertools.combinations(close, n)
                ]
                alternatives = [own] + [s for s in sets if s != own]
            elif alternatives and len(alternatives) > 1:
                # Which set survived changes the probabilities by a common factor only.
                alternatives = [
                    [i for i in s if ratio_of(before, s, i) >= p["min_p"]] for s in alternatives
                ]
                alternatives = [s for n, s in enumerate(alternatives) if s not in alternatives[:n]]
    result = scores[0].numpy()
    return result, alternatives if alternatives and len(alternatives) > 1 else None


def ratio_of(before, members, i):
    return float(np.exp(np.float64(before[i]) - max(np.float64(before[j]) for j in members)))


def case(identifier, logits, context=(0,), **parameters):
    p = DEFAULTS | parameters
    logits = [float(v) for v in np.asarray(logits, dtype=np.float32)]
    scores, alternatives = run(logits, list(context), p)
    row = {
        "id": identifier,
        "logits": logits,
        "context": [int(i) for i in context],
        "parameters": p,
        "kept": kept(scores),
        "scores": scores,
    }
    if alternatives:
        row["alternatives"] = alternatives
    return row


def hand_made():
    ramp = [3.0, 2.5, 1.0, 0.25, -0.5, -1.0, -2.0, -4.0]
    tied = [2.0, 1.0, 1.0, 1.0, 0.0, 1.0, -1.0]
    gaps = [-INF, 1.5, -INF, 0.5, 2.5, -INF, -0.5]
    yield case("nothing-active", ramp)
    yield case("context-empty-effect", ramp, context=[7, 7, 7], repetition_penalty=1.0)
    for t in (0.1, 0.5, 0.7, 1.3, 2.0, 10.0, 100.0):
        yield case(f"temperature-{t}", ramp, temperature=t)
    for k in (1, 2, 3, 4, 5, 6, 7, 50):
        yield case(f"top-k-{k}-ties-at-the-boundary", tied, top_k=k)
    for k in (1, 3, 4, 5, 7):
        yield case(f"top-k-{k}-infinite-logits", gaps, top_k=k)
    yield case("top-k-above-vocab", ramp, top_k=1000)
    yield case("top-k-equals-vocab", ramp, top_k=8)
    for p in (0.0, 0.001, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.9999, 1.0):
        yield case(f"top-p-{p}", ramp, top_p=p)
    for p in (0.0, 0.5, 0.95, 1.0):
        yield case(f"top-p-{p}-infinite-logits", gaps, top_p=p)
    dominant = [0.0, 12.0, 0.5, -1.0, 0.25]
    for p in (0.1, 0.5, 0.9, 0.99):
        yield case(f"top-p-{p}-one-dominant", dominant, top_p=p)
    for p in (0.25, 0.5, 0.75):
        yield case(f"top-p-{p}-four-equal-exact-boundary", [1.0] * 4, top_p=p)
    yield case("top-p-0.4-four-equal", [1.0] * 4, top_p=0.4)
    yield case("top-p-0.5-two-equal-exact-boundary", [0.0, -INF, 0.0], top_p=0.5)
    yield case("top-p-0-two-equal-best", [3.0, 1.0, 3.0], top_p=0.0)
    yield case("top-p-0.6-tie-at-the-cut", [2.0, 1.0, 1.0, 1.0, -3.0], top_p=0.6)
    yield case("all-equal", [0.5] * 6)
    yield case("all-equal-top-k-2-keeps-all", [0.5] * 6, top_k=2)
    yield case("all-equal-negative-temperature-0.3", [-7.5] * 6, temperature=0.3)
    yield case("all-zero-penalised", [0.0] * 5, context=[0, 1, 2], repetition_penalty=1.5)
    yield case("one-finite", [-INF, -INF, -3.0, -INF, -INF], temperature=0.7, top_k=3, top_p=0.5)
    signs = [2.0, -2.0, 0.0, -0.0, 1e-3, -1e-3, 5.0, -5.0]
    for penalty in (0.5, 0.9, 1.1, 1.3, 2.0, 10.0):
        yield case(f"penalty-{penalty}-signs", signs, context=range(8), repetition_penalty=penalty)
        yield case(
            f"penalty-{penalty}-some", signs, context=[0, 1, 6, 7], repetition_penalty=penalty
        )
    yield case("penalty-once-per-id", signs, context=[0, 0, 0, 1, 1, 6], repetition_penalty=1.7)
    yield case("penalty-infinite-logits", gaps, context=[0, 1, 2, 4], repetition_penalty=1.2)
    yield case(
        "penalty-changes-the-order", [3.0, 2.9, 2.8], context=[0], repetition_penalty=1.5, top_k=1
    )
    yield case(
        "penalty-before-temperature",
        signs,
        context=[0, 1, 7],
        repetition_penalty=1.5,
        temperature=0.5,
    )
    yield case(
        "penalty-large-logits", [1e30, 3e38, -1e30, 0.0], context=[0, 2], repetition_penalty=1.5
    )
    for m in (0.0, 0.01, 0.05, 0.2, 0.5, 0.9, 1.0):
        yield case(f"min-p-{m}", ramp, min_p=m)
    yield case("min-p-0.1-infinite-logits", gaps, min_p=0.1)
    yield case("min-p-1-two-equal-best", [1.0, 2.0, 2.0, 0.0], min_p=1.0)
    yield case("min-p-0.5-exact-boundary", [np.log(2.0), 0.0, -3.0], min_p=0.5)
    yield case("min-p-after-top-p", ramp, top_p=0.9, min_p=0.3)
    yield case("top-k-then-top-p", [2.0, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4], top_k=3, top_p=0.6)
    yield case("top-p-would-differ-before-top-k", [1.0, 0.9, 0.8] + [0.0] * 9, top_k=3, top_p=0.5)
    yield case("temperature-before-top-p", ramp, temperature=2.0, top_p=0.6)
    yield case("temperature-before-min-p", ramp, temperature=3.0, min_p=0.3)
    yield case(
        "everything",
        ramp,
        context=[0, 2, 5],
        repetition_penalty=1.1,
        temperature=0.7,
        top_k=5,
        top_p=0.95,
        min_p=0.02,
    )


def random_cases():
    """Random logits; cases with a boundary closer than NEAR are not kept."""
    rng = np.random.default_rng(77)
    grid = {
        "repetition_penalty": (1.0, 1.1, 1.3, 0.8),
        "temperature": (1.0, 0.7, 0.3, 1.5),
        "top_k": (0, 1, 5, 20, 40, 100),
        "top_p": (1.0, 0.95, 0.9, 0.5, 0.1),
        "min_p": (None, None, 0.05, 0.2),
    }
    number = 0
    while number < 60:
        vocab = int(rng.integers(5, 65))
        logits = rng.standard_normal(vocab) * rng.choice([0.5, 2.0, 8.0])
        if number % 6 == 5:
            logits = (
                np.round(logits * 2) / 2
            )  # ties, for top_k; top_p and ties meet in the hand-made cases
        if number % 7 == 6:
            logits[rng.random(vocab) < 0.3] = -INF
            logits[int(rng.integers(vocab))] = 1.0
        p = {name: values[int(rng.integers(len(values)))] for name, values in grid.items()}
        context = rng.integers(0, vocab, int(rng.integers(1, 12)))
        row = case(f"random-{number}", logits, context, **p)
        if "alternatives" not in row:
            yield row
            number += 1


NOTES = {
    "Penalty": (
        "KNOWN_BUG",
        "A repetition penalty divides positive scores and multiplies negative ones, once per id.",
        "Negative scores that are divided become likelier; an id that stands twice is hit twice.",
        "https://github.com/huggingface/transformers/issues/2302",
    ),
    "Temperature": (
        "BASIC",
        "The temperature comes before top-k, top-p and min-p.",
        "Another nucleus, where it is applied last.",
    ),
    "TopK": (
        "EDGE_CASE",
        "Top-k keeps all scores that equal the k-th, and all where k is 0 or beyond the vocabulary.",
        "Ties cut at random; an exception; an empty set.",
        "https://github.com/huggingface/text-generation-inference/issues/966",
    ),
    "TopP": (
        "OFF_BY_ONE",
        "Top-p keeps the token that crosses p, and at least one.",
        "The crossing token left out: with one dominant token an empty set.",
        "https://github.com/ggml-org/llama.cpp/issues/1953",
    ),
    "MinP": (
        "BASIC",
        "Min-p keeps what is at least that share of the best probability.",
        "A bound on the probability itself.",
    ),
    "ExcludedLogit": (
        "NON_FINITE",
        "Some logits are -infinity.",
        "NaN, or an excluded id that comes back.",
    ),
    "EqualScores": (
        "EDGE_CASE",
        "Some scores are equal.",
        "A choice among them that depends on a sort.",
    ),
    "OpenBoundary": (
        "IMPLEMENTATION_DEFINED",
        "The cut falls among equal scores or on the last bit of a sum.",
        "Other sets are as good; information.alternatives lists them.",
    ),
}


def flags(row):
    p, logits = row["parameters"], row["logits"]
    chosen = {
        "Penalty": p["repetition_penalty"] != 1,
        "Temperature": p["temperature"] != 1,
        "TopK": bool(p["top_k"]),
        "TopP": p["top_p"] < 1,
        "MinP": p["min_p"] is not None,
        "ExcludedLogit": -INF in logits,
        "EqualScores": len(set(logits)) < len(logits),
        "OpenBoundary": "alternatives" in row,
    }
    return [flag for flag, holds in chosen.items() if holds]


RULES = {
    "Penalty": "SAMPLE-2",
    "Temperature": "SAMPLE-3",
    "TopK": "SAMPLE-4",
    "TopP": "SAMPLE-5",
    "MinP": "SAMPLE-6",
}
ROUNDINGS = 16  # penalty, temperature, difference, exponential and quotient, of a term and of the sum


def gauge(scores):
    """How much a probability moves if every score moves by its own rounding: for p[i] by p[i] times
    what the exponents of i and of any other may move by."""
    finite, p = np.isfinite(scores), softmax(scores)
    magnitude = np.abs(np.where(finite, scores, 0).astype(np.float64))
    largest = magnitude[p > 0].max()
    return np.where(finite, p * (1 + 2 * largest) + 2.0**-100, 0)


def add(group, row):
    p, scores = row["parameters"], row["scores"]
    marked = flags(row)
    information = {"scores": suite.bits(scores), "kept": len(row["kept"])}
    if "alternatives" in row:
        information["alternatives"] = row["alternatives"]
    accept = suite.gauge(ROUNDINGS + len(scores), suite.bits(gauge(scores)))
    group.add(
        row["id"],
        ", ".join(f"{name} {value}" for name, value in p.items() if DEFAULTS[name] != value)
        or "nothing active",
        "sample",
        {
            "logits": suite.bits(np.array(row["logits"], np.float32)),
            "previous": row["context"],
            "temperature": suite.f64(p["temperature"]),
            "topK": p["top_k"],
            "topP": suite.f64(p["top_p"]),
            "minP": suite.f64(p["min_p"] or 0),
            "repetitionPenalty": suite.f64(p["repetition_penalty"]),
        },
        suite.valid(probabilities=(suite.bits(softmax(scores)), accept)),
        ["SAMPLE-1", *(RULES[flag] for flag in marked if flag in RULES), "SAMPLE-7"],
        marked,
        "recommended" if "OpenBoundary" in marked else "required",
        information,
    )


def main():
    topic = suite.Topic("sampling/processors", "Logits, and the distribution that is drawn from.")
    for flag, note in NOTES.items():
        topic.note(flag, *note)
    oracles = ["transformers' own processors, torch fp32", "softmax in numpy fp64"]
    group = topic.group("sampling.py", 77, oracles, "numpy", "torch", "transformers")
    for row in [*hand_made(), *random_cases()]:
        add(group, row)
    topic.write()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
