"""Where the golden data lies, and one way to write JSON (ASCII, stable order). Python 3.11."""

import json
from importlib.metadata import version
from pathlib import Path

GOLDEN_DATA = Path(__file__).resolve().parent.parent
MODELS = GOLDEN_DATA / "models"
VECTORS = GOLDEN_DATA / "vectors"


def write_json(path, value):
    """One line per entry of the object, and one per element where an entry is a list of objects."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for key, entry in value.items():
        text = json.dumps(entry)
        if isinstance(entry, list) and entry and isinstance(entry[0], dict):
            text = "[\n    " + ",\n    ".join(json.dumps(element) for element in entry) + "\n  ]"
        lines.append(f"  {json.dumps(key)}: {text}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def write_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def versions(*names):
    return {name: version(name).split("+")[0] for name in names}
