package touchstone.conformance.diagnosis;

import touchstone.tensor.Tensor;

/** Elements of tensors of the types that answers have. */
final class Numbers {
  private Numbers() {}

  static double at(Tensor tensor, long element) {
    return switch (tensor.dtype()) {
      case I32, U32 -> tensor.intAt(element);
      default -> tensor.doubleAt(element);
    };
  }
}
