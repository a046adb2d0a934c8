package touchstone.conformance.profile;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * A checkpoint as Transformers holds it after {@code from_pretrained(dtype=...)}: every weight in the
 * type. A quantised matrix is dense here.
 *
 * <pre>
 * W[n, k] = round(round16(round16(scales[g, n]) * (code[k, n] - zero[g, n])))
 * </pre>
 *
 * @source AutoGPTQ v0.4.2 nn_modules/qlinear/qlinear_cuda.py, the path without its extension
 * @numerics the integer difference is exact and so is its binary32 product with a binary16 scale
 * @deviation AutoGPTQ would keep binary16 weights in a bfloat16 model; here they are rounded once more
 * @rules PROFILE-2 PROFILE-3
 */
record RoundedCheckpoint(Checkpoint stored, Rounder rounder) implements Checkpoint {
  /** A weight by its place. */
  @FunctionalInterface
  private interface Weights {
    float at(int row, int column);
  }

  @Override
  public LlamaConfig config() {
    return stored.config();
  }

  @Override
  public WeightMatrix matrix(String module) {
    return switch (stored.matrix(module)) {
      case DenseMatrix dense -> rounded(dense);
      case GptqMatrix gptq -> dequantised(gptq);
    };
  }

  @Override
  public DenseMatrix embedding() {
    return rounded(stored.embedding());
  }

  @Override
  public Optional<float[]> bias(String module) {
    return stored.bias(module).map(this::rounded);
  }

  @Override
  public float[] gain(String norm) {
    return rounded(stored.gain(norm));
  }

  private float[] rounded(float[] values) {
    float[] rounded = values.clone();
    rounder.round(RoundingPoint.WEIGHT, rounded, 0, rounded.length);
    return rounded;
  }

  private DenseMatrix rounded(DenseMatrix matrix) {
    boolean already = matrix.tensor().dtype() == rounder.type().stored();
    return already || !rounder.rounds(RoundingPoint.WEIGHT)
        ? matrix
        : dense(matrix.tensor().name(), matrix, matrix::dequantise);
  }

  private WeightMatrix dequantised(GptqMatrix matrix) {
    if (!rounder.rounds(RoundingPoint.DEQUANTISED)) {
      return dense(matrix.name(), matrix, matrix::dequantise);
    }
    return dense(
        matrix.name(),
        matrix,
        (output, input) -> {
          int group = matrix.groupOf(input);
          float scale = HalfType.F16.round(matrix.scale(group, output));
          return HalfType.F16.round(
              scale * (matrix.code(input, output) - matrix.zero(group, output)));
        });
  }

  /** In the type, or without {@link RoundingPoint#WEIGHT} in binary32. */
  private DenseMatrix dense(String name, WeightMatrix shape, Weights weights) {
    boolean half = rounder.rounds(RoundingPoint.WEIGHT);
    DType dtype = half ? rounder.type().stored() : DType.F32;
    int elements = Math.multiplyExact(shape.rows(), shape.columns());
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(elements, dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < shape.rows(); row++) {
      for (int column = 0; column < shape.columns(); column++) {
        float weight = weights.at(row, column);
        if (half) {
          data.putShort(rounder.type().bits(weight));
        } else {
          data.putFloat(weight);
        }
      }
    }
    List<Long> extents = List.of((long) shape.rows(), (long) shape.columns());
    return new DenseMatrix(new Tensor(name, dtype, extents, MemorySegment.ofArray(data.array())));
  }
}
