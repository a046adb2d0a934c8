"""What Transformers makes of a directory: its configuration, if from_pretrained loads the model."""

import resource
import struct

import transformers
from protocol import Refusal

MOST_MEMORY = 8 << 30


def bits(kind, value):
    return f"{kind}:" + struct.pack(">f" if kind == "f32" else ">d", value).hex()


def described(c):
    """A LlamaConfig in the suite's vocabulary."""
    rope = c.rope_parameters
    return {
        "vocab": c.vocab_size,
        "dim": c.hidden_size,
        "hiddenDim": c.intermediate_size,
        "layers": c.num_hidden_layers,
        "heads": c.num_attention_heads,
        "kvHeads": c.num_key_value_heads,
        "headDim": c.head_dim,
        "maxPositions": c.max_position_embeddings,
        "epsilon": bits("f32", c.rms_norm_eps),
        "ropeTheta": bits("f64", c.rope_parameters["rope_theta"]),
        "tiedEmbeddings": c.tie_word_embeddings,
    }


def inspect(directory):
    """Loads as a user does; a directory may ask for more memory than there is."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        config = transformers.AutoConfig.from_pretrained(directory)
        transformers.AutoModelForCausalLM.from_pretrained(directory, config=config)
    except Exception as e:  # every way in which it can refuse
        raise Refusal("malformed", f"{type(e).__name__}: {str(e).splitlines()[0]}") from e
    return {"config": described(config)}
