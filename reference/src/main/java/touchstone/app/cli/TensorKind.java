package touchstone.app.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import touchstone.checkpoint.StoredTensor;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/**
 * Tensors that differ only in their layer.
 *
 * @param name with {@code *} for the layer number
 * @param count how many there are
 * @param bytes all of them together
 */
record TensorKind(String name, DType dtype, List<Long> shape, int count, long bytes) {

  /** One line per kind, in the order of first appearance; or one per tensor. */
  static Collection<TensorKind> group(Collection<StoredTensor> tensors, boolean all) {
    Map<String, TensorKind> kinds = new LinkedHashMap<>();
    for (StoredTensor stored : tensors) {
      Tensor tensor = stored.tensor();
      String name =
          all ? tensor.name() : tensor.name().replaceFirst("\\.layers\\.\\d+\\.", ".layers.*.");
      kinds.merge(
          name + tensor.dtype() + tensor.shape(),
          new TensorKind(name, tensor.dtype(), tensor.shape(), 1, stored.bytes()),
          (a, b) -> new TensorKind(a.name, a.dtype, a.shape, a.count + b.count, a.bytes + b.bytes));
    }
    return kinds.values();
  }
}
