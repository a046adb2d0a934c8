"""Regenerates every file under ../models and ../vectors, in order; takes about a minute.

Run: python generate_all.py   See README.md for the versions.
"""

import os
import subprocess
import sys
from pathlib import Path

STEPS = (
    "packing",
    "matrices",
    "sampling",
    "quantise_goldens",
    "tiny_models",
    "tokenizer_goldens",
    "model_goldens",
    "hf_profiles",
    "perplexity",
)

if __name__ == "__main__":
    for step in STEPS:
        print(step, flush=True)
        environment = os.environ | {
            "OMP_NUM_THREADS": "1",
            "TQDM_DISABLE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        subprocess.run(
            [sys.executable, f"{step}.py"], cwd=Path(__file__).parent, check=True, env=environment
        )
