package touchstone.app.cli;

import touchstone.tensor.WeightMatrix;

/**
 * A number of weights.
 *
 * @param parameters how many
 * @param bytes what they take as stored; vectors count as the floats that they are kept as
 */
record Weights(long parameters, long bytes) {
  static final Weights NONE = new Weights(0, 0);

  static Weights of(WeightMatrix matrix) {
    return new Weights((long) matrix.rows() * matrix.columns(), matrix.storedBytes());
  }

  static Weights of(float[] vector) {
    return new Weights(vector.length, (long) vector.length * Float.BYTES);
  }

  Weights plus(Weights more) {
    return new Weights(parameters + more.parameters, bytes + more.bytes);
  }

  double bitsPerWeight() {
    return (double) Byte.SIZE * bytes / parameters;
  }
}
