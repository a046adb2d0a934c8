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

  private FakeModel() {}

  /** Natural logarithms of the probabilities of all tokens after one. */
  static double[] logprobs(int last, double temperature) {
    double[] logits = new double[TOKENIZER.vocab()];
    for (int id = 0; id < logits.length; id++) {
      logits[id] = ((last * 31L + id * 17L) % 101) / 8.0 / temperature;
    }
    double sum = Arrays.stream(logits).map(StrictMath::exp).sum();
    return Arrays.stream(logits).map(logit -> logit - StrictMath.log(sum)).toArray();
  }

  static double logprob(int last, int id) {
    return logprobs(last, 1)[id];
  }

  /** The likeliest tokens, the likeliest first. */
  static List<Integer> best(int last, int count) {
    double[] all = logprobs(last, 1);
    return IntStream.range(0, all.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(id -> -all[id]))
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
