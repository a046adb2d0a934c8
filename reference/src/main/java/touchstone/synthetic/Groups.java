package touchstone.synthetic;

import java.util.Arrays;

/**
 * The groups of a matrix's inputs.
 *
 * <pre>
 * groupOf(k) = k / groupSize, or with act-order rank(k) / groupSize
 * </pre>
 *
 * The rank of an input is the number of inputs with smaller draws, read as unsigned. No two draws are
 * equal; see {@link Draws}.
 *
 * @rules SYNTH-4
 */
final class Groups {
  private Groups() {}

  /** Consecutive groups. */
  static int[] sequential(int inputs, int groupSize) {
    int[] groupOf = new int[inputs];
    Arrays.setAll(groupOf, input -> input / groupSize);
    return groupOf;
  }

  /** Groups by rank. */
  static int[] ranked(Draws draws, int inputs, int groupSize) {
    long[] ordered = new long[inputs]; // unsigned order as signed
    Arrays.setAll(ordered, input -> draws.at(input) ^ Long.MIN_VALUE);
    long[] sorted = ordered.clone();
    Arrays.sort(sorted);
    int[] groupOf = new int[inputs];
    Arrays.setAll(groupOf, input -> Arrays.binarySearch(sorted, ordered[input]) / groupSize);
    return groupOf;
  }
}
