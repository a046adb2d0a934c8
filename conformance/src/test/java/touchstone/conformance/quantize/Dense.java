package touchstone.conformance.quantize;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** The first layers of murmur, a dense model with a tokenizer, in a folder of their own. */
final class Dense {
  static final int LAYERS = 3;
  private static final Path MURMUR = GoldenData.path("models/murmur");

  private Dense() {}

  static Path model(Path directory) {
    return model(directory, tensor -> tensor);
  }

  /** As above, with tensors changed. */
  static Path model(Path directory, UnaryOperator<Tensor> change) {
    try (Safetensors all = Safetensors.open(MURMUR.resolve("model.safetensors"))) {
      Files.createDirectories(directory);
      for (String name : new String[] {"tokenizer.model", "generation_config.json"}) {
        Files.copy(MURMUR.resolve(name), directory.resolve(name));
      }
      ObjectNode config =
          (ObjectNode) StrictJson.read(MURMUR.resolve("config.json"), StrictJson.CONFIG_BYTES);
      config.put("num_hidden_layers", LAYERS);
      Files.writeString(directory.resolve("config.json"), config.toString());
      Map<String, Tensor> kept = new LinkedHashMap<>();
      all.tensors().values().stream()
          .filter(tensor -> isKept(tensor.name()))
          .forEach(tensor -> kept.put(tensor.name(), change.apply(tensor)));
      SafetensorsWriter.write(
          directory.resolve("model.safetensors"),
          Map.of("format", "pt"),
          List.copyOf(kept.values()));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isKept(String name) {
    return !name.startsWith("model.layers.") || Integer.parseInt(name.split("\\.")[2]) < LAYERS;
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
