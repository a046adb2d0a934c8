package touchstone.quantize;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

/** Layers to quantise and inputs to calibrate them with, from a seed. */
final class Layers {
  private Layers() {}

  static QuantiserSettings settings(int bits, int groupSize) {
    return new QuantiserSettings(
        bits, groupSize, false, false, true, false, 0.01, ZeroPointFormat.V1);
  }

  static QuantiserSettings whole(int bits) {
    return settings(bits, GptqConfig.NO_GROUPS);
  }

  static QuantiserSettings actOrder(QuantiserSettings s, boolean staticGroups) {
    return new QuantiserSettings(
        s.bits(),
        s.groupSize(),
        true,
        staticGroups,
        s.symmetric(),
        s.meanSquaredError(),
        s.damp(),
        s.zeroPoints());
  }

  static QuantiserSettings asymmetric(QuantiserSettings s, ZeroPointFormat zeroPoints) {
    return new QuantiserSettings(
        s.bits(),
        s.groupSize(),
        s.actOrder(),
        s.staticGroups(),
        false,
        s.meanSquaredError(),
        s.damp(),
        zeroPoints);
  }

  static QuantiserSettings leastError(QuantiserSettings s) {
    return new QuantiserSettings(
        s.bits(),
        s.groupSize(),
        s.actOrder(),
        s.staticGroups(),
        s.symmetric(),
        true,
        s.damp(),
        s.zeroPoints());
  }

  static QuantiserSettings damped(QuantiserSettings s, double damp) {
    return new QuantiserSettings(
        s.bits(),
        s.groupSize(),
        s.actOrder(),
        s.staticGroups(),
        s.symmetric(),
        s.meanSquaredError(),
        damp,
        s.zeroPoints());
  }

  /** A weight that shares the array. */
  static DenseMatrix weight(int outputs, int inputs, float... values) {
    return new DenseMatrix(
        new Tensor(
            "layer.weight",
            DType.F32,
            List.of((long) outputs, (long) inputs),
            MemorySegment.ofArray(values)));
  }

  static float[] gaussian(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Inputs of one sequence that have a common part, of a strength of its own for each feature. */
  static Activations inputs(int tokens, int columns, float common, long seed) {
    float[] values = gaussian(tokens * columns, seed);
    float[] strength = gaussian(columns, ~seed);
    float[] part = gaussian(tokens, seed + 1);
    for (int i = 0; i < values.length; i++) {
      int column = i % columns;
      values[i] = values[i] * (1 + column % 5) + common * part[i / columns] * strength[column];
    }
    return new Activations(values, 0, tokens, columns);
  }

  static Hessian hessian(Activations... sequences) {
    Hessian hessian = new Hessian("layer", sequences[0].columns(), new PlainKernels(1));
    for (Activations sequence : sequences) {
      hessian.add(sequence);
    }
    return hessian;
  }

  /** {@code (W - Q) H (W - Q)T} of one output in double, scales as they were found. */
  static double error(DenseMatrix weight, QuantisedLayer layer, double[][] hessian, int output) {
    double[] difference = new double[layer.inputs()];
    for (int input = 0; input < difference.length; input++) {
      Grid grid = layer.grid(layer.groupOf(input), output);
      difference[input] =
          (double) weight.dequantise(output, input) - grid.value(layer.code(output, input));
    }
    double sum = 0;
    for (int i = 0; i < difference.length; i++) {
      for (int j = 0; j < difference.length; j++) {
        sum += difference[i] * hessian[i][j] * difference[j];
      }
    }
    return sum;
  }

  /** H in double, damped: as the solver sees it, dead inputs included. */
  static double[][] dampedHessian(Hessian hessian, double damp) {
    int n = hessian.columns();
    double[][] h = new double[n][n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        h[i][j] = hessian.at(i, j);
      }
      h[i][i] = h[i][i] == 0 ? 1 : h[i][i];
      mean += h[i][i] / n;
    }
    for (int i = 0; i < n; i++) {
      h[i][i] += damp * mean;
    }
    return h;
  }

  static double[][] hessian(Hessian hessian) {
    double[][] h = new double[hessian.columns()][hessian.columns()];
    for (int i = 0; i < h.length; i++) {
      for (int j = 0; j < h.length; j++) {
        h[i][j] = hessian.at(i, j);
      }
    }
    return h;
  }
}
