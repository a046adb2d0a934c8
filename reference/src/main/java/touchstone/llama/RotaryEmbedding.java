package touchstone.llama;

import java.util.stream.IntStream;
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
public final class RotaryEmbedding {
  private final int headDim;
  private final double theta;
  private final RopeScaling scaling;
  private final double[] unstretched; // [headDim / 2], frequencies with base theta

  /** The angles of a model; of its configuration, headDim and what begins with rope count. */
  public RotaryEmbedding(LlamaConfig config) {
    headDim = config.headDim();
    theta = config.ropeTheta();
    scaling = config.ropeScaling();
    unstretched = frequencies(theta, headDim);
  }

  /** The table for the rows of a batch; each segment has the angles of its own positions. */
  RopeTable table(Batch batch) {
    int tokens = batch.tokens();
    float[] cos = new float[tokens * headDim / 2]; // [tokens, headDim / 2]
    float[] sin = new float[tokens * headDim / 2]; // [tokens, headDim / 2]
    for (Segment segment : batch.segments()) {
      fill(segment, cos, sin);
    }
    return new RopeTable(cos, sin, tokens, headDim / 2);
  }

  /**
   * The table of rows that stand at given positions.
   *
   * @param positions one per row, in any order; a sequence reaches to the largest
   */
  public RopeTable table(int... positions) {
    float[] cos = new float[positions.length * headDim / 2]; // [tokens, headDim / 2]
    float[] sin = new float[positions.length * headDim / 2]; // [tokens, headDim / 2]
    double[] frequencies = frequencies(IntStream.of(positions).max().orElse(0) + 1);
    for (int row = 0; row < positions.length; row++) {
      fill(row, positions[row], frequencies, cos, sin);
    }
    return new RopeTable(cos, sin, positions.length, headDim / 2);
  }

  private void fill(Segment segment, float[] cos, float[] sin) {
    double[] frequencies = frequencies(segment.position() + segment.tokens()); // [headDim / 2]
    for (int token = 0; token < segment.tokens(); token++) {
      fill(segment.row() + token, segment.position() + token, frequencies, cos, sin);
    }
  }

  private void fill(int row, int position, double[] frequencies, float[] cos, float[] sin) {
    double stretched = stretch(position);
    for (int j = 0; j < frequencies.length; j++) {
      double angle = stretched * frequencies[j];
      cos[row * frequencies.length + j] = (float) StrictMath.cos(angle);
      sin[row * frequencies.length + j] = (float) StrictMath.sin(angle);
    }
  }

  private double[] frequencies(int length) {
    double base = base(length);
    return base == theta ? unstretched : frequencies(base, headDim);
  }

  private static double[] frequencies(double base, int headDim) {
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
