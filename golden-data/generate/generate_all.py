"""Regenerates every file under ../models and ../vectors, in order; README.md says how long it takes.

Every step runs on one thread of the processor and without its newer instructions: numpy and its
OpenBLAS, glibc and torch choose among implementations of exp, sin, cos and sums by the processor,
and those differ in the last bit. So every x86-64 Linux with these versions gives the same bytes.

Run: python generate_all.py [--stories FOLDER] [step ...]   See README.md for the versions.
"""

import argparse
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
    "OPENBLAS_CORETYPE": "Nehalem",
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


def parse():
    parser = argparse.ArgumentParser(description="Makes the golden data again.")
    parser.add_argument("steps", nargs="*", metavar="step", help="all of them, if none is named")
    parser.add_argument(
        "--stories",
        type=Path,
        metavar="FOLDER",
        help="holds stories260K_hf and tok512.bin; without it stories260K.json stays as it is",
    )
    options = parser.parse_args()
    for step in options.steps:
        if step not in STEPS:
            parser.error(f"no step {step!r}: name one of {', '.join(STEPS)}")
    if options.stories:
        for name in ("stories260K_hf", "tok512.bin"):
            if not (options.stories / name).exists():
                parser.error(f"--stories {options.stories}: no {name} there; leave --stories out")
    return options


def main():
    options = parse()
    environment = os.environ | SAME_EVERYWHERE
    environment |= {"TQDM_DISABLE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    more = {"perplexity": [options.stories.resolve()]} if options.stories else {}
    for step in options.steps or STEPS:
        print(step, flush=True)
        command = [sys.executable, f"{step}.py", *more.get(step, ())]
        subprocess.run(command, cwd=Path(__file__).parent, check=True, env=environment)


if __name__ == "__main__":
    main()
