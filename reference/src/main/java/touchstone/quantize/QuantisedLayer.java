package touchstone.quantize;

import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.Kernels;
import touchstone.tensor.DenseMatrix;

/**
 * The codes of a layer and the grids they count on.
 *
 * <pre>
 * Q[n, k] = scale[g, n] * (code[n, k] - zero[g, n])        g = groupOf(k)
 * </pre>
 *
 * @shapes code [outputs, inputs], scale and zero [groups, outputs]
 * @numerics scales are found in fp32 and stored in F16
 * @rules QUANT-10 QUANT-11
 */
public final class QuantisedLayer {
  private final String name;
  private final QuantiserSettings settings;
  private final byte[] codes; // [outputs, inputs]
  private final Grids grids;
  private final int[] groupOf; // [inputs]
  private final double loss;

  QuantisedLayer(
      String name,
      QuantiserSettings settings,
      byte[] codes,
      Grids grids,
      int[] groupOf,
      double loss) {
    this.name = name;
    this.settings = settings;
    this.codes = codes;
    this.grids = grids;
    this.groupOf = groupOf;
    this.loss = loss;
    requireStorableScales();
  }

  private void requireStorableScales() {
    for (int group = 0; group < groups(); group++) {
      for (int output = 0; output < outputs(); output++) {
        if (!Float.isFinite(scale(group, output))) {
          throw TouchstoneException.of(
              Fault.FORMAT,
              name,
              "scale %s of group %d, output %d"
                  .formatted(grids.at(group, output).scale(), group, output),
              "scales are stored in F16, up to 65504; the weights are damaged");
        }
      }
    }
  }

  /** The settings it was made with. */
  public QuantiserSettings settings() {
    return settings;
  }

  /** Number of outputs. */
  public int outputs() {
    return grids.outputs();
  }

  /** Number of inputs. */
  public int inputs() {
    return groupOf.length;
  }

  /** Number of groups. */
  public int groups() {
    return grids.groups();
  }

  /** The code of one weight; inputs in natural order. */
  public int code(int output, int input) {
    return Byte.toUnsignedInt(codes[output * inputs() + input]);
  }

  /** The grid of one group and output as it was found, before its scale is stored. */
  Grid grid(int group, int output) {
    return grids.at(group, output);
  }

  /** The scale of one group and output as it is stored, an F16 value. */
  public float scale(int group, int output) {
    return Float.float16ToFloat(Float.floatToFloat16(grids.at(group, output).scale()));
  }

  /** The zero point of one group and output. */
  public int zero(int group, int output) {
    return grids.at(group, output).zero();
  }

  /** The group that an input belongs to. */
  public int groupOf(int input) {
    return groupOf[input];
  }

  /**
   * Half the sum of the squared errors that the solver passed on, which AutoGPTQ logs. It is half the
   * error of the layer on a damped Hessian; of weights rounded to nearest, on one of 1 and 0.
   */
  public double loss() {
    return loss;
  }

  /**
   * The layer's error on the calibration inputs, {@code 2/n * ||WX - QX||^2 = trace((W-Q) H (W-Q)T)},
   * of the weights as they are stored.
   *
   * @param weight W
   */
  public double error(DenseMatrix weight, Hessian hessian, Kernels kernels) {
    Matrix lower = hessian.lower();
    Matrix difference = difference(weight);
    Matrix products = difference.timesTransposed(lower, kernels); // of elements up to the diagonal
    double sum = 0;
    for (int output = 0; output < outputs(); output++) {
      for (int input = 0; input < inputs(); input++) {
        double d = difference.at(output, input);
        sum += d * (2.0 * products.at(output, input) - lower.at(input, input) * d);
      }
    }
    return sum;
  }

  /** {@code W - Q}. */
  private Matrix difference(DenseMatrix weight) {
    Matrix difference = Matrix.zeros(outputs(), inputs());
    float[] values = difference.values();
    for (int output = 0; output < outputs(); output++) {
      weight.copyRow(output, values, difference.index(output, 0));
      for (int input = 0; input < inputs(); input++) {
        int group = groupOf[input];
        values[difference.index(output, input)] -=
            scale(group, output) * (code(output, input) - zero(group, output));
      }
    }
    return difference;
  }

  /**
   * The weights that AutoGPTQ goes on with while it quantises later layers: {@code Q} with scales
   * before they are stored, rounded to F16, [outputs, inputs].
   */
  public DenseMatrix simulated() {
    short[] halves = new short[codes.length];
    for (int output = 0; output < outputs(); output++) {
      for (int input = 0; input < inputs(); input++) {
        float value = grid(groupOf[input], output).value(code(output, input));
        halves[output * inputs() + input] = Float.floatToFloat16(value);
      }
    }
    return new DenseMatrix(PackedLayer.halves(name, halves, outputs(), inputs()));
  }

  /** The four tensors as they are stored, with names that begin with the module's. */
  public PackedLayer pack(String module) {
    return PackedLayer.of(module, this);
  }
}
