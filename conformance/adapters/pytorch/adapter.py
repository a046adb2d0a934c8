"""llama.py beside this file, plain PyTorch, behind the adapter protocol.

    touchstone verify --adapter "python conformance/adapters/pytorch/adapter.py --dtype fp32"

Python 3.11; torch, safetensors, numpy.
"""

import argparse
import pathlib
import sys

import torch
from llama import Llama, dequantised, unpacked
from torch.nn.functional import linear

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


class Gptq:
    """The functions that Llama reads its GPTQ matrices by, one at a time."""

    def __init__(self, dtype):
        self.dtype = dtype

    def unpack(self, words, bits, count):
        return {"codes": unpacked(torch.tensor(words)[:, None], bits)[:count, 0].int().numpy()}

    def matrix(self, bits, groupSize, format, gIdx=None, **tensors):
        """[out, in]"""
        parts = {name: torch.tensor(tensor) for name, tensor in tensors.items()}
        if gIdx is not None:
            parts["g_idx"] = torch.tensor(gIdx)
        settings = {"bits": bits, "group_size": groupSize, "checkpoint_format": format}
        return dequantised(parts, settings, self.dtype)

    def dequantise(self, **layer):
        return {"weight": self.matrix(**layer).T.float().numpy()}

    def product(self, x, bias=None, **layer):
        weight = self.matrix(**layer)
        bias = None if bias is None else torch.tensor(bias).to(self.dtype)
        return {"y": linear(torch.tensor(x).to(self.dtype), weight, bias).float().numpy()}


def main():
    parser = argparse.ArgumentParser(description="Plain PyTorch behind the adapter protocol.")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32")
    dtype = parser.parse_args().dtype
    torch.set_grad_enabled(False)
    models = Models(DTYPES[dtype])
    calls = {name: getattr(models, name) for name in ("logits", "decode", "logprobs", "next", "generate")}
    gptq = Gptq(DTYPES[dtype])
    calls |= {f"gptq.{name}": getattr(gptq, name) for name in ("unpack", "dequantise", "product")}
    runtime = {"name": f"plain PyTorch ({dtype})", "version": torch.__version__, "language": "Python"}
    serve(runtime, PROFILES[dtype], calls, models.directories.__setitem__)


if __name__ == "__main__":
    main()
