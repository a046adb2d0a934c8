"""Hugging Face Transformers behind the adapter protocol.

    touchstone verify --adapter "python conformance/adapters/transformers/adapter.py --dtype fp16"

One process is one way of running it: a data type, an attention, a tokenizer. Nothing is configured that a
user would not: models and tokenizers come from from_pretrained, sampling from what generate() builds.
Python 3.11, transformers 5.18, torch 2.13.
"""

import argparse
import contextlib
import pathlib
import shutil
import sys
import tempfile
from importlib.util import find_spec

import torch
import transformers
from tokenizers.decoders import DecodeStream
from transformers.models.llama import modeling_llama as llama

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import checkpoints  # noqa: E402
import operations  # noqa: E402
from protocol import Skip, serve  # noqa: E402

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
PROFILES = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}


def numbers(tensor):
    return tensor.detach().float().numpy()


class Models:
    """Models and tokenizers by handle, read when they are first needed."""

    def __init__(self, options):
        self.options = options
        self.directories, self.models, self.tokenizers = {}, {}, {}

    def directory(self, handle):
        if not isinstance(handle, str):
            raise Skip("has no synthetic checkpoints")
        return self.directories[handle]

    def model(self, handle):
        directory = self.directory(handle)
        if handle not in self.models:
            require_gptq_reader(directory)
            self.models[handle] = transformers.AutoModelForCausalLM.from_pretrained(
                directory,
                dtype=DTYPES[self.options.dtype],
                attn_implementation=self.options.attention,
            ).eval()
        return self.models[handle]

    def tokenizer(self, handle):
        directory = self.directory(handle)
        if handle not in self.tokenizers:
            if self.options.tokenizer == "model-file":
                directory = only_model_file(directory)
            self.tokenizers[handle] = transformers.AutoTokenizer.from_pretrained(directory)
        return self.tokenizers[handle]


def require_gptq_reader(directory):
    files = [directory / name for name in ("config.json", "quantize_config.json")]
    settings = [file.read_text(errors="replace") for file in files if file.exists()]
    gptq = len(settings) == 2 or any('"quantization_config"' in text for text in settings)
    if gptq and not find_spec("gptqmodel"):
        raise Skip("reads GPTQ only with the package gptqmodel, which is not installed")


def only_model_file(directory):
    """A copy of a tokenizer without tokenizer.json, as checkpoints of 2023 often are."""
    copy = pathlib.Path(tempfile.mkdtemp(prefix="tokenizer-"))
    for name in ("tokenizer.model", "tokenizer_config.json", "config.json"):
        if (directory / name).exists():
            shutil.copy(directory / name, copy)
    return copy


class Text:
    """tokenize, detokenize, stream"""

    def __init__(self, models):
        self.models = models

    def tokenize(self, model, text, bos):
        ids = self.models.tokenizer(model)(text, add_special_tokens=bos).input_ids
        return {"ids": ids}

    def detokenize(self, model, ids):
        return {"text": self.models.tokenizer(model).decode(ids, skip_special_tokens=True)}

    def stream(self, model, ids):
        backend = self.models.tokenizer(model)._tokenizer
        stream = DecodeStream(skip_special_tokens=True)
        return {"chunks": [stream.step(backend, i) or "" for i in ids] + [""]}


class Model:
    """logits and everything that follows from them"""

    def __init__(self, models):
        self.models = models

    def inspect(self, model):
        require_gptq_reader(self.models.directory(model))
        return checkpoints.inspect(self.models.directory(model))

    def logits(self, model, tokens):
        return {"logits": numbers(self.models.model(model)(torch.tensor([tokens])).logits[0])}

    def decode(self, model, tokens, prefill):
        run = self.models.model(model)
        pieces = [tokens[:prefill]] + [[t] for t in tokens[prefill:]]
        cache, rows = None, []
        for piece in pieces:
            step = run(torch.tensor([piece]), past_key_values=cache, use_cache=True)
            cache = step.past_key_values
            rows.append(step.logits[0])
        return {"logits": numbers(torch.cat(rows))}

    def batch(self, model, sequences):
        longest = max(map(len, sequences))
        ids = torch.tensor([[0] * (longest - len(s)) + s for s in sequences])
        mask = torch.tensor([[0] * (longest - len(s)) + [1] * len(s) for s in sequences])
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        out = self.models.model(model)(ids, attention_mask=mask, position_ids=positions).logits
        return {str(i): numbers(row[-1]) for i, row in enumerate(out)}

    def logprobs(self, model, tokens):
        scores = self.models.model(model)(torch.tensor([tokens])).logits[0, :-1].float()
        logs = torch.log_softmax(scores, -1)
        return {"token": numbers(logs[range(len(tokens) - 1), tokens[1:]])}

    def next(self, model, tokens, top):
        scores = self.models.model(model)(torch.tensor([tokens])).logits[0, -1].float()
        best = torch.log_softmax(scores, -1).topk(top)
        return {"next": {"ids": best.indices.tolist(), "values": numbers(best.values)}}

    def generate(self, model, tokens, count, stop):
        out = self.models.model(model).generate(
            torch.tensor([tokens]),
            attention_mask=torch.ones(1, len(tokens), dtype=torch.int64),
            do_sample=False,
            max_new_tokens=count,
            eos_token_id=stop or None,
            pad_token_id=0,
        )
        ids = out[0, len(tokens) :].tolist()
        return {"ids": ids, "finish": "stop" if ids and ids[-1] in stop else "length"}

    def probes(self, model, tokens):
        run = self.models.model(model)
        if self.models.options.attention != "eager":
            raise Skip("probes are taken with --attention eager")
        found = {}
        with probed(run, found):
            found["logits"] = run(torch.tensor([tokens])).logits[0]
        return {name: numbers(value) for name, value in found.items()}


@contextlib.contextmanager
def probed(model, found):
    """Records inputs and outputs of modules, and what attention is called with."""
    hooks, attention = [], llama.eager_attention_forward

    def take(name, module, of_input=False):
        def hook(_, inputs, output):
            found[name] = inputs[0][0] if of_input else output[0]

        hooks.append(module.register_forward_hook(hook))

    def recording(module, query, key, *rest, **options):
        # [1, heads, tokens, headDim] -> [tokens, heads * headDim]
        for name, rotated in (("qRope", query), ("kRope", key)):
            found[f"{module.layer_idx}.{name}"] = rotated[0].transpose(0, 1).flatten(1)
        return attention(module, query, key, *rest, **options)

    take("embed", model.model.embed_tokens)
    take("finalNorm", model.model.norm)
    for i, layer in enumerate(model.model.layers):
        at, mlp = layer.self_attn, layer.mlp
        take(f"{i}.attnNorm", layer.input_layernorm)
        take(f"{i}.q", at.q_proj)
        take(f"{i}.k", at.k_proj)
        take(f"{i}.v", at.v_proj)
        take(f"{i}.attn", at.o_proj, of_input=True)
        take(f"{i}.attnOut", at.o_proj)
        take(f"{i}.ffnNorm", layer.post_attention_layernorm)
        take(f"{i}.gate", mlp.gate_proj)
        take(f"{i}.up", mlp.up_proj)
        take(f"{i}.act", mlp.down_proj, of_input=True)
        take(f"{i}.ffnOut", mlp.down_proj)
    llama.eager_attention_forward = recording
    try:
        yield
    finally:
        llama.eager_attention_forward = attention
        for hook in hooks:
            hook.remove()


def main():
    parser = argparse.ArgumentParser(description="Transformers behind the adapter protocol.")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32")
    parser.add_argument("--attention", choices=["eager", "sdpa"], default="sdpa")
    parser.add_argument("--tokenizer", choices=["as-is", "model-file"], default="as-is")
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    models = Models(options)
    text, model = Text(models), Model(models)
    calls = {name: getattr(text, name) for name in ("tokenize", "detokenize", "stream")}
    for name in ("inspect", "logits", "decode", "batch", "logprobs", "next", "generate", "probes"):
        calls[name] = getattr(model, name)
    if options.dtype == "fp32":
        calls |= operations.CALLS
    runtime = {
        "name": f"transformers ({options.dtype}, {options.attention}, tokenizer {options.tokenizer})",
        "version": f"{transformers.__version__} on torch {torch.__version__}",
        "language": "Python",
        "homepage": "https://github.com/huggingface/transformers",
    }
    serve(runtime, PROFILES[options.dtype], calls, models.directories.__setitem__)


if __name__ == "__main__":
    main()
