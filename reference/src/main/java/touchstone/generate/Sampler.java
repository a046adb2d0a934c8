package touchstone.generate;

import java.util.BitSet;
import java.util.List;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Chooses the next token of one sequence. The choice is a function of the parameters, the sequence,
 * the step, the logits and the tokens seen, and of nothing else: the sampler has no state.
 *
 * <pre>
 * greedy     the id with the highest processed score; among equals the lowest id
 * sampling   P = softmax(processed scores);  S[i] = P[0] + ... + P[i] in double;  u = uniform(seed, sequence, step)
 *            the lowest id with S[i] &gt; u * S[last]
 * </pre>
 *
 * Since u is at most 1 - 2^-53, the rounded product u * S[last] stays below S[last], so there is such
 * an id; and it has a probability above 0, or S would have passed the product before it.
 *
 * @source greedy and the order of processors: transformers 4.33 and 5.18; the draw: inversion of the
 *     distribution function (torch.multinomial, which transformers uses, is not portable)
 * @shapes logits [vocab]
 * @numerics processors and P in fp32, each as its class defines it; S in double, ascending ids
 * @rules SAMPLE-1 SAMPLE-8 SAMPLE-9 SAMPLE-11
 */
public final class Sampler {
  private final SamplingParameters parameters;
  private final List<ScoreProcessor> processors;
  private final long sequence;

  /**
   * A sampler.
   *
   * @param sequence which of several continuations of one prompt this is, from 0; never the place in
   *     a batch, because a text must not depend on what else is being generated
   */
  public Sampler(SamplingParameters parameters, long sequence) {
    this.parameters = parameters;
    this.processors = parameters.processors();
    this.sequence = sequence;
  }

  /**
   * The next token.
   *
   * @param logits as they come from the model; not changed
   * @param seen the ids of the prompt and of all tokens generated so far
   * @param step number of tokens generated so far
   * @throws TouchstoneException {@link Fault#INTERNAL} for a row of logits that no sound model gives,
   *     {@link Fault#USAGE} for parameters that leave nothing to choose from
   */
  public int next(float[] logits, BitSet seen, long step) {
    float[] scores = process(logits, seen, step);
    return parameters.doSample()
        ? draw(scores, Philox.uniform(parameters.seed(), sequence, step))
        : argmax(scores);
  }

  /** The scores that the token of one step is chosen by; see {@link #next}. */
  public float[] process(float[] logits, BitSet seen, long step) {
    String where = "step " + step;
    requireUsable(
        logits,
        Fault.INTERNAL,
        where + ": logits",
        "every logit is finite or -Infinity; the weights or the kernels are at fault");
    float[] scores = logits.clone();
    for (ScoreProcessor processor : processors) {
      processor.process(scores, seen);
    }
    requireUsable(
        scores,
        Fault.USAGE,
        where + ": scores after " + processors,
        "temperature or repetition_penalty is too far from 1 for these logits");
    return scores;
  }

  private static void requireUsable(float[] row, Fault fault, String where, String cure) {
    boolean possible = false;
    for (int id = 0; id < row.length; id++) {
      if (Float.isNaN(row[id]) || row[id] == Float.POSITIVE_INFINITY) {
        throw TouchstoneException.of(fault, where, row[id] + " at id " + id, cure);
      }
      possible |= row[id] != Float.NEGATIVE_INFINITY;
    }
    if (!possible) {
      throw TouchstoneException.of(
          fault, where, "-Infinity at every one of " + row.length + " ids", cure);
    }
  }

  private static int argmax(float[] scores) {
    int best = 0;
    for (int id = 1; id < scores.length; id++) {
      if (scores[id] > scores[best]) {
        best = id;
      }
    }
    return best;
  }

  /** The lowest id at which the running sum of probabilities passes a share of the whole. */
  static int draw(float[] scores, double uniform) {
    float[] probabilities = Softmax.probabilities(scores);
    double total = 0;
    for (float probability : probabilities) {
      total += probability;
    }
    double share = uniform * total;
    double sum = probabilities[0];
    int id = 0;
    while (sum <= share) {
      id++;
      sum += probabilities[id];
    }
    return id;
  }
}
