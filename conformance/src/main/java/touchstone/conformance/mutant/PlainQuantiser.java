package touchstone.conformance.mutant;

import java.util.List;
import java.util.stream.IntStream;
import touchstone.conformance.own.Quantiser;
import touchstone.gptq.GptqConfig;
import touchstone.quantize.QuantiserSettings;
import touchstone.tensor.Activations;
import touchstone.tensor.DenseMatrix;

/**
 * GPTQ in plain loops and double, with steps that may be replaced.
 *
 * @param steps what may be wrong
 */
record PlainQuantiser(QuantiserSteps steps) implements Quantiser {
  private static final int BLOCK = 128;

  @Override
  public Quantised quantise(
      DenseMatrix weight, List<Activations> sequences, QuantiserSettings settings) {
    return new Run(steps, settings, weights(weight)).quantise(rows(sequences));
  }

  private static double[][] weights(DenseMatrix weight) {
    double[][] w = new double[weight.rows()][];
    for (int output = 0; output < w.length; output++) {
      float[] row = new float[weight.columns()];
      weight.copyRow(output, row, 0);
      w[output] = doubles(row, 0, row.length);
    }
    return w;
  }

  private static List<double[][]> rows(List<Activations> sequences) {
    return sequences.stream()
        .map(
            x ->
                IntStream.range(0, x.rows())
                    .mapToObj(token -> doubles(x.values(), x.start(token), x.columns()))
                    .toArray(double[][]::new))
        .toList();
  }

  private static double[] doubles(float[] values, int from, int count) {
    return IntStream.range(from, from + count).mapToDouble(i -> values[i]).toArray();
  }

  /** The quantisation of one layer; weights are overwritten. */
  private static final class Run {
    private final QuantiserSteps steps;
    private final QuantiserSettings settings;
    private final double[][] w; // [outputs][inputs]
    private final int inputs;
    private final int size; // of a group
    private final PlainGrid[][] grids; // [groups][outputs]
    private final int[][] codes; // [inputs][outputs]
    private final int[] groupOf; // [inputs]

    Run(QuantiserSteps steps, QuantiserSettings settings, double[][] w) {
      this.steps = steps;
      this.settings = settings;
      this.w = w;
      this.inputs = w[0].length;
      this.size = settings.groupSize(inputs);
      this.grids = new PlainGrid[settings.groups(inputs)][w.length];
      this.codes = new int[inputs][w.length];
      this.groupOf = new int[inputs];
    }

    Quantised quantise(List<double[][]> sequences) {
      double[][] h = hessian(steps.seen(sequences));
      double[] diagonal = diagonal(h);
      int[] order =
          settings.actOrder() ? steps.order(diagonal) : IntStream.range(0, inputs).toArray();
      feedBack(order, steps.factor(ordered(h, order)));
      return result(order);
    }

    private double[][] hessian(List<double[][]> sequences) {
      double[][] h = new double[inputs][inputs];
      for (int i = 0; i < sequences.size(); i++) {
        double share = steps.share(i, sequences.size());
        for (double[] x : sequences.get(i)) {
          for (int row = 0; row < inputs; row++) {
            for (int column = 0; column < inputs; column++) {
              h[row][column] += share * x[row] * x[column];
            }
          }
        }
      }
      return h;
    }

    /** What act-order looks at; H is damped, and inputs that were never active are silenced. */
    private double[] diagonal(double[][] h) {
      boolean one = settings.groupSize() == GptqConfig.NO_GROUPS;
      if (one && !steps.silencesFirst()) {
        findAll();
      }
      if (steps.dampsFirst()) {
        damp(h);
      }
      double[] diagonal = IntStream.range(0, inputs).mapToDouble(i -> silenced(h, i)).toArray();
      if ((one && steps.silencesFirst()) || (!one && settings.staticGroups())) {
        findAll();
      }
      if (!steps.dampsFirst()) {
        damp(h);
      }
      return diagonal;
    }

    private void damp(double[][] h) {
      double mean = IntStream.range(0, inputs).mapToDouble(i -> h[i][i]).sum() / inputs;
      for (int i = 0; i < inputs; i++) {
        h[i][i] += settings.damp() * mean;
      }
    }

    private double silenced(double[][] h, int input) {
      if (h[input][input] == 0) {
        h[input][input] = 1;
        for (double[] row : w) {
          row[input] = 0;
        }
      }
      return h[input][input];
    }

    private void findAll() {
      for (int group = 0; group < grids.length; group++) {
        for (int output = 0; output < w.length; output++) {
          grids[group][output] = grid(w[output], group * size);
        }
      }
    }

    private PlainGrid grid(double[] row, int from) {
      int end = Math.min(from + size, row.length);
      return PlainGrid.find(IntStream.range(from, end).mapToDouble(i -> row[i]), steps, settings);
    }

    private static double[][] ordered(double[][] h, int[] order) {
      return IntStream.of(order)
          .mapToObj(row -> IntStream.of(order).mapToDouble(column -> h[row][column]).toArray())
          .toArray(double[][]::new);
    }

    private void feedBack(int[] order, double[][] u) {
      for (int output = 0; output < w.length; output++) {
        double[] seen = w[output];
        double[] row = IntStream.of(order).mapToDouble(input -> seen[input]).toArray();
        quantise(output, row, order, u);
      }
    }

    /** One output. A grid sees the weights as they were when its block of inputs began. */
    private void quantise(int output, double[] row, int[] order, double[][] u) {
      double[] atBlock = row;
      boolean fixed = settings.staticGroups() || settings.groupSize() == GptqConfig.NO_GROUPS;
      for (int place = 0; place < inputs; place++) {
        atBlock = place % BLOCK == 0 ? row.clone() : atBlock;
        int input = order[place];
        int group = steps.group(place, input, size, settings.staticGroups());
        if (!fixed && place % size == 0) {
          grids[group][output] = grid(steps.gridSeesBlock() ? row : atBlock, place);
        }
        PlainGrid grid = grids[group][output];
        int code = grid.code(row[place]);
        groupOf[input] = group;
        codes[input][output] = code;
        double error = (row[place] - grid.value(code)) / u[place][place];
        for (int behind = place + 1; steps.passesOn() && behind < inputs; behind++) {
          row[behind] -= error * u[place][behind];
        }
      }
    }

    private Quantised result(int[] order) {
      int count = grids.length * w.length;
      int[] zeros = new int[count];
      float[] scales = new float[count];
      for (int i = 0; i < count; i++) {
        PlainGrid grid = grids[i / w.length][i % w.length];
        zeros[i] = grid.zero();
        scales[i] = Float.float16ToFloat(Float.floatToFloat16((float) grid.scale()));
      }
      int[] flat = IntStream.range(0, inputs).flatMap(i -> IntStream.of(codes[i])).toArray();
      return new Quantised(flat, zeros, scales, groupOf, order);
    }
  }
}
