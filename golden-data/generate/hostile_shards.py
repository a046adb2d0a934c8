"""Directories whose weights cannot be found, or not as the index says: (name, title, flag, errors,
level, directory).

Library module of checkpoint_vectors.py.
"""

import json

from hostile import Directory, container, entries

M, U, R = "malformed", "unsupported", "range"
NORM, EMBED = "model.norm.weight", "model.embed_tokens.weight"


def shard(names, directory):
    return container(*entries({n: directory.tensors[n] for n in names}))


def index(weight_map):
    return json.dumps(
        {"metadata": {"total_size": 328}, "weight_map": weight_map}, separators=(",", ":")
    ).encode()


def sharded(change=lambda m: m, first="model-1.safetensors", second="model-2.safetensors"):
    """A sound model in two files, whose weight_map went through change."""
    directory = Directory()
    names = list(directory.tensors)
    parts = {first: names[:5], second: names[5:]}
    weight_map = {name: file for file, part in parts.items() for name in part}
    directory.without("model.safetensors")
    for file, part in parts.items():
        directory.raw(shard(part, directory), file)
    return directory.raw(index(change(weight_map)), "model.safetensors.index.json")


def renamed(old, new):
    return lambda m: {name: new if file == old else file for name, file in m.items()}


def shards():
    second, flag = "model-2.safetensors", "ShardPath"
    here = "../shard-parent-folder/" + second
    yield (
        "shard-parent-folder",
        "a file name that leads out of the directory and back",
        flag,
        [M, U, R],
        "required",
        sharded(renamed(second, here)),
    )
    yield (
        "shard-subfolder",
        "a file name with a folder in it",
        flag,
        [M, U, R],
        "recommended",
        sharded(renamed(second, "./" + second)),
    )
    yield (
        "shard-backslash",
        "a file name that is a path on Windows",
        flag,
        [M, U, R],
        "required",
        sharded(renamed(second, "..\\shard-backslash\\" + second)),
    )
    flag = "ShardIndex"
    yield "shard-missing", "the index names a file that is not there", flag, [
        M
    ], "required", sharded().without(second)
    yield (
        "shard-of-another-tensor",
        "the index sends a tensor to the file that does not hold it",
        flag,
        [M],
        "required",
        sharded(lambda m: m | {EMBED: second}),
    )
    yield (
        "shard-tensor-unlisted",
        "a file holds a tensor that the index does not list",
        flag,
        [M],
        "required",
        sharded(lambda m: {n: f for n, f in m.items() if n != NORM}),
    )
    yield (
        "index-without-map",
        "an index without weight_map",
        flag,
        [M],
        "required",
        sharded().raw(b'{"metadata":{}}', "model.safetensors.index.json"),
    )
    yield (
        "index-not-json",
        "an index that ends early",
        flag,
        [M],
        "required",
        sharded().raw(b'{"weight_map":{', "model.safetensors.index.json"),
    )
    both = sharded()
    both.files["model.safetensors"] = Directory().raw(b"").header() and container(*both.header())
    yield "index-and-single-file", "a single file and an index, both whole", flag, [
        M,
        U,
    ], "recommended", both
    flag = "NoWeights"
    yield "no-weights", "a directory with nothing but config.json", flag, [
        M,
        U,
    ], "required", Directory().without("model.safetensors")
    pickled = Directory().without("model.safetensors").raw(b"PK\x03\x04", "pytorch_model.bin")
    yield "only-pickle", "weights in pytorch_model.bin only", flag, [M, U], "required", pickled
    pair = Directory().without("model.safetensors")
    pair.raw(container(*pair.header()), "a.safetensors").raw(
        container(*pair.header()), "b.safetensors"
    )
    yield "two-files-to-choose-from", "two files and no index", flag, [M, U], "recommended", pair
