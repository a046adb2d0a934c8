"""Vector files of the suite, format v1: notes, groups, vectors, tensors as bits, canonical JSON.

A vector file is a Topic. Groups share one source, vectors are added to a group, and write() puts
the file to ../vectors/<topic>.json and its large tensors to ../blobs/<sha256>.safetensors. Tensors
of at most INLINE elements stand in the file as hexadecimal words, row-major. A tensor argument is a
numpy array (f16, f32, f64, i32 by its type) or a pair of tensor_file (needed for BF16).

Canonical JSON: ASCII; a value stands on one line if it fits into WIDTH columns or holds no
object and no list; otherwise every member has its own line, indented by two more spaces.

Library module; Python 3.11, numpy 2.4.
"""

import hashlib
import json
import re
import shutil

import numpy as np

import tensor_file as tf
from paths import GOLDEN_DATA, VECTORS, versions

SUITE = "1.0.0"
INLINE = 64
WIDTH = 140
SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*")
BUG_TYPES = set(
    "BASIC EDGE_CASE MISPLACED_TERM LAYOUT OFF_BY_ONE PRECISION ROUNDING_MODE OVERFLOW NON_FINITE"
    " MASKING CACHE_STATE CONFIG_IGNORED MALFORMED_INPUT KNOWN_BUG IMPLEMENTATION_DEFINED".split()
)
ERRORS = ("malformed", "unsupported", "shape", "range")
WORDS = {  # the name in a vector file, and the integers that hold the bits
    "F64": ("f64", "<u8"),
    "F32": ("f32", "<u4"),
    "F16": ("f16", "<u2"),
    "BF16": ("bf16", "<u2"),
    "I32": ("i32", "<u4"),
}
TYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "int32": "I32"}


def canonical(value, indent=0, used=0):
    """The text of a JSON value whose first line is indented and has `used` columns before it."""
    line = json.dumps(value, allow_nan=False)
    inner = value.values() if isinstance(value, dict) else value
    nested = isinstance(value, (dict, list)) and any(isinstance(i, (dict, list)) for i in inner)
    if not nested or indent + used + len(line) < WIDTH:  # one column is left for a comma
        return line
    pad, rows = " " * (indent + 2), []
    for key, item in value.items() if isinstance(value, dict) else ((None, i) for i in value):
        name = "" if key is None else json.dumps(key) + ": "
        rows.append(pad + name + canonical(item, indent + 2, len(name)))
    left, right = "{}" if isinstance(value, dict) else "[]"
    return left + "\n" + ",\n".join(rows) + "\n" + " " * indent + right


def pair(tensor):
    """(dtype, array) of a numpy array or of such a pair."""
    if isinstance(tensor, tuple):
        return tensor
    return TYPES[str(tensor.dtype)], tensor


def bits(tensor):
    """The inline form of a tensor of any size."""
    dtype, array = pair(tensor)
    name, words = WORDS[dtype]
    flat = np.ascontiguousarray(array).astype(tf.STORAGE[dtype], copy=False).reshape(-1).view(words)
    digits = 2 * np.dtype(words).itemsize
    return {name: list(array.shape), "bits": " ".join(f"{int(w):0{digits}x}" for w in flat)}


def f32(value):
    return "f32:" + bits(np.array([value], np.float32))["bits"]


def f64(value):
    return "f64:" + bits(np.array([value], np.float64))["bits"]


def exact():
    return {"kind": "bits"}


def ulp(most):
    return {"kind": "ulp", "max": most}


def gauge(terms, tensor):
    """terms is one number per tensor; the gauge is what Topic.tensor made of it."""
    return {"kind": "gauge", "terms": terms, "gauge": tensor}


def spread(profiles, factor=8):
    """profiles: {"f32": largest distance to the truth, ...}."""
    return {"kind": "spread", "factor": factor, "spread": spreads(profiles)}


def tokens(margins, profiles, factor=8):
    margins = bits(np.asarray(margins, np.float64))
    return {"kind": "tokens", "margins": margins, "factor": factor, "spread": spreads(profiles)}


def either(*values):
    """The first one stands as the value, too."""
    return {"kind": "either", "values": list(values)}


def spreads(profiles):
    return {name: f64(value) for name, value in profiles.items()}


def valid(**outputs):
    """outputs: name=(value, accept)."""
    return {"result": "valid", "outputs": expected(outputs)}


def acceptable(**outputs):
    return {"result": "acceptable", "outputs": expected(outputs)}


def expected(outputs):
    return {name: {"value": value, "accept": accept} for name, (value, accept) in outputs.items()}


def invalid(*errors):
    assert errors and set(errors) <= set(ERRORS), errors
    return {"result": "invalid", "errors": list(errors)}


class Blob:
    """Tensors of one file, which several topics may refer to; write() before they are written."""

    def __init__(self):
        self.tensors, self.references = {}, []

    def put(self, name, tensor):
        """Inline if small, else a reference to this blob, where the tensor is called `name`."""
        tensor = pair(tensor)
        if tensor[1].size <= INLINE:
            return bits(tensor)
        assert name not in self.tensors, name
        self.tensors[name] = tensor
        self.references.append({"blob": "", "tensor": name})
        return self.references[-1]

    def write(self):
        if self.tensors:
            digest = write_blob(self.tensors)
            for reference in self.references:
                reference["blob"] = digest


class Topic:
    def __init__(self, topic, *header):
        self.topic, self.header = topic, list(header)
        self.notes, self.groups, self.blob, self.superseded = {}, [], Blob(), {}

    def note(self, flag, bug_type, description, effect, *links):
        assert bug_type in BUG_TYPES and flag not in self.notes, (bug_type, flag)
        note = {"bugType": bug_type, "description": description, "effect": effect}
        self.notes[flag] = note | ({"links": list(links)} if links else {})

    def group(self, generator, seed, oracles, *libraries):
        source = {"generator": f"generate/{generator}", "seed": seed}
        source |= {"versions": versions(*libraries), "oracles": oracles}
        self.groups.append({"source": source, "vectors": []})
        return Group(self, self.groups[-1]["vectors"])

    def supersede(self, name, since, why, by=None):
        """A vector that was wrong is gone since a suite version; `by` is the id of its successor."""
        entry = {"by": by} if by else {}
        self.superseded[f"{self.topic}/{name}"] = entry | {"since": since, "why": why}

    def tensor(self, name, tensor):
        """Inline if small, else a reference to this topic's own blob."""
        return self.blob.put(name, tensor)

    def write(self):
        self.check()
        self.blob.write()
        path = VECTORS / f"{self.topic}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"schema": "suite.v1.json", "suite": SUITE, "topic": self.topic}
        content |= {"header": self.header, "notes": self.notes, "groups": self.groups}
        content |= {"superseded": self.superseded} if self.superseded else {}
        path.write_text(canonical(content) + "\n")
        return sum(len(group["vectors"]) for group in self.groups)

    def check(self):
        vectors = [vector for group in self.groups for vector in group["vectors"]]
        ids = [vector["id"] for vector in vectors]
        assert len(set(ids)) == len(ids), [i for i in ids if ids.count(i) > 1]
        used = {flag for vector in vectors for flag in vector["flags"]}
        assert used == set(self.notes), used ^ set(self.notes)


class Group:
    def __init__(self, topic, vectors):
        self.topic, self.vectors = topic, vectors

    def add(
        self, name, title, call, args, expect, rules, flags=(), level="required", information=None
    ):
        """information: what is of interest and is not judged, by name: integers, text, tensors."""
        assert all(SLUG.fullmatch(part) for part in name.split("/")), name
        vector = {"id": f"{self.topic.topic}/{name}", "title": title, "level": level}
        vector |= {"rules": list(rules), "flags": list(flags)}
        vector |= {"call": call, "args": args, "expect": expect}
        self.vectors.append(vector | ({"information": information} if information else {}))


def write_blob(tensors):
    """Writes the tensors to a file that is named by its SHA-256, and returns that."""
    folder = GOLDEN_DATA / "blobs"
    folder.mkdir(exist_ok=True)
    temporary = folder / "writing.safetensors"
    tf.write(temporary, tensors)
    digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    shutil.move(temporary, folder / f"{digest}.safetensors")
    return digest
