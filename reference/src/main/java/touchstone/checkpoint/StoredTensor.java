package touchstone.checkpoint;

import java.nio.file.Path;
import touchstone.tensor.Tensor;

/**
 * A tensor and the file that it lies in.
 *
 * @param tensor its name, type, shape and data
 * @param file the file
 */
public record StoredTensor(Tensor tensor, Path file) {
  /** Bytes that it takes in the file. */
  public long bytes() {
    return tensor.data().byteSize();
  }
}
