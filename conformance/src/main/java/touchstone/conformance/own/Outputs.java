package touchstone.conformance.own;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import touchstone.conformance.suite.Value;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** What calls give back, as values. */
final class Outputs {
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Outputs() {}

  static Value text(String text) {
    return new Value.Data(TextNode.valueOf(text));
  }

  static Value texts(List<String> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return new Value.Data(array);
  }

  static Value ids(int[] ids) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (int id : ids) {
      array.add(id);
    }
    return new Value.Data(array);
  }

  static Value floats(float[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
    MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
    return numbers(DType.F32, data, shape);
  }

  static Value ints(int[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * Integer.BYTES]);
    MemorySegment.copy(values, 0, data, INT, 0, values.length);
    return numbers(DType.I32, data, shape);
  }

  static Value doubles(double[] values, long... shape) {
    return new Value.Numbers(doubleTensor(values, shape));
  }

  /** Rows, as [rows, columns]. */
  static Value rows(Activations values) {
    return floats(values.toArray(), values.rows(), values.columns());
  }

  /** Numbers at some places of a vector. */
  static Value sparse(int[] ids, double[] values) {
    return new Value.Sparse(ids, doubleTensor(values, values.length));
  }

  private static Tensor doubleTensor(double[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * Double.BYTES]);
    MemorySegment.copy(values, 0, data, DOUBLE, 0, values.length);
    return tensor(DType.F64, data, shape);
  }

  /** Numbers that an F16 holds. */
  static Value halves(float[] values, long... shape) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Float.floatToFloat16(values[i]);
    }
    MemorySegment data = MemorySegment.ofArray(new byte[halves.length * Short.BYTES]);
    MemorySegment.copy(halves, 0, data, SHORT, 0, halves.length);
    return numbers(DType.F16, data, shape);
  }

  private static Value numbers(DType type, MemorySegment data, long... shape) {
    return new Value.Numbers(tensor(type, data, shape));
  }

  private static Tensor tensor(DType type, MemorySegment data, long... shape) {
    return new Tensor("output", type, Arrays.stream(shape).boxed().toList(), data);
  }
}
