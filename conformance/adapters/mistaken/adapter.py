"""The plain PyTorch of ../pytorch with one mistake of mistakes.py, behind the adapter protocol.

    touchstone verify --adapter "python conformance/adapters/mistaken/adapter.py --mistake NAME"

Without --mistake it is right. Python 3.11; torch, safetensors, numpy.
"""

import argparse
import pathlib
import sys

import torch

ADAPTERS = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(ADAPTERS), str(ADAPTERS / "pytorch")]
from calls import Matrices, Models  # noqa: E402
from llama import Llama  # noqa: E402
from mistakes import MISTAKES  # noqa: E402
from operations import Operations  # noqa: E402
from protocol import serve  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="Plain PyTorch with a mistake, behind the adapter protocol.")
    parser.add_argument("--mistake", choices=MISTAKES, metavar="NAME")
    mistake = parser.parse_args().mistake
    torch.set_grad_enabled(False)
    kind = MISTAKES[mistake] if mistake else Llama
    models = Models(torch.float32, kind)
    name = f"plain PyTorch with {mistake}" if mistake else "plain PyTorch"
    runtime = {"name": name, "version": torch.__version__, "language": "Python"}
    calls = models.calls() | Matrices(torch.float32, kind).calls() | Operations(kind).calls()
    serve(runtime, "f32", calls, models.directories.__setitem__)


if __name__ == "__main__":
    main()
