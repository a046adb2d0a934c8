package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.TensorFiles;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.ValueJson;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/**
 * Reads the outputs of a runtime. Numbers in files are copied before this returns, so that the runtime
 * may write the same file again, and only files below one folder are read.
 *
 * @param folder where files may lie
 */
record ResultValues(Path folder) {
  /** Most bytes of one tensor. */
  private static final long MOST_BYTES = 1L << 30;

  /** Outputs by name, or what is wrong with one of them. */
  Reply read(JsonNode result) {
    String name = "";
    try (TensorFiles files = TensorFiles.below(folder)) {
      ValueJson json = new ValueJson(files);
      Map<String, Value> outputs = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> output : result.properties()) {
        name = output.getKey();
        outputs.put(name, copied(json.read(output.getValue())));
      }
      return new Reply.Result(outputs);
    } catch (IllegalArgumentException | ArithmeticException | TouchstoneException e) {
      return new Reply.Broken("output %s cannot be read: %s".formatted(name, e.getMessage()));
    } catch (InternalError e) {
      return new Reply.Broken(
          "output %s cannot be read: its file was cut short meanwhile".formatted(name));
    }
  }

  private static Value copied(Value value) {
    return switch (value) {
      case Value.Data data -> data;
      case Value.Numbers(Tensor tensor) -> new Value.Numbers(copied(tensor));
      case Value.Sparse(int[] ids, Tensor values) -> new Value.Sparse(ids, copied(values));
    };
  }

  /** A tensor that needs no file any more. */
  static Tensor copied(Tensor tensor) {
    if (tensor.data().byteSize() > MOST_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes, more than %d".formatted(tensor.data().byteSize(), MOST_BYTES));
    }
    byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
    return new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), MemorySegment.ofArray(bytes));
  }
}
