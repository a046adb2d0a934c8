package touchstone.conformance.verify;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Elements of a tensor of any type, by their place in row-major order. */
public final class Elements {
  private Elements() {}

  /** The number; exact but for integers beyond 2^53. */
  public static double value(Tensor tensor, long element) {
    return switch (tensor.dtype()) {
      case F16, BF16, F32, F64 -> tensor.doubleAt(element);
      case I8, I16, I32, I64 -> signed(tensor, element);
      case BOOL, U8, U16, U32, U64 -> word(tensor, element);
      case F8_E4M3, F8_E5M2 ->
          throw new IllegalArgumentException(tensor.name() + ": no answer is an 8-bit float");
    };
  }

  /** All numbers, as {@link #value} gives each. */
  public static double[] values(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.elements())];
    if (tensor.dtype() == DType.F32) {
      float[] floats = tensor.toFloats();
      Arrays.setAll(values, i -> floats[i]);
    } else {
      Arrays.setAll(values, i -> value(tensor, i));
    }
    return values;
  }

  /** The bits as hexadecimal digits, as vector files write them. */
  static String bits(Tensor tensor, long element) {
    int digits = 2 * tensor.dtype().bytes();
    return ("%0" + digits + "x").formatted(word(tensor, element));
  }

  /** Whether a type holds whole numbers. */
  static boolean isInteger(DType type) {
    return switch (type) {
      case BOOL, U8, I8, I16, U16, I32, U32, I64, U64 -> true;
      case F8_E4M3, F8_E5M2, F16, BF16, F32, F64 -> false;
    };
  }

  /** Type and shape: {@code f32 [3, 8]}. */
  static String form(Tensor tensor) {
    return tensor.dtype().name().toLowerCase(Locale.ROOT) + " " + tensor.shape();
  }

  /** The index of an element, outermost first. */
  static List<Long> index(Tensor tensor, long element) {
    LinkedList<Long> index = new LinkedList<>();
    long rest = element;
    for (long extent : tensor.shape().reversed()) {
      index.addFirst(rest % extent);
      rest /= extent;
    }
    return List.copyOf(index);
  }

  private static long signed(Tensor tensor, long element) {
    int unused = Long.SIZE - Byte.SIZE * tensor.dtype().bytes();
    return word(tensor, element) << unused >> unused;
  }

  private static long word(Tensor tensor, long element) {
    int width = tensor.dtype().bytes();
    long word = 0;
    for (int b = width - 1; b >= 0; b--) {
      word =
          word << Byte.SIZE | tensor.data().get(ValueLayout.JAVA_BYTE, element * width + b) & 0xFF;
    }
    return word;
  }
}
