package touchstone.conformance.suite;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import touchstone.checkpoint.Safetensors;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/** Safetensors files that values refer to, each opened once; tensors are valid until this is closed. */
public final class TensorFiles implements AutoCloseable {
  private final Map<Path, Safetensors> open = new HashMap<>();

  /** No file open yet. */
  public TensorFiles() {}

  /**
   * A tensor of a file.
   *
   * @throws TouchstoneException if there is no such file or no such tensor in it
   */
  public synchronized Tensor tensor(Path file, String name) {
    Tensor tensor = open.computeIfAbsent(file, Safetensors::open).tensors().get(name);
    if (tensor == null) {
      throw TouchstoneException.of(
          Fault.MISSING, file, "no tensor " + name, "name one that the file holds");
    }
    return tensor;
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Safetensors::close);
    open.clear();
  }
}
