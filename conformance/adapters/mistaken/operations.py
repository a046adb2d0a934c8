"""The single operations of a Llama: the ones that its forward pass uses."""

import numpy as np
import torch


def tensor(array):
    return torch.from_numpy(np.array(array))


class Operations:
    def __init__(self, kind):
        self.kind = kind

    def bare(self, **known):
        """A model that knows only what one operation needs."""
        run = self.kind.__new__(self.kind)
        run.__dict__.update(
            dtype=torch.float32, w={}, heads=1, rope_type="default", factor=1.0, longest=1 << 20
        )
        run.__dict__.update(known)
        return run

    def rms_norm(self, x, gain, epsilon):
        run = self.bare(w={"gain.weight": tensor(gain)}, epsilon=epsilon)
        return {"y": run.norm("gain", tensor(x)).numpy()}

    def rope(self, x, headDim, positions, theta):
        run = self.bare(size=headDim, theta=theta, heads=x.shape[-1] // headDim)
        at = torch.tensor(positions) + run.positions(0, 1)
        angles = run.angles(at, max(positions) + 1)
        return {"y": run.join(run.rotate(run.split(tensor(x)), *angles)).numpy()}

    def softmax(self, x):
        return {"y": self.bare().probabilities(tensor(x)).numpy()}

    def attention(self, q, k, v, headDim, position):
        run = self.bare(size=headDim, heads=q.shape[-1] // headDim)
        parts = q, k[: position + len(q)], v[: position + len(q)]
        return {"y": run.join(run.attend(*(run.split(tensor(part)) for part in parts))).numpy()}

    def swiglu(self, gate, up):
        return {"y": self.bare().gated(tensor(gate), tensor(up)).numpy()}

    def linear(self, weight, x, bias=None):
        named = {"module.weight": tensor(weight)} | (
            {} if bias is None else {"module.bias": tensor(bias).float()}
        )
        return {"y": self.bare(w=named).project("module", tensor(x)).numpy()}

    def calls(self):
        return {
            "op.rmsNorm": self.rms_norm,
            "op.rope": self.rope,
            "op.softmax": self.softmax,
            "op.attention": self.attention,
            "op.swiGlu": self.swiglu,
            "op.linear": self.linear,
        }
