package touchstone.conformance.profile;

/**
 * The places at which a forward pass of Transformers in a 16-bit type rounds, in the order of the
 * pass. Between two of them it computes in binary32.
 *
 * @source transformers 5.18 models/llama/modeling_llama.py; torch 2.13 on a CPU
 */
public enum RoundingPoint {
  /** A dequantised weight, to binary16: {@code scale * (code - zero)}, by a scale in binary16. */
  DEQUANTISED,
  /** Weights, biases, gains and embeddings: {@code from_pretrained(dtype=...)}. */
  WEIGHT,
  /** {@code x / rms(x)} before the gain: {@code hidden_states.to(input_dtype)}. */
  NORM,
  /** Its product with the gain. */
  GAIN,
  /** The sum of a linear layer, the bias included. */
  LINEAR,
  /** Cosines and sines: {@code cos.to(dtype=x.dtype)}. */
  ANGLE,
  /** Each product of {@code (q * cos) + (rotate_half(q) * sin)}. */
  ROTATED_PART,
  /** Their sum. */
  ROTATED,
  /** {@code q . k}, before the factor. */
  DOT,
  /** Its product with {@code 1 / sqrt(headDim)}, which is not rounded itself. */
  SCORE,
  /** {@code softmax(..., dtype=torch.float32).to(query.dtype)}. */
  PROBABILITY,
  /** The mix of values. */
  MIX,
  /** {@code x + delta}. */
  RESIDUAL,
  /** {@code silu(gate)}. */
  SILU,
  /** Its product with {@code up}. */
  GATED
}
