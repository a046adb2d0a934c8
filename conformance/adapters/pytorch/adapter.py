"""llama.py beside this file, plain PyTorch, behind the adapter protocol.

    touchstone verify --adapter "python conformance/adapters/pytorch/adapter.py --dtype fp32"

Python 3.11; torch, safetensors, numpy.
"""

import argparse
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from calls import Matrices, Models  # noqa: E402
from protocol import serve  # noqa: E402

PROFILES = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}
DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def main():
    parser = argparse.ArgumentParser(description="Plain PyTorch behind the adapter protocol.")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32")
    dtype = parser.parse_args().dtype
    torch.set_grad_enabled(False)
    models = Models(DTYPES[dtype])
    calls = models.calls() | Matrices(DTYPES[dtype]).calls()
    runtime = {"name": f"plain PyTorch ({dtype})", "version": torch.__version__, "language": "Python"}
    serve(runtime, PROFILES[dtype], calls, models.directories.__setitem__)


if __name__ == "__main__":
    main()
