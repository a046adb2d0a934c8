"""Writes ../vectors/sampling/hf-processors.json: what Transformers keeps of given logits.

The real classes run in fp32 on one row, in the order generate() adds them when sampling (read in
transformers 5.18, generation/utils.py): repetition penalty, temperature, top_k, top_p, min_p. As
there, a step is left out when it is inactive: penalty 1, temperature 1, top_k 0 or null, top_p 1,
min_p null.

A case: `logits` and `scores` are IEEE fp32 bits in hexadecimal; `context` holds the ids that the
penalty sees; `kept` the ids whose score stays finite; `probabilities` an fp64 softmax over the
processed scores. `alternatives` lists every defensible set of kept ids (Transformers' own first)
where the choice hangs on the order in which torch.sort, which is not stable, leaves equal scores,
or on the last bit of an fp32 sum of probabilities that falls on top_p or min_p. Without it, no
boundary is nearer than 1e-5 and `kept` is the only answer.

Run: python sampling.py   Python 3.11, numpy 2.4, torch 2.13, transformers 5.18.
"""

import itertools

import numpy as np
import torch
from transformers.generation import logits_process as lp

from paths import VECTORS, versions, write_json

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


def bits(values):
    return [f"{v:08x}" for v in np.asarray(values, dtype=np.float32).view(np.uint32).tolist()]


def case(identifier, logits, context=(0,), **parameters):
    p = DEFAULTS | parameters
    logits = [float(v) for v in np.asarray(logits, dtype=np.float32)]
    scores, alternatives = run(logits, list(context), p)
    row = {
        "id": identifier,
        "logits": bits(logits),
        "context": [int(i) for i in context],
        "parameters": p,
        "kept": kept(scores),
        "scores": bits(scores),
        "probabilities": [float(v) for v in softmax(scores)],
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


if __name__ == "__main__":
    torch.set_num_threads(1)
    cases = [*hand_made(), *random_cases()]
    source = {
        "generator": "generate/sampling.py",
        "seed": 77,
        "versions": versions("numpy", "torch", "transformers"),
        "order": ["repetition_penalty", "temperature", "top_k", "top_p", "min_p"],
    }
    write_json(VECTORS / "sampling" / "hf-processors.json", {"source": source, "cases": cases})
