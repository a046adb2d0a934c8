"""Regenerates every file under ../models and ../vectors, in order; takes a few minutes.

Every step runs on one thread and without the processor's newer instructions: numpy, glibc and torch
choose among implementations of exp, sin, cos and sums by the processor, and those differ in the
last bit. So every x86-64 Linux with these versions gives the same bytes.

Run: python generate_all.py [step ...]   See README.md for the versions.
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
    "operations",
    "checkpoint_vectors",
    "tokenizer_goldens",
    "blank_pieces",
    "turns",
    "streams",
    "warpers",
    "model_goldens",
    "finishes",
    "synthetic_goldens",
    "hf_profiles",
    "perplexity",
    "manifest",
)
SAME_EVERYWHERE = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F,-FMA4",
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "1",
}

if __name__ == "__main__":
    environment = os.environ | SAME_EVERYWHERE
    environment |= {"TQDM_DISABLE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    for step in sys.argv[1:] or STEPS:
        print(step, flush=True)
        subprocess.run(
            [sys.executable, f"{step}.py"], cwd=Path(__file__).parent, check=True, env=environment
        )
