package touchstone.llama;

import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

/**
 * Consecutive tokens of one sequence within a pass: rows {@code row} to {@code row + tokens - 1}.
 *
 * @param sequence the cache of the sequence; it grows only after the pass
 * @param row first row of the segment
 * @param tokens number of rows
 */
record Segment(KeyValueCache sequence, int row, int tokens) {

  /** Position of the first token in its sequence. */
  int position() {
    return sequence.length();
  }

  /** The keys and values of the sequence in one layer. */
  KeyValues cache(int layer) {
    return sequence.layer(layer);
  }

  /** The segment's part of the rows of a pass. */
  Activations of(Activations values) {
    return values.rows(row, tokens);
  }
}
