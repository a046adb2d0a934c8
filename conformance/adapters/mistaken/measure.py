"""How often the diagnosis names a mistake that is not the catalogue's own code.

    python conformance/adapters/mistaken/measure.py [MISTAKE...]

Verifies the plain PyTorch runtime with each mistake (with those named, if any) and reads the diagnosis in the
record of each run. Prints a table, and writes it to docs/data/diagnosis-independent.csv if all were asked.

    right      the one that is meant is named, and no other
    group      it is named with others: such as answer the same, or a second mistake
    wrong      others are named
    none       vectors fail, and no mistake is named; the nearest one is told, or a profile
    invisible  no vector fails

Of a mistake that the catalogue does not have, none is the right answer, and wrong names a relative of it. What
is a mistake only in a runtime that declares binary32 has a profile in the column of the catalogue: that is named.
"""

import collections
import concurrent.futures
import csv
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
TABLE = ROOT / "docs/data/diagnosis-independent.csv"
TOPICS = ["operation", "gptq/unpack", "gptq/dequantise", "gptq/product"]
DECODED = ["tiny-fp32-bias", "tiny-gptq-3bit-32g-actorder-bias", "tiny-rope-dynamic"]
AT_ONCE = 2


def topics():
    models = sorted(path.name for path in (ROOT / "golden-data/models").glob("tiny-*"))
    return TOPICS + [f"logits/{model}" for model in models] + [f"decode/{model}" for model in DECODED]


def verified(mistake):
    """The record of a run, line by line."""
    adapter = [sys.executable, str(HERE / "adapter.py"), *(["--mistake", mistake] if mistake else [])]
    with tempfile.TemporaryDirectory() as report:
        command = [str(ROOT / "touchstone"), "verify", "--adapter", shlex.join(adapter), "--report", report]
        for topic in topics():
            command += ["--topic", topic]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{mistake}: verify ended with {done.returncode}: {done.stderr.strip()}")
        return [json.loads(line) for line in (pathlib.Path(report) / "record.jsonl").read_text().splitlines()]


def read(catalogue, record):
    """Outcome, what is named or nearest, and the share of the departure that it explains."""
    lines = next((line["lines"] for line in record if line["record"] == "diagnosis"), None)
    if lines is None:
        failed = any(line.get("verdict") in ("failed", "broken") for line in record)
        return ("none" if failed else "invisible"), [], ""
    named = re.findall("`([^`]+)`", lines[0])
    share = re.search(r"explains (\d+)%", lines[0])
    percent = int(share.group(1)) if share else 100  # told only if something is left
    if lines[0].startswith("none of the known mistakes explains"):
        return "none", named, percent if named else 0
    if lines[0].startswith("no known mistake is called for"):
        return ("right" if named == [catalogue] else "none"), named, ""
    same = [i for line in lines[1:] if "answer the same" in line for i in re.findall("`([^`]+)`", line)]
    if catalogue and catalogue in named + same:
        return ("right" if len(named + same) == 1 else "group"), named + same, percent
    return "wrong", named + same, percent


def table(catalogue, records):
    rows = []
    for mistake, record in records:
        outcome, named, share = read(catalogue[mistake], record)
        rows.append([mistake, catalogue[mistake], outcome, " ".join(named), share])
    return rows


def show(rows):
    for row in rows:
        print("{:26} {:28} {:10} {:>4}  {}".format(*row[:3], row[4], row[3]))
    for known, kind in ((True, "in the catalogue"), (False, "not in it")):
        counts = collections.Counter(row[2] for row in rows if bool(row[1]) == known)
        print(f"{kind}: {counts.total()}, " + ", ".join(f"{n} {outcome}" for outcome, n in counts.items()))


def main():
    with (HERE / "mistakes.csv").open() as file:
        catalogue = {row["mistake"]: row["catalogue"] for row in csv.DictReader(file)}
    asked = sys.argv[1:] or list(catalogue)
    if any(line.get("verdict") in ("failed", "broken") for line in verified(None)):
        raise SystemExit("the runtime without a mistake fails: nothing is measured")
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        rows = table(catalogue, zip(asked, pool.map(verified, asked)))
    show(rows)
    if asked == list(catalogue):
        with TABLE.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [["mistake", "catalogue", "outcome", "named", "share"], *rows]
            )


if __name__ == "__main__":
    main()
