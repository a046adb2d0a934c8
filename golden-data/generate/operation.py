"""What a vector of an operation is: inputs, truth, bound, and the mistakes that it shows.

A vector's truth is fp64 and agrees with torch's float64. Its bound is a theorem (docs/spec,
TOL-2), equality, or a measured spread. A flag names a mistake (operation_notes.json says which);
the mistake is made by the generator, and a vector that would let it pass is not written. Inputs
are values of bf16 and of f16 at once (of those formats for which there is a bound), so that no
profile rounds them and a bound need not provide for it.

How a gauge covers all profiles: with relative errors counted in roundings, an element that passes
through N roundings is off by at most N u / (1 - N u) of itself. `terms` is the largest N of the
tensor and the gauge holds |y| N / terms. FLOOR, added to every gauge, is what a result below the
normal range of f16 needs: half the least subnormal, 2^-25 = 2^-11 * 2^-14.

Library module; Python 3.11, numpy 2.4, torch 2.13.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import suite
from profiles import bf16, f16

NOTES = json.loads(Path(__file__).with_name("operation_notes.json").read_text())
FLOOR = 2.0**-14
UNIT = {"f32": 2.0**-24, "f16": 2.0**-11, "bf16": 2.0**-8}
ISSUES = {
    "TF": "huggingface/transformers",
    "LC": "ggml-org/llama.cpp",
    "VL": "vllm-project/vllm",
    "TGI": "huggingface/text-generation-inference",
    "AG": "AutoGPTQ/AutoGPTQ",
    "EX": "turboderp/exllama",
    "GM": "ModelCloud/GPTQModel",
}


def link(thread):
    """The address of "TF#25199" or "owner/name#1"."""
    place, number = thread.split("#")
    return f"https://github.com/{ISSUES.get(place, place)}/issues/{number}"


def coarse(rng, *shape, scale=1.0):
    """Normal numbers that bf16 and f16 hold exactly; none is nearer to 0 than 1/64 of the scale."""
    x = rng.standard_normal(shape) * scale
    x = np.where(np.abs(x) < scale / 64, scale / 64, x)
    return bf16(x.astype(np.float32))


def held(x, *roundings):
    """Whether each of the formats holds all values."""
    return all((rounding(x) == x).all() for rounding in roundings)


@dataclass(frozen=True)
class Gauge:
    """|error| <= gamma(terms) * gauge."""

    terms: int
    gauge: np.ndarray

    @staticmethod
    def relative(truth, roundings):
        """From the number of roundings, real and one per element or one for all."""
        counts = np.broadcast_to(np.asarray(roundings, np.float64), truth.shape)
        terms = int(np.ceil(counts.max()))
        return Gauge(terms, np.abs(truth) * counts / terms + FLOOR)

    def limit(self, profile):
        product = self.terms * UNIT[profile]
        return product / (1 - product) * self.gauge if product < 0.5 else np.inf

    def held_exactly(self, x):
        return held(x, f16, bf16)

    def accept(self, tensor):
        return suite.gauge(self.terms, tensor("gauge", self.gauge))


@dataclass(frozen=True)
class Spread:
    """|error| <= 8 * spread of the profile."""

    spreads: dict

    def limit(self, profile):
        return 8 * self.spreads.get(profile, np.inf)

    def held_exactly(self, x):
        """In the formats for which there is a spread."""
        return held(x, *(r for r in (f16, bf16) if r.__name__ in self.spreads))

    def accept(self, tensor):
        return suite.spread(self.spreads)


@dataclass(frozen=True)
class Exact:
    def limit(self, profile):
        return 0.0

    def held_exactly(self, x):
        return held(x, f16, bf16)

    def accept(self, tensor):
        return suite.exact()


class Operation:
    """The vectors of one operation."""

    def __init__(self, name, call, rules, seed, *header):
        self.topic = suite.Topic(f"operation/{name}", *header)
        self.call, self.rules = call, rules
        oracles = ["generate/operations.py, fp64", "torch float64: within 1e-13 of the gauge"]
        self.group = self.topic.group("operations.py", seed, oracles, "numpy", "torch")
        for flag, note in NOTES[name].items():
            links = [link(thread) for thread in note.get("threads", ())]
            self.topic.note(flag, note["bugType"], note["description"], note["effect"], *links)

    def vector(self, name, title, args, truth, torch_value, bound, wrong=None, level="required"):
        """wrong: {flag: what the mistake makes of the inputs}."""
        wrong = wrong or {}
        assert set(wrong) <= set(self.topic.notes), (name, list(wrong))
        agree(name, truth, torch_value)
        for value in args.values():
            assert not isinstance(value, np.ndarray) or bound.held_exactly(value), name
        for flag, value in wrong.items():
            assert survives(value, truth, bound.limit("f32")) is False, (name, flag)

        def tensor(part, array):
            return self.topic.tensor(f"{name}.{part}", array)

        given = {
            key: tensor(key, value) if isinstance(value, np.ndarray) else value
            for key, value in args.items()
        }
        value = truth.astype(np.float32) if isinstance(bound, Exact) else truth
        expect = suite.valid(y=(tensor("y", value), bound.accept(tensor)))
        self.group.add(name, title, self.call, given, expect, self.rules, list(wrong), level)

    def write(self):
        count = self.topic.write()
        print(f"{self.topic.topic:24s} {count:3d} vectors, {len(self.topic.notes):3d} mistakes")


def agree(name, truth, other):
    other = other.numpy()
    assert truth.dtype == other.dtype == np.float64 and truth.shape == other.shape, name
    difference = np.abs(truth - other)
    assert (difference <= 1e-13 * np.abs(truth).max() + 1e-300).all(), (name, difference.max())


def survives(value, truth, limit):
    """Whether a wrong result would pass. A wrong shape cannot."""
    if value.shape != truth.shape or not np.isfinite(value).all():
        return False
    return bool((np.abs(value - truth) <= limit).all())
