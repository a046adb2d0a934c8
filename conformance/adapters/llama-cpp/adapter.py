"""llama.cpp, as a library, behind the adapter protocol.

    touchstone verify --adapter "python conformance/adapters/llama-cpp/adapter.py --library FOLDER"

FOLDER holds libllama.v0.4.0.so and its companions; the npm package @node-llama-cpp/linux-x64 brings them.
Checkpoints are converted by to_gguf.py beside this file. Profile f32 with --type f32 --cache f32
--flash-attention off; everything else rounds activations or keys and values to binary16.
Python 3.11; to_gguf.py's packages.
"""

import argparse
import codecs
import contextlib
import ctypes as c
import pathlib
import sys
import tempfile

import bindings
import numpy as np
import to_gguf
from probes import Probes

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from protocol import Skip, serve  # noqa: E402

CONTEXT = 1024
CALLS = "tokenize detokenize chat logits decode batch probes logprobs next generate sample".split()


class Checkpoint:
    """A converted model: what llama.cpp reads, and the numbers of its configuration."""

    def __init__(self, llama, directory, options):
        file = pathlib.Path(tempfile.mkdtemp(prefix="gguf-")) / f"{directory.name}.gguf"
        params = llama.llama_model_default_params()
        try:
            self.config = to_gguf.convert(directory, file, options.type)
        except to_gguf.Unsupported as e:
            raise Skip(str(e)) from e
        except FileNotFoundError:  # a tokenizer without a model
            to_gguf.convert_vocabulary(directory, file)
            params.vocab_only = True
        self.model = llama.llama_model_load_from_file(str(file).encode(), params)
        if not self.model:
            raise Skip("llama.cpp does not load the converted checkpoint")
        self.vocab = llama.llama_model_get_vocab(self.model)
        self.has_text = (directory / "tokenizer.model").exists()


class Llama:
    def __init__(self, options):
        self.llama, self.tensors = bindings.open_library(options.library, options.processor)
        self.options, self.directories, self.checkpoints = options, {}, {}

    def checkpoint(self, handle, text=False):
        if not isinstance(handle, str):
            raise Skip("has no synthetic checkpoints")
        if handle not in self.checkpoints:
            self.checkpoints[handle] = Checkpoint(self.llama, self.directories[handle], self.options)
        if text and not self.checkpoints[handle].has_text:
            raise Skip("the checkpoint has no tokenizer")
        return self.checkpoints[handle]

    @contextlib.contextmanager
    def context(self, checkpoint, sequences=1, on_eval=None):
        """A fresh context: an empty cache."""
        params = self.llama.llama_context_default_params()
        params.ctx, params.seq_max = CONTEXT * sequences, sequences
        params.threads = params.threads_batch = 1
        params.type_k = params.type_v = {"f32": bindings.F32, "f16": bindings.F16}[self.options.cache]
        params.flash_attention = int(self.options.flash_attention == "on")
        if on_eval:
            params.on_eval = on_eval
        context = self.llama.llama_init_from_model(checkpoint.model, params)
        try:
            yield context
        finally:
            self.llama.llama_free(context)

    def decode_rows(self, checkpoint, context, sequences, start=0):
        """Logits of every token of the sequences, which are computed together."""
        tokens = [(t, start + i, s) for s, ids in enumerate(sequences) for i, t in enumerate(ids)]
        batch = self.llama.llama_batch_init(len(tokens), 0, 1)
        batch.n_tokens = len(tokens)
        for i, (token, position, sequence) in enumerate(tokens):
            batch.token[i], batch.pos[i], batch.logits[i] = token, position, 1
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, sequence
        failed = self.llama.llama_decode(context, batch)
        self.llama.llama_batch_free(batch)
        if failed:
            raise RuntimeError(f"llama_decode returned {failed}")
        vocab = self.llama.llama_vocab_n_tokens(checkpoint.vocab)
        rows = [self.llama.llama_get_logits_ith(context, i) for i in range(len(tokens))]
        return np.stack([np.ctypeslib.as_array(row, (vocab,)).copy() for row in rows])

    def rows(self, model, tokens):
        checkpoint = self.checkpoint(model)
        with self.context(checkpoint) as context:
            return self.decode_rows(checkpoint, context, [tokens])

    def logits(self, model, tokens):
        return {"logits": self.rows(model, tokens)}

    def decode(self, model, tokens, prefill):
        checkpoint = self.checkpoint(model)
        with self.context(checkpoint) as context:
            rows = [self.decode_rows(checkpoint, context, [tokens[:prefill]])]
            for i in range(prefill, len(tokens)):
                rows.append(self.decode_rows(checkpoint, context, [[tokens[i]]], i))
        return {"logits": np.concatenate(rows)}

    def batch(self, model, sequences):
        checkpoint = self.checkpoint(model)
        with self.context(checkpoint, len(sequences)) as context:
            rows = self.decode_rows(checkpoint, context, sequences)
        ends = np.cumsum([len(s) for s in sequences]) - 1
        return {str(i): rows[end] for i, end in enumerate(ends)}

    def probes(self, model, tokens):
        checkpoint = self.checkpoint(model)
        probes = Probes(self.tensors, len(tokens), checkpoint.config)
        with self.context(checkpoint, on_eval=probes.on_eval) as context:
            self.decode_rows(checkpoint, context, [tokens])
        return probes.outputs()

    def logprobs(self, model, tokens):
        logs = log_softmax(self.rows(model, tokens))
        return {"token": logs[range(len(tokens) - 1), tokens[1:]]}

    def next(self, model, tokens, top):
        logs = log_softmax(self.rows(model, tokens)[-1:])[0]
        best = np.argsort(-logs, kind="stable")[:top]
        return {"next": {"ids": best.tolist(), "values": logs[best]}}

    def generate(self, model, tokens, count, stop):
        checkpoint, ids = self.checkpoint(model), []
        greedy = self.llama.llama_sampler_init_greedy()
        with self.context(checkpoint) as context:
            self.decode_rows(checkpoint, context, [tokens])
            while len(ids) < count and not (ids and ids[-1] in stop):
                ids.append(self.llama.llama_sampler_sample(greedy, context, -1))
                self.decode_rows(checkpoint, context, [ids[-1:]], len(tokens) + len(ids) - 1)
        self.llama.llama_sampler_free(greedy)
        return {"ids": ids, "finish": "stop" if ids and ids[-1] in stop else "length"}

    def tokenize(self, model, text, bos):
        vocab, data = self.checkpoint(model, text=True).vocab, text.encode()
        ids = (c.c_int32 * (len(data) + 3))()
        count = self.llama.llama_tokenize(vocab, data, len(data), ids, len(ids), bos, True)
        return {"ids": list(ids[:count])}

    def detokenize(self, model, ids):
        vocab = self.checkpoint(model, text=True).vocab
        array, text = (c.c_int32 * len(ids))(*ids), c.create_string_buffer(64 * len(ids) + 64)
        size = self.llama.llama_detokenize(vocab, array, len(ids), text, len(text), True, False)
        return {"text": text.raw[:size].decode(errors="one-for-each")}

    def chat(self, messages):
        """By the template that llama.cpp calls vicuna; an empty message at the end is the one to write."""
        is_open = messages[-1] == {"role": "assistant", "content": ""}
        told = [(m["role"].encode(), m["content"].encode()) for m in messages[: len(messages) - is_open]]
        text = c.create_string_buffer(sum(map(len, sum(told, ()))) + 32 * len(messages))
        size = self.llama.llama_chat_apply_template(
            b"vicuna", (bindings.Message * len(told))(*told), len(told), is_open, text, len(text)
        )
        return {"text": text.raw[:size].decode()}

    def sample(self, logits, previous, temperature, topK, topP, minP, repetitionPenalty):
        llama, size = self.llama, len(logits)
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        for sampler in (
            llama.llama_sampler_init_penalties(size, len(previous), repetitionPenalty, 0, 0),
            llama.llama_sampler_init_temp(temperature),
            llama.llama_sampler_init_top_k(topK),
            llama.llama_sampler_init_top_p(topP, 1),
            llama.llama_sampler_init_min_p(minP, 1),
            llama.llama_sampler_init_dist(0),  # turns what is left into probabilities
        ):
            llama.llama_sampler_chain_add(chain, sampler)
        for token in previous:
            llama.llama_sampler_accept(chain, token)
        data = (bindings.Candidate * size)(*[(i, value, 0) for i, value in enumerate(logits)])
        left = bindings.Candidates(data, size, -1, False)
        llama.llama_sampler_apply(chain, c.byref(left))
        chosen = np.zeros(size, np.float32)
        for candidate in left.data[: left.size]:
            chosen[candidate.id] = candidate.p
        llama.llama_sampler_free(chain)
        return {"probabilities": chosen}


def one_for_each(error):
    """llama.cpp gives bytes; of those that are no UTF-8 each becomes U+FFFD."""
    return "\ufffd" * (error.end - error.start), error.end


def log_softmax(rows):
    rows = rows.astype(np.float64)
    rows -= rows.max(-1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(-1, keepdims=True))


def main():
    parser = argparse.ArgumentParser(description="llama.cpp behind the adapter protocol.")
    parser.add_argument("--library", required=True, help="folder of libllama")
    parser.add_argument("--processor", default="haswell", help="which libggml-cpu-*.so")
    parser.add_argument("--type", choices=to_gguf.TYPES, default="f32")
    parser.add_argument("--cache", choices=["f32", "f16"], default="f32")
    parser.add_argument("--flash-attention", choices=["on", "off"], default="off")
    options = parser.parse_args()
    codecs.register_error("one-for-each", one_for_each)
    llama = Llama(options)
    exact = (options.type, options.cache, options.flash_attention) == ("f32", "f32", "off")
    runtime = {
        "name": f"llama.cpp ({options.type}, cache {options.cache}, "
        f"flash attention {options.flash_attention}, {options.processor})",
        "version": bindings.RELEASE,
        "language": "C++",
        "homepage": "https://github.com/ggml-org/llama.cpp",
    }
    calls = {name: getattr(llama, name) for name in CALLS}
    limits = {"maxTokens": CONTEXT}
    serve(runtime, "f32" if exact else "f16", calls, llama.directories.__setitem__, limits)


if __name__ == "__main__":
    main()
