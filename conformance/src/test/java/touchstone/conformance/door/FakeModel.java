package touchstone.conformance.door;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.golden.GoldenData;
import touchstone.tokenizer.Tokenizer;

/** What fake servers serve: the next token depends on the last one, by a formula. */
final class FakeModel {
  static final String HANDLE = "models/pebble";
  static final Tokenizer TOKENIZER = Tokenizer.load(GoldenData.path(HANDLE));

  private static final int PERIOD = 101;
  private static final double[] LOG_SUMS = logSums();

  private FakeModel() {}

  private static double logit(int last, int id) {
    return ((last * 31L + id * 17L) % PERIOD) / 8.0;
  }

  /** Logarithms of the sums that softmax divides by; the formula repeats. */
  private static double[] logSums() {
    double[] sums = new double[PERIOD];
    for (int last = 0; last < PERIOD; last++) {
      double sum = 0;
      for (int id = 0; id < TOKENIZER.vocab(); id++) {
        sum += StrictMath.exp(logit(last, id));
      }
      sums[last] = StrictMath.log(sum);
    }
    return sums;
  }

  /** The natural logarithm of the probability of a token after another. */
  static double logprob(int last, int id) {
    return logit(last, id) - LOG_SUMS[last % PERIOD];
  }

  /** The same for all tokens, logits divided by a temperature. */
  static double[] logprobs(int last, double temperature) {
    double[] logits = new double[TOKENIZER.vocab()];
    Arrays.setAll(logits, id -> logit(last, id) / temperature);
    double sum = Arrays.stream(logits).map(StrictMath::exp).sum();
    return Arrays.stream(logits).map(logit -> logit - StrictMath.log(sum)).toArray();
  }

  /** The likeliest tokens, the likeliest first. */
  static List<Integer> best(int last, int count) {
    return IntStream.range(0, TOKENIZER.vocab())
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(id -> -logit(last, id)))
        .limit(count)
        .toList();
  }

  /** The greedy continuation, without any end. */
  static int[] greedy(int last, int count) {
    int[] ids = new int[count];
    int at = last;
    for (int i = 0; i < count; i++) {
      at = best(at, 1).getFirst();
      ids[i] = at;
    }
    return ids;
  }
}
