"""Writes ../MANIFEST.json and ../ids/<suite version>.txt, and deletes blobs that no vector refers to.

The manifest has the SHA-256 and the size of every file that a consumer may read, and how many
vectors stand in it. The list of ids of a version stays when the next version is made: an id of it
must then still be there, or a vector file must list it under `superseded`.

Run last: python manifest.py   Python 3.11.
"""

import hashlib
import json
import re

from paths import GOLDEN_DATA
from suite import SUITE, canonical

FOLDERS = ("blobs", "models", "schemas", "vectors")
BLOB = re.compile(r'"blob": "([0-9a-f]{64})"')


def vector_files():
    """Path and content of all files of vectors."""
    for path in sorted((GOLDEN_DATA / "vectors").rglob("*.json")):
        content = json.loads(path.read_text())
        if content.get("schema") == "suite.v1.json":
            yield path, content


def delete_orphans():
    used = {hit for path, _ in vector_files() for hit in BLOB.findall(path.read_text())}
    for blob in (GOLDEN_DATA / "blobs").glob("*.safetensors"):
        if blob.stem not in used:
            print("deleted", blob.name)
            blob.unlink()


def ids(content):
    return [vector["id"] for group in content["groups"] for vector in group["vectors"]]


def entry(path, vectors):
    octets = path.read_bytes()
    row = {"sha256": hashlib.sha256(octets).hexdigest(), "bytes": len(octets)}
    return row | ({"vectors": vectors} if vectors else {})


def main():
    delete_orphans()
    named = {path: ids(content) for path, content in vector_files()}
    everything = [each for of_file in named.values() for each in of_file]
    assert len(set(everything)) == len(everything), "an id stands in two files"
    paths = sorted(p for f in FOLDERS for p in (GOLDEN_DATA / f).rglob("*") if p.is_file())
    files = {
        path.relative_to(GOLDEN_DATA).as_posix(): entry(path, len(named.get(path, ())))
        for path in paths
    }
    content = {"schema": "manifest.v1.json", "suite": SUITE, "vectors": len(everything)}
    content |= {"bytes": sum(row["bytes"] for row in files.values()), "files": files}
    (GOLDEN_DATA / "MANIFEST.json").write_text(canonical(content) + "\n")
    (GOLDEN_DATA / "ids").mkdir(exist_ok=True)
    (GOLDEN_DATA / "ids" / f"{SUITE}.txt").write_text("".join(f"{i}\n" for i in sorted(everything)))
    print(f"{len(everything)} vectors, {content['bytes'] / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
