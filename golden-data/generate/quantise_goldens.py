"""Writes ../vectors/gptq/quantise.json, and a blob for each layer: layers, and what GPTQ makes of them.

The golden is the fp64 run. Every choice that hangs on rounding has a margin, the distance to where
it would be made otherwise, and a bound on what fp32 may do to it. The bound is measured: eight fp32
runs, each with its own random order of every sum, are led along the golden's path and compared with
it. No margin of a golden is below its bound, so a reader compares everything for equality.

Run: python quantise_goldens.py   Python 3.11, numpy 2.4, torch 2.13.
"""

import numpy as np
import torch

import quantise_check as check
import suite
import tensor_file as tf
from packing import pack
from quantise import Arithmetic, quantise
from quantise_layers import LAYERS, inputs

RUNS, FACTOR = 8, 8


def code_margins(result, top):
    """Distance of w / scale from the nearest value at which the code changes, [out, in]."""
    zero = result.stack("zero")[result.index].T
    boundary = torch.clamp(torch.floor(result.values), -zero, top - zero - 1) + 0.5
    return (result.values - boundary).abs()


def zero_margins(result, symmetric):
    """Code units [groups, out]: the zero point's distance from rounding otherwise; sym: the weight
    that decides whether the row has a negative one."""
    if symmetric:
        return result.stack("sign")
    ratio = result.stack("ratio")
    return 0.5 - (ratio - ratio.round()).abs()


def scale_margins(scale):
    """Relative distance of a scale from the middle between its fp16 value and a neighbour."""
    scale = scale.numpy()
    half = scale.astype(np.float16)
    near = [np.nextafter(half, np.float16(end)).astype(np.float64) for end in (0, np.inf)]
    return torch.tensor(np.minimum(*(np.abs(scale - (half + n) / 2) / scale for n in near)))


def search_margins(result):
    """How much worse the second best step of the search is, relative, [groups, out]."""
    best, second = torch.stack([g.errors.sort(0).values[:2] for g in result.groups], 1)
    return torch.where(best == 0, torch.inf, second / best - 1)


def order_margins(result):
    """Relative distance of neighbours in act-order; equal ones keep their order in any precision."""
    diagonal = result.hessian.diagonal().clone()
    diagonal[diagonal == 0] = 1
    diagonal = diagonal[result.order]
    gaps = 1 - diagonal[1:] / diagonal[:-1]
    return torch.where(gaps == 0, torch.inf, gaps)


def bounds(golden, runs, value, relative=False):
    """FACTOR times the largest difference of the runs, for each entry; entries that had luck get
    the median of all."""
    exact = value(golden)
    spread = torch.stack([(value(run).double() - exact).abs() for run in runs]).amax(0)
    if relative:
        spread = spread / exact.abs()
    spread = torch.nan_to_num(spread)
    return FACTOR * torch.maximum(spread, spread.median())


def search_errors(result):
    """[groups, out, steps]"""
    return torch.stack([group.errors.T for group in result.groups])


class Golden:
    """The fp64 run of one layer; margins and bounds by the kind of choice."""

    def __init__(self, layer):
        self.layer, self.settings = layer, layer.settings
        weight, sequences = inputs(layer)
        self.stored = {"weight": (tf.f32 if weight.dtype == np.float32 else tf.f16)(weight)}
        self.stored |= {f"calibration.{n}": tf.f16(x) for n, x in enumerate(sequences)}
        self.weight = torch.tensor(weight.astype(np.float64))
        self.calibration = [torch.tensor(x.astype(np.float64)) for x in sequences]
        self.result = self.run(Arithmetic(torch.float64))
        runs = [self.run(check.shuffled(layer, run), self.result) for run in range(RUNS)]
        self.margins, self.bounds = self.measure(runs)

    def run(self, arithmetic, forced=None):
        return quantise(self.weight, self.calibration, self.settings, arithmetic, forced)

    def measure(self, runs):
        result, symmetric = self.result, self.settings.symmetric
        decided = "sign" if symmetric else "ratio"
        margins = {
            "codes": code_margins(result, self.settings.top),
            "zeros": zero_margins(result, symmetric),
            "scales": scale_margins(result.stack("scale")),
        }
        limits = {
            "codes": bounds(result, runs, lambda r: r.values),
            "zeros": bounds(result, runs, lambda r: r.stack(decided)),
            "scales": bounds(result, runs, lambda r: r.stack("scale"), relative=True),
        }
        if self.settings.mse:  # twice, as both of two compared errors may be off
            margins["search"] = search_margins(result)
            limits["search"] = 2 * bounds(result, runs, search_errors, relative=True).amax(2)
        if self.settings.act_order:
            margins["order"] = order_margins(result)
            diagonal = bounds(result, runs, lambda r: r.hessian.diagonal(), relative=True)
            limits["order"] = 2 * diagonal.max().expand(len(diagonal) - 1)
        return margins, limits

    def room(self):
        """The least quotient of margin and bound, by kind; from 1 on nothing hangs on rounding."""
        return {
            kind: float((margin / self.bounds[kind]).nan_to_num(torch.inf, torch.inf).min())
            for kind, margin in self.margins.items()
        }

    def outputs(self):
        """What a quantiser is asked for."""
        result = self.result
        return {
            "codes": tf.i32(result.codes.T),
            "zeros": tf.i32(result.stack("zero")),
            "scales": tf.f16(result.stack("scale")),
            "gIdx": tf.i32(result.index),
            "order": tf.i32(result.order),
        }

    def information(self):
        """What explains the outputs."""
        result, zeros = self.result, self.result.stack("zero").to(torch.int64).numpy()
        codes = result.codes.to(torch.int64).numpy()
        tensors = {
            "qweight": tf.i32(pack(codes, self.settings.bits).T),
            "qzeros": tf.i32(pack(zeros - 1, self.settings.bits)),
            "diagonal": tf.f64(result.hessian.diagonal()),
            "margins": tf.f32(self.margins["codes"].T),
        }
        if "matrices" in self.layer.flags:
            tensors |= {"hessian": tf.f64(result.hessian), "factor": tf.f64(result.factor)}
        if "tiny" in self.layer.flags:
            tensors["repackedCodes"] = tf.i32(self.repacked().T)
        return tensors

    def repacked(self):
        """The codes as AutoGPTQ's pack derives them anew from the fp16 weight, unclamped."""
        scale, zero = (self.result.stack(f)[self.result.index].T for f in ("scale", "zero"))
        single = scale.float()
        weight = (single * (self.result.codes - zero).float()).half().float()
        return torch.round((weight + single * zero.float()) / scale.half().float()).int()

    def arguments(self):
        s = self.settings
        return {
            "settings": {
                "bits": s.bits,
                "groupSize": s.group_size,
                "symmetric": s.symmetric,
                "actOrder": s.act_order,
                "staticGroups": s.static_groups,
                "mse": s.mse,
                "damping": suite.f64(s.damping),
            }
        }

    def measured(self, error, rounded):
        return {
            "seed": self.layer.seed,
            "room": {kind: shorten(room) for kind, room in self.room().items()},
            "medianBound": shorten(float(self.bounds["codes"].median())),
            "error": shorten(error),
            "roundToNearestError": shorten(rounded),
        }

    def rules(self):
        s = self.settings
        chosen = {
            "QUANT-1": True,
            "QUANT-2": True,
            "QUANT-3": s.mse,
            "QUANT-4": s.act_order,
            "QUANT-5": True,
            "QUANT-6": True,
            "QUANT-7": True,
            "QUANT-8": s.group_size != -1,
            "QUANT-9": True,
            "QUANT-10": True,
        }
        return [rule for rule, holds in chosen.items() if holds]

    def flags(self):
        s, of_layer = self.settings, self.layer.flags
        chosen = {
            "ActOrder": s.act_order,
            "StaticGroups": s.static_groups,
            "LeastErrorSearch": s.mse,
            "DeadInput": "dead" in of_layer,
            "EqualDiagonals": "ties" in of_layer,
            "OneSidedRow": "odd-rows" in of_layer,
            "SubnormalScale": "tiny" in of_layer,
            "FewSamples": "correlated" in of_layer,
            "HalfwayValue": "exact" in of_layer,
            "SequencesOfUnequalLength": len(set(self.layer.tokens)) > 1,
        }
        return [flag for flag, holds in chosen.items() if holds]


NOTES = {
    "ActOrder": (
        "BASIC",
        "Inputs are quantised by falling diagonal of the Hessian.",
        "Another order, or groups and g_idx in that order instead of the natural one.",
    ),
    "StaticGroups": (
        "BASIC",
        "The scales of all groups are found before anything is quantised.",
        "Scales that see the feedback, or members of a group by place in the order.",
    ),
    "LeastErrorSearch": (
        "BASIC",
        "Of 80 shrunken ranges the one of least error (power 2.4) gives the scale.",
        "A scale of the whole range, or the last of equal errors.",
    ),
    "DeadInput": (
        "EDGE_CASE",
        "Some inputs are zero in all samples.",
        "Division by a zero diagonal; scales of a group that still see dead weights.",
    ),
    "EqualDiagonals": (
        "EDGE_CASE",
        "Some inputs have equal diagonals.",
        "A sort that does not keep the order of equals.",
    ),
    "OneSidedRow": (
        "EDGE_CASE",
        "Some rows have no negative, no positive, or no weight but zero.",
        "Division by a range of zero; zero points beyond the codes.",
    ),
    "SubnormalScale": (
        "PRECISION",
        "Scales lie around 6.1e-5, where fp16 is subnormal.",
        "Codes found again from a weight in fp16 instead of kept.",
    ),
    "FewSamples": (
        "EDGE_CASE",
        "There are fewer tokens than inputs, so only damping makes the Hessian definite.",
        "A factorisation that fails, or damping before dead inputs are found.",
    ),
    "HalfwayValue": (
        "ROUNDING_MODE",
        "Codes and scales lie halfway between two.",
        "Rounding away from zero instead of to even.",
    ),
    "SequencesOfUnequalLength": (
        "BASIC",
        "The samples differ in length; the mean of the Hessian counts samples, not tokens.",
        "A Hessian weighted by tokens: by itself harmless, wrong where it is mixed.",
    ),
}
ORACLES = [
    "generate/quantise.py, fp64",
    "OBQ with the Hessian inverted anew after each input, fp64: within 1e-10 code units",
    "twelve free fp32 runs, torch's own factorisation among them: equal",
]


def shorten(number):
    """Three digits, as text: numbers that mean bits are written as such."""
    return f"{number:.3g}"


def add(group, golden, measured):
    blob, layer = suite.Blob(), golden.layer
    args = {"weight": blob.put("weight", golden.stored["weight"])}
    args["calibration"] = [
        blob.put(f"calibration.{n}", golden.stored[f"calibration.{n}"])
        for n in range(len(golden.calibration))
    ]
    outputs = {
        name: (blob.put(name, tensor), suite.exact()) for name, tensor in golden.outputs().items()
    }
    explained = {name: blob.put(name, t) for name, t in golden.information().items()}
    group.add(
        layer.id,
        layer.note or layer.id,
        "gptq.quantise",
        args | golden.arguments(),
        suite.valid(**outputs),
        golden.rules(),
        golden.flags(),
        information=measured | explained,
    )
    blob.write()


def main():
    topic = suite.Topic("gptq/quantise", "Layers, and what GPTQ makes of them.")
    for flag, note in NOTES.items():
        topic.note(flag, *note)
    group = topic.group("quantise_goldens.py", 6000, ORACLES, "numpy", "torch")
    better = 0
    for layer in LAYERS:
        golden = Golden(layer)
        room = golden.room()
        assert min(room.values()) >= 1, f"{layer.id}: try another seed, {room}"
        check.against_obq(golden)
        check.free_runs(golden)
        error, rounded = check.errors(golden)
        add(group, golden, golden.measured(error, rounded))
        better += error <= rounded
        print(f"{layer.id:42} error / round-to-nearest {error / rounded:.3f}", flush=True)
    print(f"error not above round-to-nearest in {better} of {len(LAYERS)} layers")
    assert better >= 0.9 * len(LAYERS)
    topic.write()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
