package touchstone.generate;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Rows of logits for tests. */
final class Rows {
  private Rows() {}

  /** Logits whose softmax is close to the given probabilities; equal ones stay equal. */
  static float[] logits(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int id = 0; id < logits.length; id++) {
      logits[id] = (float) StrictMath.log(probabilities[id]);
    }
    return logits;
  }

  /** The ids that are not ruled out. */
  static List<Integer> kept(float[] scores) {
    List<Integer> kept = new ArrayList<>();
    for (int id = 0; id < scores.length; id++) {
      if (scores[id] != Float.NEGATIVE_INFINITY) {
        kept.add(id);
      }
    }
    return kept;
  }

  static BitSet ids(int... ids) {
    BitSet set = new BitSet();
    for (int id : ids) {
      set.set(id);
    }
    return set;
  }
}
