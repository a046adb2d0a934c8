package touchstone.llama;

import touchstone.tensor.RopeTable;

/**
 * The angles of the rotary position embedding.
 *
 * <pre>
 * angle[p, j] = p * theta^(-2j / headDim)         j = 0 .. headDim / 2 - 1
 * </pre>
 *
 * Element j of a head pairs with element j + headDim / 2: the layout of Hugging Face checkpoints,
 * whose query and key rows have been permuted for it.
 *
 * @source Su et al. 2021 (arXiv 2104.09864), eq. 15; transformers 4.33 modeling_llama.py
 * @shapes cos and sin [tokens, headDim / 2]
 * @numerics StrictMath in double, rounded once to float
 * @deviation transformers computes angles in fp32, which moves them by up to 2^-24 of themselves;
 *     with dynamic scaling, as there, keys that are cached keep the base of their own pass
 * @rules ROPE-1 ROPE-3 ROPE-4
 */
final class RotaryEmbedding {
  private final int headDim;
  private final double theta;
  private final RopeScaling scaling;

  RotaryEmbedding(LlamaConfig config) {
    headDim = config.headDim();
    theta = config.ropeTheta();
    scaling = config.ropeScaling();
  }

  /** The table for {@code tokens} tokens from {@code position} on. */
  RopeTable table(int position, int tokens) {
    int halfDim = headDim / 2;
    double[] frequencies = frequencies(position + tokens); // [headDim / 2]
    float[] cos = new float[tokens * halfDim];
    float[] sin = new float[tokens * halfDim];
    for (int token = 0; token < tokens; token++) {
      double stretched = stretch(position + token);
      for (int j = 0; j < halfDim; j++) {
        double angle = stretched * frequencies[j];
        cos[token * halfDim + j] = (float) StrictMath.cos(angle);
        sin[token * halfDim + j] = (float) StrictMath.sin(angle);
      }
    }
    return new RopeTable(cos, sin, tokens, halfDim);
  }

  private double[] frequencies(int length) {
    double base = base(length);
    double[] frequencies = new double[headDim / 2];
    for (int j = 0; j < frequencies.length; j++) {
      frequencies[j] = StrictMath.pow(base, -2.0 * j / headDim);
    }
    return frequencies;
  }

  /** Dynamic NTK: {@code theta * (factor * length / trained - (factor - 1))^(d / (d - 2))}. */
  private double base(int length) {
    return switch (scaling) {
      case RopeScaling.Dynamic(double factor, int trained) when length > trained ->
          theta
              * StrictMath.pow(factor * length / trained - (factor - 1), headDim / (headDim - 2.0));
      case RopeScaling.Dynamic _, RopeScaling.Linear _, RopeScaling.None _ -> theta;
    };
  }

  private double stretch(int position) {
    return switch (scaling) {
      case RopeScaling.Linear(double factor) -> position / factor;
      case RopeScaling.Dynamic _, RopeScaling.None _ -> position;
    };
  }
}
