"""Writes ../vectors/quantize/<id>.safetensors and layers.json: layers, and what GPTQ makes of them.

The golden is the fp64 run. Every choice that hangs on rounding has a margin, the distance to where
it would be made otherwise, and a bound on what fp32 may do to it. The bound is measured: eight fp32
runs, each with its own random order of every sum, are led along the golden's path and compared with
it. No margin of a golden is below its bound, so a reader compares everything for equality.

Run: python quantise_goldens.py   Python 3.11, numpy 2.4, torch 2.13.
"""

import numpy as np
import torch

import quantise_check as check
import tensor_file as tf
from packing import pack
from paths import VECTORS, versions, write_json
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

    def tensors(self):
        result, zeros = self.result, self.result.stack("zero").to(torch.int64).numpy()
        codes = result.codes.to(torch.int64).numpy()
        tensors = self.stored | {
            "codes": tf.i32(codes.T),
            "zeros": tf.i32(zeros),
            "scales": tf.f16(result.stack("scale")),
            "g_idx": tf.i32(result.index),
            "qweight": tf.i32(pack(codes, self.settings.bits).T),
            "qzeros": tf.i32(pack(zeros - 1, self.settings.bits)),
            "order": tf.i32(result.order),
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

    def entry(self, error, rounded):
        s = self.settings
        return {
            "id": self.layer.id,
            "file": f"{self.layer.id}.safetensors",
            "out": self.layer.out,
            "in": self.layer.inputs,
            "sequences": list(self.layer.tokens),
            "bits": s.bits,
            "groupSize": s.group_size,
            "groups": len(self.result.groups),
            "symmetric": s.symmetric,
            "actOrder": s.act_order,
            "staticGroups": s.static_groups,
            "mse": s.mse,
            "dampPercent": s.damping,
            "flags": list(self.layer.flags),
            "note": self.layer.note,
            "seed": [6000, self.layer.seed],
            "room": {kind: shorten(room) for kind, room in self.room().items()},
            "medianBound": shorten(float(self.bounds["codes"].median())),
            "error": shorten(error),
            "roundToNearestError": shorten(rounded),
        }


def shorten(number):
    """Three digits; None for infinity, which JSON lacks."""
    return float(f"{number:.3g}") if number < float("inf") else None


def main():
    folder = VECTORS / "quantize"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    rows = []
    for layer in LAYERS:
        golden = Golden(layer)
        room = golden.room()
        assert min(room.values()) >= 1, f"{layer.id}: try another seed, {room}"
        check.against_obq(golden)
        check.free_runs(golden)
        error, rounded = check.errors(golden)
        row = golden.entry(error, rounded)
        tf.write(folder / row["file"], golden.tensors())
        rows.append(row)
        print(f"{layer.id:42} error / round-to-nearest {error / rounded:.3f}", flush=True)
    better = sum(row["error"] <= row["roundToNearestError"] for row in rows)
    print(f"error not above round-to-nearest in {better} of {len(rows)} layers")
    assert better >= 0.9 * len(rows)
    source = {"generator": "generate/quantise_goldens.py", "versions": versions("numpy", "torch")}
    write_json(folder / "layers.json", {"source": source, "layers": rows})


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
