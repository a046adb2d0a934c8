package touchstone.conformance.mutant;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.quantize.QuantiserSettings;

/**
 * The steps of a quantiser that can be got wrong. Each is what AutoGPTQ does; a mistake replaces one.
 *
 * @source AutoGPTQ v0.4.2 gptq.py and quantizer.py
 */
interface QuantiserSteps {
  /** Every step as it should be. */
  QuantiserSteps RIGHT = new QuantiserSteps() {};

  /** What the layer sees, each sequence [tokens][inputs]. */
  default List<double[][]> seen(List<double[][]> sequences) {
    return sequences;
  }

  /** What a sequence's sum of x xT counts in the Hessian. */
  default double share(int sequence, int sequences) {
    return 2.0 / sequences;
  }

  /** Whether inputs that were never active are silenced before a grid for all inputs is fitted. */
  default boolean silencesFirst() {
    return false;
  }

  /** Whether the Hessian is damped before inputs that were never active are looked for. */
  default boolean dampsFirst() {
    return false;
  }

  /** Whether errors are passed on. */
  default boolean passesOn() {
    return true;
  }

  /** Whether a group's grid sees the errors passed on in its own block of inputs. */
  default boolean gridSeesBlock() {
    return false;
  }

  /** The least weight of a symmetric grid. */
  default double least(double min, double max) {
    return min < 0 ? -max : min;
  }

  /** Distance of two values. */
  default double scale(double min, double max, QuantiserSettings settings) {
    return (max - min) / settings.maxCode();
  }

  /** To a whole number. */
  default double round(double value) {
    return Math.rint(value);
  }

  /** Inputs in the order of act-order. */
  default int[] order(double[] diagonal) {
    return sorted(diagonal, Comparator.comparing((Integer input) -> -diagonal[input]));
  }

  /** Inputs by an order that keeps equals as they are. */
  static int[] sorted(double[] diagonal, Comparator<Integer> order) {
    return IntStream.range(0, diagonal.length)
        .boxed()
        .sorted(order)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The group of the input at a place. */
  default int group(int place, int input, int size, boolean isStatic) {
    return (isStatic ? input : place) / size;
  }

  /** Upper triangular U with {@code h^-1 = UT U}. */
  default double[][] factor(double[][] h) {
    return Triangles.transposed(Triangles.cholesky(Triangles.inverse(h)));
  }
}
