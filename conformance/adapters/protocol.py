"""The adapter protocol, for adapters in Python: one JSON object a line in, one a line out.

An adapter calls serve() with what it says of itself and a function for each call. A function takes the
arguments, tensors as numpy arrays, and returns the outputs by name. It raises Skip for what its runtime
does not offer, and Refusal for what its runtime refuses.
"""

import json
import os
import pathlib
import struct
import sys
import traceback

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

WORDS = {"f16": "<u2", "bf16": "<u2", "f32": "<u4", "f64": "<u8", "i32": "<u4"}
NUMBERS = {"f16": "<f2", "f32": "<f4", "f64": "<f8", "i32": "<i4"}
MOST_INLINE = 64


class Skip(Exception):
    """The runtime does not do this."""


class Refusal(Exception):
    """The runtime refuses: malformed, unsupported, shape or range, and why."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def read(value):
    """A value of JSON: tensors become arrays, scalars written as bits become floats."""
    if isinstance(value, dict) and "file" in value:
        with safe_open(value["file"], framework="numpy") as file:
            return file.get_tensor(value["tensor"])
    if isinstance(value, dict) and "bits" in value:
        kind = next(key for key in value if key in WORDS)
        words = [int(word, 16) for word in value["bits"].split()]
        bits = np.array(words, dtype=WORDS[kind])
        if kind == "bf16":
            return (bits.astype("<u4") << 16).view("<f4").reshape(value[kind])
        return bits.view(NUMBERS[kind]).reshape(value[kind])
    if isinstance(value, str) and value[:4] in ("f32:", "f64:"):
        return struct.unpack(">f" if value[1] == "3" else ">d", bytes.fromhex(value[4:]))[0]
    return value


def read_all(args):
    """Arguments, except texts and models, which are themselves."""
    literal = ("text", "model", "messages", "format")
    return {name: value if name in literal else read(value) for name, value in args.items()}


def written(outputs, file):
    """Outputs as JSON; long tensors go to one file."""
    large = {}

    def one(name, value):
        if isinstance(value, dict) and "values" in value:
            return {"ids": value["ids"], "values": one(name, value["values"])}
        if not isinstance(value, np.ndarray):
            return value
        value = np.ascontiguousarray(value)
        if value.size > MOST_INLINE:
            large[name] = value
            return {"file": str(file), "tensor": name}
        kind = next(key for key, code in NUMBERS.items() if np.dtype(code) == value.dtype)
        words = value.reshape(-1).view(WORDS[kind])
        digits = 2 * value.dtype.itemsize
        return {kind: list(value.shape), "bits": " ".join(f"{w:0{digits}x}" for w in words)}

    result = {name: one(name, value) for name, value in outputs.items()}
    if large:
        save_file(large, file)
    return result


def answer(request, calls, file):
    try:
        outputs = calls[request["call"]](**read_all(request["args"]))
        return {"result": written(outputs, file)}
    except Skip as e:
        return {"skipped": {"reason": str(e)}}
    except Refusal as e:
        return {"error": {"class": e.kind, "message": str(e)}}
    except Exception as e:  # whatever a runtime throws is its answer
        traceback.print_exc()
        return {"error": {"class": type(e).__name__, "message": str(e)}}


def serve(runtime, profile, calls, load, limits=None):
    """Answers until standard input ends.

    load(handle, directory) may put off the work to the first call that needs the model."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to standard error
    work = pathlib.Path(".")
    for line in sys.stdin:
        request = json.loads(line)
        match request["op"]:
            case "hello":
                work = pathlib.Path(request["workDir"])
                reply = {"runtime": runtime, "capabilities": sorted(calls), "profile": profile}
                reply["limits"] = limits or {}
            case "load":
                load(request["handle"], pathlib.Path(request["directory"]))
                reply = {"ok": True}
            case "run":
                reply = {"seq": request["seq"]} | answer(request, calls, work / "reply.safetensors")
            case "bye":
                return
        print(json.dumps(reply), file=out, flush=True)
