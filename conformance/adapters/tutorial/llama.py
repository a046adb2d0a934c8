"""A small Llama in plain Python, one list of numbers per token: it stands for the runtime that an adapter is for."""

import json, math, os, struct
from operator import mul

CODES = {"F16": "e", "F32": "f", "F64": "d"}


def rows(flat, width):
    return [flat[i : i + width] for i in range(0, len(flat), width)]


def read(path):
    """The tensors of a safetensors file, each as rows."""
    with open(path, "rb") as file:
        data = file.read()
    start, found = 8 + struct.unpack_from("<Q", data)[0], {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            if entry["dtype"] not in CODES:
                raise NotImplementedError("numbers of type " + entry["dtype"])
            begin, end = entry["data_offsets"]
            flat = struct.iter_unpack("<" + CODES[entry["dtype"]], data[start + begin : start + end])
            found[name] = rows([value for value, in flat], entry["shape"][-1])
    return found


def load(directory):
    with open(directory + "/config.json") as file:
        config = json.load(file)
    for lacking in ("quantization_config", "rope_scaling", "rope_parameters"):
        if config.get(lacking):
            raise NotImplementedError(lacking)
    if not os.path.exists(directory + "/model.safetensors"):
        raise NotImplementedError("weights in several files")
    return config, read(directory + "/model.safetensors")


def norm(x, gain, epsilon):
    scales = [1 / (math.sqrt(sum(map(mul, row, row)) / len(row) + epsilon)) for row in x]
    return [[scale * a * g for a, g in zip(row, gain)] for scale, row in zip(scales, x)]


def linear(weights, name, x):
    matrix = weights[name + ".weight"]
    bias = weights.get(name + ".bias", [[0] * len(matrix)])[0]
    return [[sum(map(mul, out, row)) + b for out, b in zip(matrix, bias)] for row in x]


def rotate(x, size, theta):
    """Positional rotation of each head's pairs (i, i + size / 2)."""
    turned = []
    for position, row in enumerate(x):
        angles = [position * theta ** (-2 * i / size) for i in range(size // 2)]
        for head in rows(row, size):
            pairs = list(zip(head[: size // 2], head[size // 2 :], angles))
            turned += [a * math.cos(t) - b * math.sin(t) for a, b, t in pairs]
            turned += [a * math.sin(t) + b * math.cos(t) for a, b, t in pairs]
    return rows(turned, len(x[0]))


def attend(q, k, v, size):
    """Each token looks at itself and at those before it; query heads share key heads."""
    shared, mixed = len(q[0]) // len(k[0]), []
    for position, row in enumerate(q):
        for number, query in enumerate(rows(row, size)):
            own = slice(number // shared * size, (number // shared + 1) * size)
            seen = [(key[own], value[own]) for key, value in zip(k[: position + 1], v)]
            scores = [sum(map(mul, query, key)) / math.sqrt(size) for key, _ in seen]
            weights = [math.exp(score - max(scores)) for score in scores]
            mixed += [sum(map(mul, weights, column)) / sum(weights) for column in zip(*(value for _, value in seen))]
    return rows(mixed, len(q[0]))


def add(x, y):
    return [[a + b for a, b in zip(*pair)] for pair in zip(x, y)]


def forward(config, weights, tokens):
    """The logits after each token, and what came up on the way."""
    size, epsilon = config["head_dim"], config["rms_norm_eps"]
    table = weights["model.embed_tokens.weight"]
    if not all(0 <= token < len(table) for token in tokens):
        raise ValueError(f"ids run from 0 to {len(table) - 1}")
    x = [table[token] for token in tokens]
    probes = {"embed": x}
    for layer in range(config["num_hidden_layers"]):
        part, at = f"model.layers.{layer}.", f"{layer}."
        h = probes[at + "attnNorm"] = norm(x, weights[part + "input_layernorm.weight"][0], epsilon)
        for name in "qkv":
            probes[at + name] = linear(weights, f"{part}self_attn.{name}_proj", h)
        q, k = (rotate(probes[at + name], size, config["rope_theta"]) for name in "qk")
        probes |= {at + "qRope": q, at + "kRope": k, at + "attn": attend(q, k, probes[at + "v"], size)}
        x = add(x, linear(weights, part + "self_attn.o_proj", probes[at + "attn"]))
        h = probes[at + "ffnNorm"] = norm(x, weights[part + "post_attention_layernorm.weight"][0], epsilon)
        gate, up = (linear(weights, f"{part}mlp.{name}_proj", h) for name in ("gate", "up"))
        act = [[g / (1 + math.exp(-g)) * u for g, u in zip(*pair)] for pair in zip(gate, up)]
        probes |= {at + "gate": gate, at + "up": up, at + "act": act}
        x = add(x, linear(weights, part + "mlp.down_proj", act))
    h = probes["finalNorm"] = norm(x, weights["model.norm.weight"][0], epsilon)
    head = "model.embed_tokens" if config["tie_word_embeddings"] else "lm_head"
    return probes | {"logits": linear(weights, head, h)}
