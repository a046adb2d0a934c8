"""Checks the split: no held-out question is ever asked in training, and the corpus is the one Pebble was trained on.

Run: python check.py [--shards 120]   1 shard is 25,000 conversations; all 120 take some minutes
Python 3.11, no other library.
"""

import argparse
import hashlib
import json
import multiprocessing
from functools import partial

import corpus
from write_model import DIRECTORY, QUESTIONS

SHARDS = 120


def digest_of(number, size, rows):
    """The SHA-256 of a shard, and the held-out questions that occur in it."""
    alone = corpus.alone(rows)
    whole = {
        tuple(corpus.plain(message["content"]) for message in row["messages"])
        for row in rows
        if len(row["messages"]) > 1
    }
    digest, found = hashlib.sha256(), set()
    for system, turns in corpus.conversations(number, size, alone):
        digest.update(corpus.text(system, turns).encode() + b"\n")
        said = [corpus.plain(each) for turn in turns for each in turn]
        found |= alone.intersection(said[0::2])
        found |= whole.intersection(tuple(said[:length]) for length in range(3, len(said), 2))
    return digest.hexdigest(), found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=2)
    shards = parser.parse_args().shards
    rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    assert rows == corpus.held_out(*corpus.EXAM), "the committed questions are not those of the generator"
    record = json.loads((DIRECTORY / "training.json").read_text())
    with multiprocessing.Pool() as pool:
        parts = pool.map(
            partial(digest_of, size=record["conversations"] // SHARDS, rows=rows), range(shards), chunksize=1
        )
    found = set().union(*(found for _, found in parts))
    assert not found, "\n".join(map(str, sorted(found, key=str)))
    print(f"{shards} shards hold none of the {len(rows)} held-out questions")
    if shards == SHARDS:
        assert hashlib.sha256("".join(digest for digest, _ in parts).encode()).hexdigest() == record["corpusSha256"]
        print("the corpus is the one of the training")


if __name__ == "__main__":
    main()
