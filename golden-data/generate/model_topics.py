"""The vector files of one model: what is asked about it, by which rules, and why this model.

logits      a fresh pass, all positions
probes      every intermediate value of such a pass
decode      the same logits, the first tokens in one pass and the others one at a time
batch       the last logits of several sequences, computed together
logprobs    the log-probability of each token given those before
next        the most likely next tokens and their log-probabilities
generate    the greedy continuation

All but batch share one blob.

Library module; Python 3.11, numpy 2.4.
"""

import numpy as np

import oracle
import suite
from gptq_notes import GPTQ_NOTES
from profiles import log_softmax

TOP = 8
FACTOR = 8
NOTES = {
    "GroupedHeads": (
        "LAYOUT",
        "Consecutive query heads share a head of keys and values, and heads are not kvHeads squared.",
        "Head h mapped to h mod kvHeads: attention of other heads.",
        "https://github.com/EricLBuehler/candle-vllm/issues/42",
    ),
    "OtherTheta": (
        "CONFIG_IGNORED",
        "rope_theta is not 10000.",
        "A fixed base: right at position 0, wrong from position 1 on.",
        "https://github.com/karpathy/llama2.c/issues/356",
    ),
    "SmallEpsilon": (
        "CONFIG_IGNORED",
        "rms_norm_eps is 1e-6, and embeddings are so small that it matters.",
        "The epsilon of another model: an error of 1e-3 in the first layer.",
        "https://github.com/ggml-org/llama.cpp/issues/2374",
    ),
    "LinearScaling": (
        "CONFIG_IGNORED",
        "Positions are divided by the factor of linear rope scaling.",
        "Right at position 0 only.",
    ),
    "DynamicScaling": (
        "CONFIG_IGNORED",
        "Beyond max_position_embeddings the base of the angles grows.",
        "Right up to that length, wrong beyond, or scaled before it.",
        "https://github.com/huggingface/text-generation-inference/issues/783",
    ),
    "ManyLayers": (
        "OFF_BY_ONE",
        "There are twelve layers.",
        'Layers sorted as text: "10" before "2".',
    ),
    "TiedHead": (
        "CONFIG_IGNORED",
        "The head is the embedding; there is no lm_head.weight.",
        "A head of zeros or of noise.",
    ),
    "ProjectionBias": (
        "CONFIG_IGNORED",
        "The projections have biases.",
        "Biases that are not loaded.",
        "https://github.com/vllm-project/vllm/issues/18363",
    ),
    "Bfloat16": ("LAYOUT", "Weights are stored as bfloat16.", "Read as binary16."),
    "Sharded": ("BASIC", "The weights lie in three files with an index.", "Tensors of one file only."),
    "UnalignedTensors": (
        "EDGE_CASE",
        "The header has an odd length: no tensor starts at a multiple of its size.",
        "A crash, or a file that is refused.",
    ),
    "StraddlingCode": (
        "LAYOUT",
        "With 3 bits the codes 10 and 21 of every 32 lie in two words.",
        "Wrong weights every 32 inputs.",
        "https://github.com/ModelCloud/GPTQModel/issues/1863",
    ),
    "ZeroPointStored": (
        "CONFIG_IGNORED",
        "checkpoint_format gptq_v2 stores zero points as they are.",
        "Every weight is off by one scale.",
        "https://github.com/vllm-project/vllm/issues/38966",
    ),
    **GPTQ_NOTES,
    "OneGroup": (
        "CONFIG_IGNORED",
        "A group size of -1 is one group for all inputs.",
        "Division by -1, or groups of some other size.",
        "https://github.com/huggingface/text-generation-inference/issues/1358",
    ),
    "ShortGroup": (
        "OFF_BY_ONE",
        "The number of inputs is no multiple of the group size.",
        "Reading past the last group.",
        "https://github.com/ModelCloud/GPTQModel/issues/2950",
    ),
    "PlaceholderGroups": (
        "CONFIG_IGNORED",
        "g_idx is all zeros though there are several groups: it was never filled in.",
        "Every channel with the scale of group 0.",
    ),
    "AbsentGroups": (
        "EDGE_CASE",
        "There is no g_idx: channel k belongs to group k / groupSize.",
        "A file that is refused.",
    ),
    "MislabelledZeros": (
        "KNOWN_BUG",
        "The label says gptq, the zero points are stored as in gptq_v2, and symmetry gives them away.",
        "Every weight off by one scale. A refusal is right as well.",
        "https://github.com/vllm-project/vllm/issues/38966",
    ),
    "NamedFile": (
        "CONFIG_IGNORED",
        "model_file_base_name names the file of the weights.",
        "A file that is not found.",
    ),
    "IdOutside": (
        "MALFORMED_INPUT",
        "A token id has no row in the embedding.",
        "The row of something else, or what lies behind the table.",
    ),
    "LengthBeyondTraining": (
        "EDGE_CASE",
        "The sequence is longer than max_position_embeddings.",
        "A refusal, or angles of the wrong base.",
    ),
}


def model_flags(model):
    scheme = model.scheme
    chosen = {
        "GroupedHeads": model.shape.heads != model.shape.kv_heads,
        "OtherTheta": not model.trained,
        "SmallEpsilon": model.eps == 1e-6,
        "LinearScaling": "rope_scaling" in model.rope,
        "DynamicScaling": "rope_parameters" in model.rope,
        "ManyLayers": model.shape.layers > 10,
        "TiedHead": model.tied and not model.trained,
        "ProjectionBias": model.bias,
        "Bfloat16": model.dtype == "BF16",
        "Sharded": model.shards > 1,
        "UnalignedTensors": model.unaligned,
        "NamedFile": model.base_name is not None,
        "MislabelledZeros": "mislabelled" in model.slug,
    }
    if scheme:
        chosen |= {
            "StraddlingCode": scheme.bits == 3,
            "ZeroPointStored": scheme.zeros == "v2",
            "AsymmetricZero": not scheme.symmetric,
            "FloodedWord": scheme.flood and scheme.zeros == "v1",
            "GroupOfChannel": scheme.order == "act-order" and scheme.group_size != -1,
            "OneGroup": scheme.group_size == -1,
            "ShortGroup": scheme.group_size > 0
            and any(n % scheme.group_size for n in (model.shape.dim, model.shape.hidden)),
            "PlaceholderGroups": scheme.order == "trivial",
            "AbsentGroups": scheme.order == "absent",
        }
    return [flag for flag, holds in chosen.items() if holds]


LAYER_RULES = ["LAYER-1", "RMS-1", "FFN-1", "FFN-2", "ATTN-3"]
SEVERAL = ["ROPE-1", "ROPE-2", "ATTN-1", "ATTN-2", "ATTN-4", "ATTN-5", "SOFTMAX-1"]
RULES_OF_FLAGS = {
    "LinearScaling": "ROPE-3",
    "DynamicScaling": "ROPE-4",
    "ProjectionBias": "LINEAR-2",
    "Sharded": "CKPT-4",
    "UnalignedTensors": "CKPT-3",
    "Bfloat16": "CKPT-3",
    "NamedFile": "CKPT-6",
    "TiedHead": "CKPT-11",
    "StraddlingCode": "GPTQ-2",
    "MislabelledZeros": "GPTQ-8",
    "PlaceholderGroups": "GPTQ-9",
    "AbsentGroups": "GPTQ-9",
}


def model_rules(model, several, *first):
    rules = [*first, "MODEL-1", *LAYER_RULES, *(SEVERAL if several else [])]
    if model.quantised:
        rules += ["GPTQ-1", "GPTQ-3", "GPTQ-4", "GPTQ-5"]
        rules += ["GPTQ-7"] if model.bias else []
    for flag in model_flags(model):
        if flag in RULES_OF_FLAGS and RULES_OF_FLAGS[flag] not in rules:
            rules.append(RULES_OF_FLAGS[flag])
    return rules


class Files:
    """All topics of one model; those in which nothing was asked are not written."""

    def __init__(self, model, source):
        self.model, self.source, self.topics = model, source, {}
        self.args = {"model": f"models/{model.slug}"}
        self.flags = model_flags(model)
        self.level = "recommended" if "MislabelledZeros" in self.flags else "required"
        self.result = suite.acceptable if "MislabelledZeros" in self.flags else suite.valid
        self.blob = suite.Blob()
        self.references = {}

    def group(self, kind, header):
        if kind not in self.topics:
            topic = suite.Topic(f"{kind}/{self.model.slug}", header)
            self.topics[kind] = topic, topic.group(*self.source)
        return self.topics[kind][1]

    def reference(self, name, value):
        """One tensor of the blob, stored once however often it is asked for."""
        if name not in self.references:
            self.references[name] = self.blob.put(name, value)
        return self.references[name]

    def add(self, kind, header, name, title, args, outputs, first=(), several=True, extra=()):
        self.group(kind, header).add(
            name,
            title,
            kind,
            self.args | args,
            self.result(**outputs),
            model_rules(self.model, several, *first),
            [*self.flags, *extra],
            self.level,
        )

    def write(self):
        self.blob.write()
        for topic, group in self.topics.values():
            used = {flag for vector in group.vectors for flag in vector["flags"]}
            for flag, note in NOTES.items():
                if flag in used:
                    topic.note(flag, *note)
            topic.write()


class Prompt:
    """A sequence with its truth and the spreads of each kind of value, by profile."""

    def __init__(self, name, tokens, truth, spreads):
        self.name, self.tokens, self.truth, self.spreads = name, tokens, truth, spreads

    def accept(self, kind):
        return suite.spread(self.spreads[kind], FACTOR)

    def logits(self, files):
        return files.reference(f"{self.name}.logits", self.truth["logits"]), self.accept("logits")


def title(tokens):
    return "one token" if len(tokens) == 1 else f"{len(tokens)} tokens"


def add_logits(files, prompt):
    beyond = len(prompt.tokens) > files.model.shape.positions
    extra = ["LengthBeyondTraining"] if beyond else []
    args, several = {"tokens": prompt.tokens}, len(prompt.tokens) > 1
    outputs = {"logits": prompt.logits(files)}
    header = "Logits after every token of a fresh pass."
    files.add("logits", header, prompt.name, title(prompt.tokens), args, outputs, (), several, extra)
    if not several:
        return
    probabilities = log_softmax(prompt.truth["logits"])
    chosen = probabilities[np.arange(len(prompt.tokens) - 1), prompt.tokens[1:]]
    outputs = {"token": (suite.bits(chosen), prompt.accept("logprobs"))}
    header = "Natural logarithm of the probability of each token but the first, given those before it."
    files.add("logprobs", header, prompt.name, title(prompt.tokens), args, outputs, extra=extra)
    best = [int(i) for i in np.argsort(-probabilities[-1], kind="stable")[:TOP]]
    sparse = {"ids": best, "values": suite.bits(probabilities[-1][best])}
    outputs = {"next": (sparse, prompt.accept("logprobs"))}
    header = "The most likely next tokens and the natural logarithms of their probabilities."
    args = args | {"top": TOP}
    files.add("next", header, prompt.name, title(prompt.tokens), args, outputs, extra=extra)


def add_refused(files):
    """Ids outside the vocabulary."""
    vocab, header = files.model.shape.vocab, "Logits after every token of a fresh pass."
    for name, outside in (("id-beyond-the-vocabulary", vocab), ("id-below-0", -1)):
        files.group("logits", header).add(
            name,
            f"id {outside} of a vocabulary of {vocab}",
            "logits",
            files.args | {"tokens": [1, outside, 3]},
            suite.invalid("range"),
            ["CACHE-3"],
            ["IdOutside"],
        )


def add_decode(files, prompt):
    """Not beyond the trained length with dynamic scaling: there the cache keeps other angles."""
    length = len(prompt.tokens)
    if length > files.model.shape.positions:
        return
    for prefill in sorted({1, length // 2, length - 1} - {0}):
        args = {"tokens": prompt.tokens, "prefill": prefill}
        outputs = {"logits": prompt.logits(files)}
        header = "Logits after every token, with a cache: some tokens at once, the others one by one."
        what = f"{prefill} of {length} tokens at once"
        name = f"{prompt.name}.{prefill}"
        files.add("decode", header, name, what, args, outputs, ("CACHE-1", "MODEL-2"))


def add_batch(files, prompts):
    header = "Logits after the last token of several sequences, computed together."
    own = suite.Blob()
    outputs = {
        str(n): (own.put(each.name, each.truth["logits"][-1]), each.accept("logits"))
        for n, each in enumerate(prompts)
    }
    args = {"sequences": [each.tokens for each in prompts]}
    lengths = " and ".join(str(len(each.tokens)) for each in prompts)
    files.add("batch", header, "together", f"{lengths} tokens", args, outputs, ("MODEL-3",))
    own.write()


def add_probes(files, prompt):
    outputs = {}
    for kind in ("embed", *oracle.LAYER_PROBES, "finalNorm"):
        layers = prompt.truth["layers"] if kind in oracle.LAYER_PROBES else [prompt.truth]
        for number, layer in enumerate(layers):
            name = f"{number}.{kind}" if kind in oracle.LAYER_PROBES else kind
            reference = files.reference(f"{prompt.name}.{name}", layer[kind])
            outputs[name] = reference, prompt.accept(kind)
    outputs["logits"] = prompt.logits(files)
    header = "Every intermediate value of a fresh pass."
    args = {"tokens": prompt.tokens}
    files.add("probes", header, prompt.name, title(prompt.tokens), args, outputs)


def add_generate(files, tokens, greedy, spreads, count, end):
    """The spread is that of a pass over prompt and continuation."""
    for profile, spread in spreads.items():
        decided = min(greedy["margins"]) > 2 * FACTOR * spread
        assert decided or not profile.startswith("f32"), (files.model.slug, profile)
    finish = "stop" if greedy["tokens"][-1] == end else "length"
    accept = suite.tokens(greedy["margins"], spreads, FACTOR)
    outputs = {"ids": (greedy["tokens"], accept)}
    if all(min(greedy["margins"]) > 2 * FACTOR * spread for spread in spreads.values()):
        outputs["finish"] = finish, suite.exact()
    args = {"tokens": tokens, "count": count, "stop": [end]}
    header = "The greedy continuation, the token that ends it included."
    what = f"{len(greedy['tokens'])} tokens after {len(tokens)}"
    rules = ("SAMPLE-8", "STOP-1", "CACHE-1")
    files.add("generate", header, "greedy", what, args, outputs, rules)
