package touchstone.quantize;

import touchstone.kernels.Kernels;
import touchstone.tensor.DenseMatrix;

/** The codes of a layer and the grids they count on. */
public final class QuantisedLayer {
  private QuantisedLayer() {}

  /** The settings it was made with. */
  public QuantiserSettings settings() {
    throw new UnsupportedOperationException();
  }

  /** Number of outputs. */
  public int outputs() {
    throw new UnsupportedOperationException();
  }

  /** Number of inputs. */
  public int inputs() {
    throw new UnsupportedOperationException();
  }

  /** Number of groups. */
  public int groups() {
    throw new UnsupportedOperationException();
  }

  /** The code of one weight; inputs in natural order. */
  public int code(int output, int input) {
    throw new UnsupportedOperationException();
  }

  /** The scale of one group and output as it is stored, an F16 value. */
  public float scale(int group, int output) {
    throw new UnsupportedOperationException();
  }

  /** The zero point of one group and output. */
  public int zero(int group, int output) {
    throw new UnsupportedOperationException();
  }

  /** The group that an input belongs to. */
  public int groupOf(int input) {
    throw new UnsupportedOperationException();
  }

  /** The error that the solver made, half the sum of squares: what AutoGPTQ logs; NaN for RTN. */
  public double loss() {
    throw new UnsupportedOperationException();
  }

  /**
   * The layer's error on the calibration inputs, {@code 2/n * ||WX - QX||^2 = trace((W-Q) H (W-Q)T)},
   * of the weights as they are stored.
   */
  public double error(DenseMatrix weight, Hessian hessian, Kernels kernels) {
    throw new UnsupportedOperationException();
  }

  /**
   * The weights that AutoGPTQ goes on with while it quantises later layers: {@code scale * (code -
   * zero)} with the scale before it was rounded, F16, [outputs, inputs].
   */
  public DenseMatrix simulated(String name) {
    throw new UnsupportedOperationException();
  }

  /** The four tensors as they are stored. */
  public PackedLayer pack(String module) {
    throw new UnsupportedOperationException();
  }
}
