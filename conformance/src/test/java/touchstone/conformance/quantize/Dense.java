package touchstone.conformance.quantize;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import touchstone.checkpoint.Safetensors;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.tensor.Tensor;

/** A corner of Pebble, a dense model with a tokenizer, in a folder of its own: small enough to be quantised often. */
final class Dense {
  static final int LAYERS = 3;
  private static final int WIDTH = 128;
  private static final int HIDDEN = 352; // leaves part of a group of 64 or 128
  private static final int HEADS = 2;
  private static final int KV_HEADS = 1;
  private static final int HEAD_WIDTH = 64;
  private static final Path PEBBLE = GoldenData.path("models/pebble");

  private Dense() {}

  static Path model(Path directory) {
    return model(directory, tensor -> tensor);
  }

  /** As above, with tensors changed. */
  static Path model(Path directory, UnaryOperator<Tensor> change) {
    try (Safetensors all = Safetensors.open(PEBBLE.resolve("model.safetensors"))) {
      Files.createDirectories(directory);
      for (String name : new String[] {"tokenizer.model", "generation_config.json"}) {
        Files.copy(PEBBLE.resolve(name), directory.resolve(name));
      }
      ObjectNode config =
          (ObjectNode) StrictJson.read(PEBBLE.resolve("config.json"), StrictJson.CONFIG_BYTES);
      config.put("hidden_size", WIDTH).put("intermediate_size", HIDDEN);
      config.put("num_attention_heads", HEADS).put("num_key_value_heads", KV_HEADS);
      Files.writeString(directory.resolve("config.json"), config.toString());
      Map<String, Tensor> kept = new LinkedHashMap<>();
      all.tensors()
          .values()
          .forEach(tensor -> kept.put(tensor.name(), change.apply(corner(tensor))));
      SafetensorsWriter.write(
          directory.resolve("model.safetensors"),
          Map.of("format", "pt"),
          List.copyOf(kept.values()));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first rows and columns, as many as the module has in the small model. */
  private static Tensor corner(Tensor tensor) {
    boolean matrix = tensor.shape().size() == 2;
    long rows = matrix ? rows(tensor.name(), tensor.shape().getFirst()) : 1;
    long columns = tensor.name().contains("down_proj") ? HIDDEN : WIDTH;
    long stride = tensor.shape().getLast() * Short.BYTES;
    MemorySegment data = Arena.ofAuto().allocate(rows * columns * Short.BYTES);
    for (long row = 0; row < rows; row++) {
      long length = columns * Short.BYTES;
      MemorySegment.copy(tensor.data(), row * stride, data, row * length, length);
    }
    List<Long> shape = matrix ? List.of(rows, columns) : List.of(columns);
    return new Tensor(tensor.name(), tensor.dtype(), shape, data);
  }

  private static long rows(String name, long all) {
    String[] parts = name.split("\\.");
    return switch (parts[parts.length - 2]) {
      case "q_proj" -> HEADS * HEAD_WIDTH;
      case "k_proj", "v_proj" -> KV_HEADS * HEAD_WIDTH;
      case "gate_proj", "up_proj" -> HIDDEN;
      case "o_proj", "down_proj" -> WIDTH;
      default -> all; // a row for every token
    };
  }

  /** A copy whose number at an index is another, if the name is the given one. */
  static UnaryOperator<Tensor> with(String name, int index, float value) {
    return tensor -> {
      if (!tensor.name().equals(name)) {
        return tensor;
      }
      byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
      short half = Float.floatToFloat16(value);
      bytes[2 * index] = (byte) half;
      bytes[2 * index + 1] = (byte) (half >> 8);
      return new Tensor(name, tensor.dtype(), tensor.shape(), MemorySegment.ofArray(bytes));
    };
  }

  /** A copy whose numbers are all the same. */
  static Tensor filled(Tensor tensor, float value) {
    byte[] bytes = new byte[Math.toIntExact(tensor.elements() * Short.BYTES)];
    short half = Float.floatToFloat16(value);
    for (int i = 0; i < bytes.length; i += Short.BYTES) {
      bytes[i] = (byte) half;
      bytes[i + 1] = (byte) (half >> 8);
    }
    return new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), MemorySegment.ofArray(bytes));
  }
}
