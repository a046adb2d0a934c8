package touchstone.conformance.mutant;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.Warping;
import touchstone.generate.MinP;
import touchstone.generate.RepetitionPenalty;
import touchstone.generate.Sampler;
import touchstone.generate.SamplingParameters;
import touchstone.generate.Softmax;
import touchstone.generate.Temperature;
import touchstone.generate.TopK;
import touchstone.generate.TopP;

/** The steps from logits to a distribution, to be put together wrongly. */
final class WarpingSteps {
  private WarpingSteps() {}

  /** A step; it does nothing where the parameters switch it off. */
  @FunctionalInterface
  interface Step {
    void apply(float[] scores, int[] previous, SamplingParameters parameters);
  }

  /** From the scores after all steps to probabilities. */
  @FunctionalInterface
  interface End {
    float[] probabilities(float[] scores);
  }

  static final Step PENALTY =
      (scores, previous, p) ->
          new RepetitionPenalty(p.repetitionPenalty()).process(scores, Warping.seen(previous));
  static final Step TEMPERATURE =
      (scores, previous, p) ->
          new Temperature(p.temperature()).process(scores, Warping.seen(previous));
  static final Step TOP_K =
      (scores, previous, p) -> {
        if (p.topK() > 0) {
          new TopK(p.topK()).process(scores, Warping.seen(previous));
        }
      };
  static final Step TOP_P =
      (scores, previous, p) -> {
        if (p.topP() < 1) {
          new TopP(p.topP()).process(scores, Warping.seen(previous));
        }
      };
  static final Step MIN_P =
      (scores, previous, p) -> {
        if (p.minP() > 0) {
          new MinP(p.minP()).process(scores, Warping.seen(previous));
        }
      };

  /** These steps in this order, and the softmax. */
  static Seams chain(Step... steps) {
    return chain(Softmax::probabilities, steps);
  }

  /** These steps in this order, and an end. */
  static Seams chain(End end, Step... steps) {
    return warping(
        (logits, previous, parameters) -> {
          float[] scores = usable(logits, previous);
          for (Step step : steps) {
            step.apply(scores, previous, parameters);
          }
          return end.probabilities(scores);
        });
  }

  /** A copy of logits that are finite or minus infinity, one of them finite; others are refused. */
  static float[] usable(float[] logits, int[] previous) {
    return new Sampler(SamplingParameters.greedy(), 0)
        .process(logits, Warping.seen(previous), previous.length);
  }

  /** What is given, instead of the reference's. */
  static Seams warping(Warping other) {
    return new Seams() {
      @Override
      public Warping warping(Warping warping) {
        return other;
      }
    };
  }

  /** Whether a token goes, by the probability of those before it and of those up to it. */
  @FunctionalInterface
  interface Cut {
    boolean drops(double before, double upTo, double p);
  }

  /** Top-p from the most probable token down, by some rule; the first stays. */
  static Step nucleus(Cut cut) {
    return (scores, previous, parameters) -> {
      if (parameters.topP() == 1) {
        return;
      }
      float[] probabilities = Softmax.probabilities(scores);
      double before = 0;
      for (int id : falling(scores)) {
        double upTo = before + probabilities[id];
        if (before > 0 && cut.drops(before, upTo, parameters.topP())) {
          scores[id] = Float.NEGATIVE_INFINITY;
        }
        before = upTo;
      }
    };
  }

  /** Ids by falling score; of equals the higher first, as the reference drops them. */
  static List<Integer> falling(float[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(
            Comparator.comparing((Integer id) -> -scores[id])
                .thenComparing(Comparator.reverseOrder()))
        .toList();
  }
}
