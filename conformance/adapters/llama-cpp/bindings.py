"""The part of llama.cpp's C interface that the adapter calls, for libllama v0.4.0 and no other.

Structures are passed by value, so their layout is that of one release: include/llama.h of tag v0.4.0.
"""

import ctypes as c
import pathlib

RELEASE = "v0.4.0"
EVAL = c.CFUNCTYPE(c.c_bool, c.c_void_p, c.c_bool, c.c_void_p)
LOG = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)
F32, F16 = 0, 1  # ggml_type


def fields(kind, names):
    return [(name, kind) for name in names.split()]


class ModelParams(c.Structure):
    _fields_ = (
        fields(c.c_void_p, "devices buffer_types")
        + fields(c.c_int, "gpu_layers split_mode load_mode lazy_mode main_gpu")
        + fields(c.c_void_p, "tensor_split progress progress_data overrides")
        + fields(c.c_bool, "vocab_only check_tensors extra_buffers no_host no_alloc load_mtp")
    )


class ContextParams(c.Structure):
    _fields_ = (
        fields(c.c_uint32, "ctx batch ubatch seq_max rs_seq outputs_max outputs_max_per_seq")
        + fields(c.c_int32, "threads threads_batch")
        + fields(c.c_int, "context_type rope_scaling pooling attention flash_attention")
        + fields(c.c_float, "rope_base rope_scale yarn_ext yarn_attn yarn_fast yarn_slow")
        + [("yarn_ctx", c.c_uint32), ("defrag", c.c_float)]
        + [("on_eval", EVAL), ("on_eval_data", c.c_void_p)]
        + [("type_k", c.c_int), ("type_v", c.c_int), ("abort", c.c_void_p), ("abort_data", c.c_void_p)]
        + fields(c.c_bool, "embeddings offload_kqv no_perf op_offload swa_full kv_unified")
        + [("samplers", c.c_void_p), ("n_samplers", c.c_size_t), ("other", c.c_void_p)]
    )


class Batch(c.Structure):
    _fields_ = [
        ("n_tokens", c.c_int32),
        ("token", c.POINTER(c.c_int32)),
        ("embd", c.c_void_p),
        ("pos", c.POINTER(c.c_int32)),
        ("n_seq_id", c.POINTER(c.c_int32)),
        ("seq_id", c.POINTER(c.POINTER(c.c_int32))),
        ("logits", c.POINTER(c.c_int8)),
    ]


class Message(c.Structure):
    _fields_ = fields(c.c_char_p, "role content")


class Candidate(c.Structure):
    _fields_ = [("id", c.c_int32), ("logit", c.c_float), ("p", c.c_float)]


class Candidates(c.Structure):
    _fields_ = [
        ("data", c.POINTER(Candidate)),
        ("size", c.c_size_t),
        ("selected", c.c_int64),
        ("sorted", c.c_bool),
    ]


class ChainParams(c.Structure):
    _fields_ = [("no_perf", c.c_bool)]


POINTER, INT, FLOAT, TEXT = c.c_void_p, c.c_int32, c.c_float, c.c_char_p
SIGNATURES = {
    "llama_log_set": (None, LOG, POINTER),
    "llama_backend_init": (None,),
    "llama_model_default_params": (ModelParams,),
    "llama_context_default_params": (ContextParams,),
    "llama_model_load_from_file": (POINTER, TEXT, ModelParams),
    "llama_model_get_vocab": (POINTER, POINTER),
    "llama_vocab_n_tokens": (INT, POINTER),
    "llama_init_from_model": (POINTER, POINTER, ContextParams),
    "llama_free": (None, POINTER),
    "llama_batch_init": (Batch, INT, INT, INT),
    "llama_batch_free": (None, Batch),
    "llama_decode": (INT, POINTER, Batch),
    "llama_get_logits_ith": (c.POINTER(c.c_float), POINTER, INT),
    "llama_tokenize": (INT, POINTER, TEXT, INT, c.POINTER(INT), INT, c.c_bool, c.c_bool),
    "llama_detokenize": (INT, POINTER, c.POINTER(INT), INT, TEXT, INT, c.c_bool, c.c_bool),
    "llama_chat_apply_template": (INT, TEXT, c.POINTER(Message), c.c_size_t, c.c_bool, TEXT, INT),
    "llama_sampler_chain_default_params": (ChainParams,),
    "llama_sampler_chain_init": (POINTER, ChainParams),
    "llama_sampler_chain_add": (None, POINTER, POINTER),
    "llama_sampler_init_penalties": (POINTER, INT, INT, FLOAT, FLOAT, FLOAT),
    "llama_sampler_init_temp": (POINTER, FLOAT),
    "llama_sampler_init_top_k": (POINTER, INT),
    "llama_sampler_init_top_p": (POINTER, FLOAT, c.c_size_t),
    "llama_sampler_init_min_p": (POINTER, FLOAT, c.c_size_t),
    "llama_sampler_init_dist": (POINTER, c.c_uint32),
    "llama_sampler_init_greedy": (POINTER,),
    "llama_sampler_accept": (None, POINTER, INT),
    "llama_sampler_apply": (None, POINTER, c.POINTER(Candidates)),
    "llama_sampler_sample": (INT, POINTER, POINTER, INT),
    "llama_sampler_free": (None, POINTER),
}
TENSORS = {
    "ggml_get_name": (TEXT, POINTER),
    "ggml_nelements": (c.c_int64, POINTER),
    "ggml_nbytes": (c.c_size_t, POINTER),
    "ggml_backend_tensor_get": (None, POINTER, POINTER, c.c_size_t, c.c_size_t),
    "ggml_log_set": (None, LOG, POINTER),
}
SILENT = LOG(lambda level, text, data: None)


def typed(library, signatures):
    for name, (result, *arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def open_library(folder, processor):
    """libllama and libggml-base of a folder, with the kernels for one kind of processor."""
    folder = pathlib.Path(folder)
    found = folder / f"libllama.{RELEASE}.so"
    if not found.exists():
        raise SystemExit(f"{folder}: no libllama.{RELEASE}.so, whose structures are known here")
    tensors = typed(c.CDLL(folder / "libggml-base.so", mode=c.RTLD_GLOBAL), TENSORS)
    backends = c.CDLL(folder / f"libggml.{RELEASE}.so", mode=c.RTLD_GLOBAL)
    backends.ggml_backend_load.restype = POINTER
    backends.ggml_backend_load.argtypes = [TEXT]
    llama = typed(c.CDLL(found), SIGNATURES)
    tensors.ggml_log_set(SILENT, None)
    llama.llama_log_set(SILENT, None)
    kernels = folder / f"libggml-cpu-{processor}.so"
    if not backends.ggml_backend_load(str(kernels).encode()):
        raise SystemExit(f"{kernels} does not run on this processor")
    llama.llama_backend_init()
    return llama, tensors
