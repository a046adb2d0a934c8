"""What llama.cpp's graph computes on the way, under the names of the suite's probes."""

import ctypes as c

import bindings
import numpy as np

NAMES = {
    "embd": "embed",
    "attn_norm": "attnNorm",
    "Vcur": "v",
    "kqv_out": "attn",
    "attn_out": "attnOut",
    "ffn_norm": "ffnNorm",
    "ffn_gate": "gate",
    "ffn_gate_b": "gate",
    "ffn_up": "up",
    "ffn_up_b": "up",
    "ffn_swiglu": "act",
    "ffn_out": "ffnOut",
    "result_norm": "finalNorm",
    "result_output": "logits",
}


class Probes:
    """Collects tensors as the graph is evaluated; a name that comes again, with a bias say, replaces itself."""

    def __init__(self, tensors, rows, config):
        self.tensors, self.rows, self.config = tensors, rows, config
        self.found, self.rotations = {}, {}
        self.on_eval = bindings.EVAL(self.take)

    def take(self, tensor, asked_first, _):
        name, _, layer = self.tensors.ggml_get_name(tensor).decode().partition("-")
        prefix = f"{layer}." if layer else ""
        rotated = name in ("Qcur", "Kcur") and layer.isdigit()  # not views of it
        if not asked_first and name in NAMES:
            self.found[prefix + NAMES[name]] = self.values(tensor)
        elif not asked_first and rotated:
            self.rotations.setdefault(prefix + name[0].lower(), []).append(self.values(tensor))
        return True if not asked_first else name in NAMES or rotated

    def values(self, tensor):
        values = np.empty(self.tensors.ggml_nelements(tensor), np.float32)
        size = self.tensors.ggml_nbytes(tensor)
        assert size == values.nbytes, "a probe that is not fp32"
        self.tensors.ggml_backend_tensor_get(tensor, values.ctypes.data_as(c.c_void_p), 0, size)
        return values.reshape(self.rows, -1)

    def outputs(self):
        """By name; queries and keys with the pairs of a head as Hugging Face orders them."""
        outputs = dict(self.found)
        for name, stages in self.rotations.items():
            outputs[name], outputs[name + "Rope"] = map(self.halves, stages[-2:])
        return outputs

    def halves(self, values):
        pairs = values.reshape(self.rows, -1, self.config["head_dim"] // 2, 2)
        return np.ascontiguousarray(pairs.swapaxes(2, 3)).reshape(self.rows, -1)
