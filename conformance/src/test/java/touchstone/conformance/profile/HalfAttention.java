package touchstone.conformance.profile;

import java.util.Arrays;
import touchstone.conformance.oracle.AttentionOracle;
import touchstone.conformance.oracle.Bounded;
import touchstone.conformance.oracle.LinearOracle;

/** What attention may give in a 16-bit type, step by step. */
record HalfAttention(HalfType type, int heads, int kvHeads) {

  /**
   * Scores after the factor.
   *
   * @param q [rows, heads * headDim]
   * @param k [positions, kvHeads * headDim]; the last {@code rows} positions are those of q
   * @return [heads * rows, positions]; an unseen position has null
   */
  Interval[] scores(int rows, float[] q, float[] k) {
    int headDim = q.length / rows / heads;
    int positions = k.length / (kvHeads * headDim);
    float factor = (float) Math.pow(headDim, -0.5);
    Interval[] values = new Interval[heads * rows * positions];
    for (int head = 0; head < heads; head++) {
      float[] keys = of(k, head / (heads / kvHeads), headDim);
      for (int row = 0; row < rows; row++) {
        int start = (row * heads + head) * headDim;
        float[] query = Arrays.copyOfRange(q, start, start + headDim);
        Bounded dots = LinearOracle.dense(keys, positions, headDim, query);
        for (int p = 0; p <= positions - rows + row; p++) {
          values[(head * rows + row) * positions + p] =
              Interval.of(dots, p).round(type).times(factor).single().round(type);
        }
      }
    }
    return values;
  }

  /** The vectors of one kvHead [positions, headDim]. */
  private float[] of(float[] all, int kvHead, int headDim) {
    int positions = all.length / (kvHeads * headDim);
    float[] one = new float[positions * headDim];
    for (int p = 0; p < positions; p++) {
      System.arraycopy(all, (p * kvHeads + kvHead) * headDim, one, p * headDim, headDim);
    }
    return one;
  }

  /** The mix by recorded scores [heads * rows, positions], of which -infinity marks the unseen. */
  Interval[] mix(int rows, float[] scores, float[] v) {
    Interval[] known = new Interval[scores.length];
    for (int i = 0; i < scores.length; i++) {
      known[i] = scores[i] == Float.NEGATIVE_INFINITY ? null : Interval.around(scores[i], 0);
    }
    return mix(rows, known, v);
  }

  /** The mix [rows, heads * headDim] by scores as {@link #scores} gives them. */
  Interval[] mix(int rows, Interval[] scores, float[] v) {
    int positions = scores.length / (heads * rows);
    int headDim = v.length / (positions * kvHeads);
    Interval[] values = new Interval[rows * heads * headDim];
    for (int head = 0; head < heads; head++) {
      float[] mixed = of(v, head / (heads / kvHeads), headDim);
      for (int row = 0; row < rows; row++) {
        int from = (head * rows + row) * positions;
        Interval[] line = Arrays.copyOfRange(scores, from, from + positions - rows + row + 1);
        Bounded y = AttentionOracle.mix(shares(line), mixed, headDim);
        for (int j = 0; j < headDim; j++) {
          values[(row * heads + head) * headDim + j] = Interval.of(y, j).round(type);
        }
      }
    }
    return values;
  }

  private Bounded shares(Interval[] scores) {
    Interval[] exact = Interval.of(AttentionOracle.softmax(bounded(scores)));
    for (int p = 0; p < exact.length; p++) {
      exact[p] = exact[p].round(type);
    }
    return bounded(exact);
  }

  private static Bounded bounded(Interval[] intervals) {
    double[] values = new double[intervals.length];
    double[] bounds = new double[intervals.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (intervals[i].low() + intervals[i].high()) / 2;
      bounds[i] = (intervals[i].high() - intervals[i].low()) / 2;
    }
    return new Bounded(values, bounds);
  }
}
