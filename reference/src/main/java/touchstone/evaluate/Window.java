package touchstone.evaluate;

import java.util.Arrays;
import java.util.Objects;

/**
 * Tokens that a model reads from an empty cache, and how many of them count: tokens {@code begin} to
 * {@code end - 1} of a sequence, of which the last {@code scored} are predicted, each from those of
 * the window before it.
 *
 * @param sequence shared by the windows of a text, so that overlapping ones take no memory
 * @param begin first token of the window
 * @param end token after its last one
 * @param scored predictions that count; fewer than tokens, since nothing predicts the first one
 */
public record Window(int[] sequence, int begin, int end, int scored) {
  public Window {
    Objects.checkFromToIndex(begin, end, sequence.length);
    if (scored < 1 || scored >= end - begin) {
      throw new IllegalArgumentException(
          "a window of %d tokens cannot score %d".formatted(end - begin, scored));
    }
  }

  /** What the model reads: all but the last token, which nothing is predicted from. */
  public int[] inputs() {
    return Arrays.copyOfRange(sequence, begin, end - 1);
  }

  /** The token that the prediction from input {@code row} is about. */
  public int target(int row) {
    return sequence[position(row)];
  }

  /** Where that token stands in the sequence. */
  public int position(int row) {
    return begin + row + 1;
  }

  /** The first input from which a prediction counts. */
  public int firstScoredRow() {
    return end - begin - 1 - scored;
  }
}
