package touchstone.conformance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Arguments;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Note;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.conformance.suite.Vector;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Small vectors, written where they are used. */
public final class Vectors {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Vectors() {}

  public static Tensor f64(List<Long> shape, double... values) {
    ByteBuffer bytes = buffer(values.length * Double.BYTES);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return new Tensor("f64", DType.F64, shape, MemorySegment.ofArray(bytes.array()));
  }

  public static Tensor f64(double... values) {
    return f64(List.of((long) values.length), values);
  }

  public static Tensor f32(List<Long> shape, float... values) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new Tensor("f32", DType.F32, shape, MemorySegment.ofArray(bytes.array()));
  }

  public static Tensor f32(float... values) {
    return f32(List.of((long) values.length), values);
  }

  public static Tensor f16(float... values) {
    ByteBuffer bytes = buffer(values.length * Short.BYTES);
    for (float value : values) {
      bytes.putShort(Float.floatToFloat16(value));
    }
    return new Tensor(
        "f16", DType.F16, List.of((long) values.length), MemorySegment.ofArray(bytes.array()));
  }

  public static Tensor i32(int... values) {
    ByteBuffer bytes = buffer(values.length * Integer.BYTES);
    for (int value : values) {
      bytes.putInt(value);
    }
    return new Tensor(
        "i32", DType.I32, List.of((long) values.length), MemorySegment.ofArray(bytes.array()));
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public static Value numbers(Tensor tensor) {
    return new Value.Numbers(tensor);
  }

  public static Value data(String json) {
    return new Value.Data(json(json));
  }

  public static JsonNode json(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ExpectedOutput output(Value truth, Accept accept) {
    return new ExpectedOutput(truth, accept);
  }

  /** A required vector of a call, whose outputs are given as name, output, name, output, ... */
  public static Vector valid(String id, String call, Object... outputs) {
    return vector(id, call, Level.REQUIRED, new Expectation.Valid(named(outputs)));
  }

  public static SequencedMap<String, ExpectedOutput> named(Object... outputs) {
    SequencedMap<String, ExpectedOutput> named = new LinkedHashMap<>();
    for (int i = 0; i < outputs.length; i += 2) {
      named.put((String) outputs[i], (ExpectedOutput) outputs[i + 1]);
    }
    return named;
  }

  public static Vector vector(String id, String call, Level level, Expectation expectation) {
    return vector(id, call, level, expectation, JsonNodeFactory.instance.objectNode());
  }

  public static Vector vector(
      String id, String call, Level level, Expectation expectation, ObjectNode arguments) {
    return new Vector(
        id,
        id.substring(0, id.lastIndexOf('/')),
        "a title",
        level,
        List.of("RMS-1"),
        List.of(new Note("Flag", "BASIC", "What it does.", "What goes wrong.", List.of())),
        new Request(id, call, new Arguments(arguments, new ValueJson(new TensorFiles()))),
        expectation);
  }

  /** The same spread for every profile but int8. */
  public static Map<String, Double> spreads(double spread) {
    return Map.of("f32", spread, "f32-grouped", spread, "f16", spread, "bf16", spread);
  }
}
