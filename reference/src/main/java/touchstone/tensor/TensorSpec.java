package touchstone.tensor;

import java.util.List;
import java.util.Objects;

/**
 * A tensor without its numbers: what the header of a file says of it.
 *
 * @param name its name in the checkpoint
 * @param dtype element type
 * @param shape extents, outermost first; empty for a scalar
 */
public record TensorSpec(String name, DType dtype, List<Long> shape) {
  public TensorSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    shape = List.copyOf(shape);
    bytes(dtype, shape);
  }

  /** The description of a tensor that there is. */
  public static TensorSpec of(Tensor tensor) {
    return new TensorSpec(tensor.name(), tensor.dtype(), tensor.shape());
  }

  /** Bytes that its numbers take. */
  public long bytes() {
    return bytes(dtype, shape);
  }

  private static long bytes(DType dtype, List<Long> shape) {
    long bytes = dtype.bytes();
    for (long extent : shape) {
      bytes = Math.multiplyExact(bytes, extent);
    }
    return bytes;
  }
}
