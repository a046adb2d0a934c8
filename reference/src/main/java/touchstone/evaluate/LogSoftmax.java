package touchstone.evaluate;

import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Activations;

/**
 * Logits as logarithms of probabilities.
 *
 * <pre>
 * L = max(s) + ln(exp(s[0] - max(s)) + exp(s[1] - max(s)) + ...)      ln P[i] = s[i] - L
 * </pre>
 *
 * @source definition; llama.cpp's perplexity tool rounds each exponential to a float
 * @shapes logits [rows, vocab]
 * @numerics fp32 logits, everything else in double; terms in ascending order; exp and ln of {@link
 *     StrictMath}, so that no bit depends on the machine
 * @rules PPL-1
 */
public final class LogSoftmax {
  private LogSoftmax() {}

  /**
   * L of one row.
   *
   * @param where the row, for a message
   * @throws TouchstoneException if a logit is not finite
   */
  public static double logSumExp(Activations logits, int row, String where) {
    int start = logits.start(row);
    float[] values = logits.values();
    float max = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.columns(); id++) {
      float logit = values[start + id];
      if (!Float.isFinite(logit)) {
        throw TouchstoneException.of(
            Fault.INTERNAL,
            where + ": logits",
            logit + " at id " + id,
            "every logit is finite; the weights or the kernels are at fault");
      }
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (int id = 0; id < logits.columns(); id++) {
      sum += StrictMath.exp((double) values[start + id] - max);
    }
    return max + StrictMath.log(sum);
  }

  /**
   * ln P of one row.
   *
   * @param logSumExp what {@link #logSumExp} gives for it
   * @param into takes them; [vocab]
   */
  static void fill(Activations logits, int row, double logSumExp, double[] into) {
    int start = logits.start(row);
    for (int id = 0; id < logits.columns(); id++) {
      into[id] = logits.values()[start + id] - logSumExp;
    }
  }
}
