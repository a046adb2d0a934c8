"""llama.py beside this file, plain PyTorch, behind the adapter protocol.

    touchstone verify --adapter "python conformance/adapters/pytorch/adapter.py --dtype fp32"

Python 3.11; torch, safetensors, numpy.
"""

import argparse
import pathlib
import sys

import torch
from llama import Llama

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from protocol import Skip, serve  # noqa: E402

PROFILES = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}
DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


class Models:
    def __init__(self, dtype):
        self.dtype, self.directories, self.models = dtype, {}, {}

    def model(self, handle):
        if not isinstance(handle, str):
            raise Skip("has no synthetic checkpoints")
        if handle not in self.models:
            self.models[handle] = Llama(self.directories[handle], self.dtype)
        return self.models[handle]

    def logits(self, model, tokens):
        return {"logits": self.model(model).logits(tokens).numpy()}

    def decode(self, model, tokens, prefill):
        run = self.model(model)
        cache, steps = run.cache(), [tokens[:prefill]] + [[token] for token in tokens[prefill:]]
        return {"logits": torch.cat([run.logits(step, cache) for step in steps]).numpy()}

    def logprobs(self, model, tokens):
        logs = torch.log_softmax(self.model(model).logits(tokens), -1)
        return {"token": logs[range(len(tokens) - 1), tokens[1:]].numpy()}

    def next(self, model, tokens, top):
        best = torch.log_softmax(self.model(model).logits(tokens)[-1], -1).topk(top)
        return {"next": {"ids": best.indices.tolist(), "values": best.values.numpy()}}

    def generate(self, model, tokens, count, stop):
        run, ids = self.model(model), []
        cache, step = run.cache(), tokens
        while len(ids) < count and not (ids and ids[-1] in stop):
            ids.append(int(run.logits(step, cache)[-1].argmax()))
            step = ids[-1:]
        return {"ids": ids, "finish": "stop" if ids[-1] in stop else "length"}


def main():
    parser = argparse.ArgumentParser(description="Plain PyTorch behind the adapter protocol.")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32")
    dtype = parser.parse_args().dtype
    torch.set_grad_enabled(False)
    models = Models(DTYPES[dtype])
    calls = {name: getattr(models, name) for name in ("logits", "decode", "logprobs", "next", "generate")}
    runtime = {"name": f"plain PyTorch ({dtype})", "version": torch.__version__, "language": "Python"}
    serve(runtime, PROFILES[dtype], calls, models.directories.__setitem__)


if __name__ == "__main__":
    main()
