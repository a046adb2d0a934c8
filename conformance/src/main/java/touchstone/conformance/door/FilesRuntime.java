package touchstone.conformance.door;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import touchstone.checkpoint.FileFaults;
import touchstone.checkpoint.Safetensors;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Value;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.json.StrictJson;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * A runtime that was asked beforehand: a folder with a file for each vector that it answered.
 *
 * <pre>
 * manifest.json                    {"runtime": {"name", "version", "language"}, "profile": "f32"}
 * logits__pebble__x.safetensors    outputs by name, of vector logits/pebble/x
 * logits__pebble__x.npy            its one output
 * logits__pebble__x.json           {"result": {...}}, {"error": {...}} or {"skipped": {...}}, as a process answers
 * </pre>
 *
 * An output that is called {@code ids} is a list of whole numbers, in an array file too. A vector
 * without a file is skipped.
 */
public final class FilesRuntime implements RuntimeUnderTest {
  private static final String MANIFEST = "manifest.json";

  private final Path folder;
  private final RuntimeDescription description;

  private FilesRuntime(Path folder, RuntimeDescription description) {
    this.folder = folder;
    this.description = description;
  }

  /**
   * Opens a folder.
   *
   * @throws TouchstoneException MISSING without a manifest, PROTOCOL if that is not as agreed
   */
  public static FilesRuntime open(Path folder) {
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      throw TouchstoneException.of(
          Fault.MISSING, manifest, "no such file", "it says which runtime the files are of");
    }
    try {
      ObjectNode said = JsonNodeFactory.instance.objectNode();
      if (StrictJson.read(manifest, StrictJson.CONFIG_BYTES) instanceof ObjectNode read) {
        said.setAll(read);
      }
      if (!said.has("capabilities")) {
        Calls.names().forEach(said.putArray("capabilities")::add);
      }
      return new FilesRuntime(folder.toRealPath(), DescriptionJson.read(manifest.toString(), said));
    } catch (ProtocolException e) {
      throw TouchstoneException.because(
          Fault.PROTOCOL, "folder of results", e.getMessage(), "mend the manifest", e);
    } catch (IOException e) {
      throw FileFaults.reading(folder, e);
    }
  }

  /** The name of the file of a vector, less its ending. */
  static String fileName(String vector) {
    return vector.replace("/", "__");
  }

  @Override
  public RuntimeDescription description() {
    return description;
  }

  @Override
  public Reply run(Request request) {
    String name = fileName(request.vector());
    List<Path> files =
        Stream.of(".safetensors", ".npy", ".json")
            .map(ending -> folder.resolve(name + ending))
            .filter(Files::exists)
            .toList();
    if (files.isEmpty()) {
      return new Reply.Skipped("not dumped: there is no " + name + ".safetensors, .npy or .json");
    }
    if (files.size() > 1) {
      return new Reply.Broken("more than one file answers it: " + files);
    }
    try {
      return read(files.getFirst(), request.call());
    } catch (TouchstoneException | ProtocolException | ArithmeticException e) {
      return new Reply.Broken(e.getMessage());
    } catch (InternalError _) {
      return new Reply.Broken(files.getFirst() + " was cut short while it was read");
    }
  }

  private Reply read(Path file, String call) throws ProtocolException {
    String name = file.getFileName().toString();
    if (name.endsWith(".json")) {
      return Messages.outcome(
          StrictJson.read(file, StrictJson.TOKENIZER_BYTES), new ResultValues(folder));
    }
    if (name.endsWith(".safetensors")) {
      return arrays(file);
    }
    String output =
        Calls.oneOutput(call)
            .orElseThrow(
                () ->
                    new ProtocolException(
                        name + " holds one array, and " + call + " returns several things"));
    return new Reply.Result(Map.of(output, value(output, NpyFile.read(file))));
  }

  private static Reply arrays(Path file) throws ProtocolException {
    Map<String, Value> outputs = new LinkedHashMap<>();
    try (Safetensors tensors = Safetensors.open(file)) {
      for (Map.Entry<String, Tensor> tensor : tensors.tensors().entrySet()) {
        Tensor copy = ResultValues.copied(tensor.getValue());
        outputs.put(tensor.getKey(), value(tensor.getKey(), copy));
      }
    }
    if (outputs.isEmpty()) {
      throw new ProtocolException(file + " holds no tensor");
    }
    return new Reply.Result(outputs);
  }

  private static Value value(String output, Tensor tensor) {
    if (!output.equals("ids") || (tensor.dtype() != DType.I32 && tensor.dtype() != DType.I64)) {
      return new Value.Numbers(tensor);
    }
    ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    for (long i = 0; i < tensor.elements(); i++) {
      ids.add(tensor.dtype() == DType.I32 ? tensor.intAt(i) : Math.toIntExact(wide(tensor, i)));
    }
    return new Value.Data(ids);
  }

  private static long wide(Tensor tensor, long index) {
    ValueLayout.OfLong layout = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    return tensor.data().get(layout, index * Long.BYTES);
  }

  @Override
  public void close() {
    // Every file is closed once it has been read.
  }
}
