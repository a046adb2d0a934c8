package touchstone.quantize;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Weights as AutoGPTQ loads them: every number rounded to the nearest F16, ties to even.
 *
 * @source AutoGPTQ v0.4.2 modeling/_base.py, from_pretrained, whose torch_dtype is float16
 * @rules CALIB-3
 */
final class HalfPrecision {
  /** Numbers that are looked at together. */
  private static final int PART = 8192;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private HalfPrecision() {}

  /**
   * The tensor in F16: itself if that is what it is.
   *
   * @throws TouchstoneException FORMAT if a number is not finite or has no finite F16
   */
  static Tensor of(Tensor tensor) {
    boolean stored = tensor.dtype() == DType.F16;
    MemorySegment halves =
        stored
            ? tensor.data()
            : MemorySegment.ofArray(
                new byte[Math.toIntExact(Math.multiplyExact(tensor.elements(), Short.BYTES))]);
    float[] values = new float[PART];
    short[] rounded = new short[PART];
    for (long at = 0; at < tensor.elements(); at += PART) {
      int count = (int) Math.min(PART, tensor.elements() - at);
      tensor.copyFloats(at, values, 0, count);
      round(tensor.name(), at, values, rounded, count);
      if (!stored) {
        MemorySegment.copy(rounded, 0, halves, SHORT, at * Short.BYTES, count);
      }
    }
    return stored ? tensor : new Tensor(tensor.name(), DType.F16, tensor.shape(), halves);
  }

  private static void round(String name, long at, float[] values, short[] rounded, int count) {
    for (int i = 0; i < count; i++) {
      rounded[i] = Float.floatToFloat16(values[i]);
      if (!Float.isFinite(Float.float16ToFloat(rounded[i]))) {
        throw TouchstoneException.of(
            Fault.FORMAT,
            "tensor '" + name + "'",
            "%s at index %d".formatted(values[i], at + i),
            "weights that are to be quantised must be finite in F16: below 65520 in magnitude");
      }
    }
  }

  /** The numbers of a vector, each rounded to F16. */
  static float[] of(String name, float[] values) {
    return tensor(name, values).toFloats();
  }

  /** A vector as a tensor in F16. */
  static Tensor tensor(String name, float[] values) {
    short[] halves = new short[values.length];
    round(name, 0, values, halves, values.length);
    MemorySegment bytes = MemorySegment.ofArray(new byte[halves.length * Short.BYTES]);
    MemorySegment.copy(halves, 0, bytes, SHORT, 0, halves.length);
    return new Tensor(name, DType.F16, List.of((long) halves.length), bytes);
  }
}
