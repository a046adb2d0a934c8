"""ONNX Runtime behind the adapter protocol: Transformers' graph, exported by torch.onnx, run by ORT's kernels.

    touchstone verify --adapter "python conformance/adapters/onnxruntime/adapter.py"

Optimisations are ORT's default, all of them. No cache: one pass over all tokens.
Python 3.11; onnxruntime, onnxscript, torch, transformers.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np
import onnxruntime
import torch
import transformers

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from protocol import Skip, serve  # noqa: E402


class OnlyLogits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids):
        return self.model(input_ids=ids, use_cache=False).logits


def exported(directory):
    """An ONNX file of a checkpoint, for any number of tokens."""
    settings = (directory / "config.json").read_text()
    if "quantization_config" in settings or (directory / "quantize_config.json").exists():
        raise Skip("has no exporter for GPTQ")
    if '"dynamic"' in settings:
        raise Skip("a graph holds one rope table, dynamic scaling needs several")
    model = transformers.AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager"
    )
    longest = model.config.max_position_embeddings
    file = pathlib.Path(tempfile.mkdtemp(prefix="onnx-")) / "model.onnx"
    program = torch.onnx.export(
        OnlyLogits(model.eval()),
        (torch.tensor([[1, 2, 3, 4, 5]]),),
        dynamo=True,
        dynamic_shapes=({1: torch.export.Dim("tokens", min=1, max=longest)},),
        input_names=["ids"],
        output_names=["logits"],
        verbose=False,
    )
    program.save(file)
    return file


class Sessions:
    def __init__(self):
        self.directories, self.sessions = {}, {}

    def rows(self, model, tokens):
        if not isinstance(model, str):
            raise Skip("has no synthetic checkpoints")
        if model not in self.sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            self.sessions[model] = onnxruntime.InferenceSession(
                exported(self.directories[model]), options, providers=["CPUExecutionProvider"]
            )
        ids = np.array([tokens], np.int64)
        return self.sessions[model].run(None, {"ids": ids})[0][0]

    def logits(self, model, tokens):
        return {"logits": self.rows(model, tokens)}

    def logprobs(self, model, tokens):
        logs = torch.log_softmax(torch.from_numpy(self.rows(model, tokens)), -1).numpy()
        return {"token": logs[range(len(tokens) - 1), tokens[1:]]}

    def next(self, model, tokens, top):
        last = torch.from_numpy(self.rows(model, tokens)[-1])
        best = torch.log_softmax(last, -1).topk(top)
        return {"next": {"ids": best.indices.tolist(), "values": best.values.numpy()}}


def main():
    argparse.ArgumentParser(description="ONNX Runtime behind the adapter protocol.").parse_args()
    torch.set_grad_enabled(False)
    sessions = Sessions()
    runtime = {
        "name": "ONNX Runtime (fp32, CPU)",
        "version": f"{onnxruntime.__version__}, exported by torch {torch.__version__}",
        "language": "C++",
        "homepage": "https://github.com/microsoft/onnxruntime",
    }
    calls = {name: getattr(sessions, name) for name in ("logits", "logprobs", "next")}
    serve(runtime, "f32", calls, sessions.directories.__setitem__)


if __name__ == "__main__":
    main()
