package touchstone.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import touchstone.checkpoint.Safetensors;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.tensor.Tensor;

/** A copy of a model of the golden data, to be damaged. */
record BentModel(Path directory) {
  private static final String WEIGHTS = "model.safetensors";

  static BentModel copyOf(String model, Path directory) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(GoldenData.path("models").resolve(model))) {
      for (Path file : files) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
      return new BentModel(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BentModel delete(String file) {
    try {
      Files.delete(directory.resolve(file));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BentModel write(String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BentModel cut(String file, long bytes) {
    try (FileChannel channel =
        FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BentModel json(String file, Consumer<ObjectNode> change) {
    JsonNode node = StrictJson.read(directory.resolve(file), StrictJson.CONFIG_BYTES);
    change.accept((ObjectNode) node);
    return write(file, node.toString());
  }

  BentModel without(String tensor) {
    return tensors(all -> all.stream().filter(each -> !each.name().equals(tensor)).toList());
  }

  /** Changes one tensor, whose bytes may be written to. */
  BentModel tensor(String name, UnaryOperator<Tensor> change) {
    return tensors(
        all ->
            all.stream()
                .map(each -> each.name().equals(name) ? change.apply(each) : each)
                .toList());
  }

  private BentModel tensors(UnaryOperator<List<Tensor>> change) {
    List<Tensor> copies = new ArrayList<>();
    try (Safetensors file = Safetensors.open(directory.resolve(WEIGHTS))) {
      for (Tensor tensor : file.tensors().values()) {
        byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        copies.add(
            new Tensor(
                tensor.name(), tensor.dtype(), tensor.shape(), MemorySegment.ofArray(bytes)));
      }
    }
    List<Tensor> changed = change.apply(copies);
    SafetensorsWriter.write(directory.resolve(WEIGHTS), Map.of("format", "pt"), changed);
    return this;
  }

  Outcome inspect(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("inspect", "-m", directory.toString()));
    arguments.addAll(List.of(flags));
    return Outcome.of(arguments.toArray(String[]::new));
  }
}
