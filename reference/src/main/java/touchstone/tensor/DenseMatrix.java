package touchstone.tensor;

/**
 * An unquantised weight matrix, row-major [rows, columns], F32, F16 or BF16: embeddings, the output
 * head, and every linear layer of a model that is not quantised.
 *
 * @param tensor the stored values
 */
public record DenseMatrix(Tensor tensor) implements WeightMatrix {
  public DenseMatrix {
    if (tensor.shape().size() != 2 || !tensor.dtype().isWeight()) {
      throw new IllegalArgumentException(
          "%s: a dense matrix is F32, F16 or BF16 [rows, columns], got %s %s"
              .formatted(tensor.name(), tensor.dtype(), tensor.shape()));
    }
    Math.toIntExact(tensor.shape().get(0));
    Math.toIntExact(tensor.shape().get(1));
  }

  @Override
  public int rows() {
    return Math.toIntExact(tensor.shape().get(0));
  }

  @Override
  public int columns() {
    return Math.toIntExact(tensor.shape().get(1));
  }

  @Override
  public float dequantise(int row, int column) {
    return tensor.floatAt((long) row * columns() + column);
  }

  /** Copies one row as floats. */
  public void copyRow(int row, float[] target, int offset) {
    tensor.copyFloats((long) row * columns(), target, offset, columns());
  }

  @Override
  public long storedBytes() {
    return tensor.data().byteSize();
  }
}
