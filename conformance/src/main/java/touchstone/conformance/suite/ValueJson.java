package touchstone.conformance.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Values as JSON.
 *
 * <pre>
 * {"f32": [2, 3], "bits": "3f800000 ..."}            numbers, row-major, each as the hex of its bits
 * {"file": "/a/b.safetensors", "tensor": "y"}        numbers in a file
 * {"ids": [...], "values": numbers}                  numbers at some places
 * "f64:3fe0000000000000"                             one number, of an argument
 * anything else                                      itself
 * </pre>
 *
 * Every reader throws an {@link IllegalArgumentException}, with a sentence, where JSON is none of these.
 */
public final class ValueJson {
  /** Numbers with more elements than this stand in a file. */
  public static final int MOST_INLINE = 64;

  private static final Map<String, DType> INLINE =
      Map.of(
          "f16",
          DType.F16,
          "bf16",
          DType.BF16,
          "f32",
          DType.F32,
          "f64",
          DType.F64,
          "i32",
          DType.I32);

  private final TensorFiles files;

  /** Reads tensors of files from the given ones. */
  public ValueJson(TensorFiles files) {
    this.files = files;
  }

  /** Reads a value. */
  public Value read(JsonNode json) {
    if (json.has("ids") && json.has("values")) {
      return new Value.Sparse(ids(json.get("ids")), tensor(json.get("values")));
    }
    return isTensor(json) ? new Value.Numbers(tensor(json)) : new Value.Data(json);
  }

  /** A field called bits alone does not make a tensor: a model's configuration has one too. */
  private static boolean isTensor(JsonNode json) {
    return (json.has("bits") && inlineType(json).isPresent())
        || (json.has("file") && json.has("tensor"));
  }

  private static Optional<String> inlineType(JsonNode json) {
    return INLINE.keySet().stream().filter(json::has).findFirst();
  }

  /** Reads numbers. */
  public Tensor tensor(JsonNode json) {
    if (json.size() == 2 && json.path("file").isTextual() && json.path("tensor").isTextual()) {
      return files.tensor(Path.of(json.get("file").asText()), json.get("tensor").asText());
    }
    String type = inlineType(json).orElse("");
    if (json.size() != 2 || !json.path(type).isArray() || !json.path("bits").isTextual()) {
      throw new IllegalArgumentException("not a tensor: " + shortened(json));
    }
    return inline(INLINE.get(type), json.get(type), json.get("bits").asText());
  }

  private static Tensor inline(DType type, JsonNode shape, String bits) {
    List<Long> extents = new ArrayList<>();
    for (JsonNode extent : shape) {
      if (!extent.isIntegralNumber() || !extent.canConvertToInt() || extent.intValue() < 0) {
        throw new IllegalArgumentException("not a shape: " + shortened(shape));
      }
      extents.add(extent.longValue());
    }
    String[] words = bits.isBlank() ? new String[0] : bits.trim().split("\\s+");
    byte[] data = new byte[Math.multiplyExact(words.length, type.bytes())];
    for (int i = 0; i < words.length; i++) {
      if (!words[i].matches("[0-9a-fA-F]{%d}".formatted(2 * type.bytes()))) {
        throw new IllegalArgumentException("not the bits of a %s: %s".formatted(type, words[i]));
      }
      long word = Long.parseUnsignedLong(words[i], 16);
      for (int b = 0; b < type.bytes(); b++) {
        data[i * type.bytes() + b] = (byte) (word >>> (8 * b));
      }
    }
    return new Tensor("inline", type, extents, MemorySegment.ofArray(data));
  }

  /** Reads one number written as {@code f32:hex} or {@code f64:hex}. */
  public static double real(String text) {
    return switch (text.substring(0, Math.min(4, text.length()))) {
      case "f32:" -> Float.intBitsToFloat(Integer.parseUnsignedInt(text.substring(4), 16));
      case "f64:" -> Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(4), 16));
      default -> throw new IllegalArgumentException("not a number's bits: " + text);
    };
  }

  /** Reads token ids. */
  public static int[] ids(JsonNode json) {
    if (!json.isArray()) {
      throw new IllegalArgumentException("not a list of ids: " + shortened(json));
    }
    int[] ids = new int[json.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!json.get(i).isIntegralNumber() || !json.get(i).canConvertToInt()) {
        throw new IllegalArgumentException("not an id: " + shortened(json.get(i)));
      }
      ids[i] = json.get(i).intValue();
    }
    return ids;
  }

  /**
   * Writes a value.
   *
   * @param file where numbers of more than {@value #MOST_INLINE} elements go; each file takes one
   */
  public static JsonNode write(Value value, Path file) {
    return switch (value) {
      case Value.Data(JsonNode json) -> json;
      case Value.Numbers(Tensor tensor) -> write(tensor, file);
      case Value.Sparse(int[] ids, Tensor values) -> {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (int id : ids) {
          node.withArray("/ids").add(id);
        }
        yield node.set("values", write(values, file));
      }
    };
  }

  private static ObjectNode write(Tensor tensor, Path file) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    Optional<String> type = inlineName(tensor.dtype());
    if (type.isEmpty() || tensor.elements() > MOST_INLINE) {
      String name = "value";
      SafetensorsWriter.write(
          file, Map.of(), List.of(new Tensor(name, tensor.dtype(), tensor.shape(), tensor.data())));
      return node.put("file", file.toAbsolutePath().toString()).put("tensor", name);
    }
    tensor.shape().forEach(node.withArray("/" + type.get())::add);
    if (tensor.shape().isEmpty()) {
      node.putArray(type.get());
    }
    return node.put("bits", bits(tensor));
  }

  private static Optional<String> inlineName(DType type) {
    String name = type.name().toLowerCase(Locale.ROOT);
    return INLINE.containsKey(name) ? Optional.of(name) : Optional.empty();
  }

  private static String bits(Tensor tensor) {
    int width = tensor.dtype().bytes();
    StringBuilder words = new StringBuilder();
    for (long i = 0; i < tensor.elements(); i++) {
      words.append(i == 0 ? "" : " ");
      for (int b = width - 1; b >= 0; b--) {
        byte octet = tensor.data().get(ValueLayout.JAVA_BYTE, i * width + b);
        words.append("%02x".formatted(octet));
      }
    }
    return words.toString();
  }

  private static String shortened(JsonNode json) {
    String text = json.toString();
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
