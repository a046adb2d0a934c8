package touchstone.tensor;

import touchstone.gptq.GptqMatrix;

/**
 * The weight of a linear layer, {@code y = x W^T}: {@code rows} outputs by {@code columns} inputs,
 * in one of the stored layouts. Every layout defines each of its weights exactly.
 */
public sealed interface WeightMatrix permits DenseMatrix, GptqMatrix {
  /** Number of outputs. */
  int rows();

  /** Number of inputs. */
  int columns();

  /** The weight from input {@code column} to output {@code row}, rounded once to a float if need be. */
  float dequantise(int row, int column);

  /** Bytes that the matrix takes as stored. */
  long storedBytes();
}
