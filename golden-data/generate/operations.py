"""Writes ../vectors/operation/*.json: the operations of the forward pass, each on small inputs that
were made so that named mistakes show (operation.py).

Run: python operations.py   Python 3.11, numpy 2.4, torch 2.13.
"""

import torch

import operation_attention
import operation_linear
import operation_norm
import operation_rope
import operation_softmax
import operation_swiglu

MODULES = (
    operation_norm,
    operation_rope,
    operation_softmax,
    operation_attention,
    operation_swiglu,
    operation_linear,
)

if __name__ == "__main__":
    torch.set_num_threads(1)
    for module in MODULES:
        for operation in module.operations():
            operation.write()
