"""A minimal safetensors reader and writer, so that the bytes of every file are fully decided here.

Why not the safetensors library: it orders metadata by hash (the bytes change from run to run), it
always pads the header, and numpy has no BF16. The library still reads every file back as a check
(see model_goldens.py). A tensor is a pair (dtype name, numpy array); BF16 is carried as its 16
bits.

Library module; written for Python 3.11, numpy 2.4.
"""

import json
from pathlib import Path

import numpy as np

STORAGE = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I32": "<i4"}


def f64(array):
    return "F64", np.asarray(array, dtype=np.float64)


def f32(array):
    return "F32", np.asarray(array, dtype=np.float32)


def f16(array):
    return "F16", np.asarray(array, dtype=np.float16)


def i32(array):
    return "I32", np.asarray(array, dtype=np.int32)


def bf16(array):
    """Rounds float32 to bfloat16, nearest even (finite values only)."""
    bits = np.asarray(array, dtype=np.float32).view(np.uint32).astype(np.uint64)
    return "BF16", ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def as_float64(tensor):
    dtype, array = tensor
    if dtype == "BF16":
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float64)


def write(path, tensors, metadata=None, unaligned=False):
    """Writes tensors in the given order; with unaligned, no tensor starts at a multiple of 2."""
    header, chunks, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, array) in tensors.items():
        data = np.ascontiguousarray(array).astype(STORAGE[dtype], copy=False).tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * ((1 - len(text)) % 4 if unaligned else -len(text) % 8)
    Path(path).write_bytes(len(text).to_bytes(8, "little") + text + b"".join(chunks))


def read(path):
    blob = Path(path).read_bytes()
    start = 8 + int.from_bytes(blob[:8], "little")
    tensors = {}
    for name, entry in json.loads(blob[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(blob[start + begin : start + end], dtype=STORAGE[entry["dtype"]])
            tensors[name] = entry["dtype"], flat.reshape(entry["shape"])
    return tensors
