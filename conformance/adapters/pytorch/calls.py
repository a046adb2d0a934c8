"""The calls of the protocol that llama.py beside this file answers."""

import torch
from llama import Llama
from protocol import Skip
from torch.nn.functional import linear

PARTS = {"qweight": "qweight", "qzeros": "qzeros", "scales": "scales", "gIdx": "g_idx"}


class Models:
    """The models by handle, read when they are first needed, and the calls about them."""

    def __init__(self, dtype, kind=Llama):
        self.dtype, self.kind = dtype, kind
        self.directories, self.models = {}, {}

    def calls(self):
        return {name: getattr(self, name) for name in ("logits", "decode", "logprobs", "next", "generate")}

    def model(self, handle):
        if not isinstance(handle, str):
            raise Skip("has no synthetic checkpoints")
        if handle not in self.models:
            self.models[handle] = self.kind(self.directories[handle], self.dtype)
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


class Matrices:
    """The calls about one GPTQ matrix, answered by what a model reads its own by."""

    def __init__(self, dtype, kind=Llama):
        self.dtype, self.kind = dtype, kind

    def calls(self):
        return {f"gptq.{name}": getattr(self, name) for name in ("unpack", "dequantise", "product")}

    def packing(self, bits, groupSize, format):
        return self.kind.Packing({"bits": bits, "group_size": groupSize, "checkpoint_format": format})

    def matrix(self, bits, groupSize, format, **tensors):
        """[out, in]"""
        parts = {name: torch.tensor(tensors[arg]) for arg, name in PARTS.items() if arg in tensors}
        return self.packing(bits, groupSize, format).weight(parts).to(self.dtype)

    def unpack(self, words, bits, count):
        codes = self.packing(bits, -1, "gptq").unpacked(torch.tensor(words)[:, None])
        return {"codes": codes[:count, 0].int().numpy()}

    def dequantise(self, **matrix):
        return {"weight": self.matrix(**matrix).T.float().numpy()}

    def product(self, x, bias=None, **matrix):
        bias = None if bias is None else torch.tensor(bias).to(self.dtype)
        return {"y": linear(torch.tensor(x).to(self.dtype), self.matrix(**matrix), bias).float().numpy()}
