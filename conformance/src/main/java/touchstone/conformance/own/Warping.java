package touchstone.conformance.own;

import java.util.BitSet;
import touchstone.generate.Sampler;
import touchstone.generate.SamplingParameters;
import touchstone.generate.Softmax;

/** From logits to the distribution that is drawn from. */
@FunctionalInterface
public interface Warping {
  /** As the reference does it. */
  Warping REFERENCE =
      (logits, previous, parameters) ->
          Softmax.probabilities(
              new Sampler(parameters, 0).process(logits, seen(previous), previous.length));

  /**
   * The probability of every token, 0 where it is excluded.
   *
   * @param logits [vocab]; not changed
   * @param previous prompt and continuation so far
   */
  float[] probabilities(float[] logits, int[] previous, SamplingParameters parameters);

  /** Which ids there are. */
  static BitSet seen(int[] ids) {
    BitSet seen = new BitSet();
    for (int id : ids) {
      seen.set(id);
    }
    return seen;
  }
}
