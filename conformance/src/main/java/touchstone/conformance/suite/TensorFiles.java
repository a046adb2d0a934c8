package touchstone.conformance.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import touchstone.checkpoint.FileFaults;
import touchstone.checkpoint.Safetensors;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/** Safetensors files that values refer to, each opened once; tensors are valid until this is closed. */
public final class TensorFiles implements AutoCloseable {
  private final Map<Path, Safetensors> open = new HashMap<>();

  private final Optional<Path> folder;

  /** Any file; none is open yet. */
  public TensorFiles() {
    this.folder = Optional.empty();
  }

  private TensorFiles(Path folder) {
    this.folder = Optional.of(folder);
  }

  /** Files that lie below a folder, links followed; for names that come from outside. */
  public static TensorFiles below(Path folder) {
    return new TensorFiles(folder);
  }

  /**
   * A tensor of a file.
   *
   * @throws TouchstoneException if there is no such file or no such tensor in it, or the file lies
   *     where it may not
   */
  public synchronized Tensor tensor(Path file, String name) {
    folder.ifPresent(allowed -> requireBelow(allowed, file));
    Tensor tensor = open.computeIfAbsent(file, Safetensors::open).tensors().get(name);
    if (tensor == null) {
      throw TouchstoneException.of(
          Fault.MISSING, file, "no tensor " + name, "name one that the file holds");
    }
    return tensor;
  }

  private static void requireBelow(Path folder, Path file) {
    try {
      if (!file.isAbsolute() || !file.toRealPath().startsWith(folder.toRealPath())) {
        throw TouchstoneException.of(
            Fault.PERMISSION, file, "not below " + folder, "name a file there, by its whole path");
      }
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Safetensors::close);
    open.clear();
  }
}
