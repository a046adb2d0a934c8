package touchstone.conformance.diagnosis;

import java.util.Arrays;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Elements of tensors of the types that answers have. */
final class Numbers {
  private Numbers() {}

  /** One element. */
  static double at(Tensor tensor, long element) {
    return tensor.dtype() == DType.I32 || tensor.dtype() == DType.U32
        ? tensor.intAt(element)
        : tensor.doubleAt(element);
  }

  /** All elements. */
  static double[] of(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.elements())];
    if (tensor.dtype() == DType.F32) {
      float[] floats = tensor.toFloats();
      Arrays.setAll(values, i -> floats[i]);
    } else {
      Arrays.setAll(values, i -> at(tensor, i));
    }
    return values;
  }
}
