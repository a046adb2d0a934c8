package touchstone.checkpoint;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/** Hands out the tensors of a checkpoint, remembers which were taken, and says where they lie. */
final class TensorSource {
  private final WeightFiles weights;
  private final Set<String> taken = new HashSet<>();

  TensorSource(WeightFiles weights) {
    this.weights = weights;
  }

  boolean has(String name) {
    return weights.tensors().containsKey(name);
  }

  /** A tensor that may be absent. */
  Optional<Tensor> take(String name) {
    Optional<Tensor> tensor = weights.tensor(name);
    tensor.ifPresent(_ -> taken.add(name));
    return tensor;
  }

  /**
   * A tensor that must be there.
   *
   * @param reason why, for the message
   */
  Tensor require(String name, String reason) {
    return take(name)
        .orElseThrow(() -> TouchstoneException.of(Fault.FORMAT, place(name), "missing", reason));
  }

  /** A tensor of floating-point numbers that must be there in the given shape. */
  Tensor requireWeights(String name, List<Long> shape) {
    Tensor tensor = require(name, "config.json asks for it; are all files of the model here?");
    if (!tensor.dtype().isWeight()) {
      throw TouchstoneException.of(
          Fault.FORMAT, place(name), "dtype " + tensor.dtype(), "weights are F32, F16 or BF16");
    }
    if (!tensor.shape().equals(shape)) {
      throw TouchstoneException.of(
          Fault.FORMAT, place(name), "shape " + tensor.shape(), "config.json asks for " + shape);
    }
    return tensor;
  }

  /** The file and name of a tensor; for one that is missing, the file that should lead to it. */
  String place(String name) {
    return weights.placeOf(name) + ": tensor '" + name + "'";
  }

  /** The names of all tensors that were not taken, in the order of the files. */
  List<String> untaken() {
    return weights.tensors().keySet().stream().filter(name -> !taken.contains(name)).toList();
  }
}
