"""Notes on GPTQ that matrices and models share.

Library module; Python 3.11.
"""

GPTQ_NOTES = {
    "AsymmetricZero": (
        "CONFIG_IGNORED",
        "The zero points are not 2^(bits-1).",
        "A runtime that does not read them shifts every weight of a column.",
    ),
    "FloodedWord": (
        "KNOWN_BUG",
        "A zero point of 0, stored as -1, was OR-ed into its word by the packer of AutoGPTQ.",
        "Zero points as meant, not as stored; or a sum that wraps at 2^bits.",
        "https://github.com/AutoGPTQ/AutoGPTQ/issues/559",
        "https://github.com/AutoGPTQ/AutoGPTQ/issues/484",
    ),
    "GroupOfChannel": (
        "CONFIG_IGNORED",
        "Neighbouring inputs belong to different groups (act-order): g_idx says to which.",
        "Scales and zero points of other groups: fluent nonsense.",
        "https://github.com/AutoGPTQ/AutoGPTQ/issues/201",
    ),
}
