package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds for every row of logits and all parameters. */
class SamplerPropertyTest {
  private static final float OUT = Float.NEGATIVE_INFINITY;
  private static final BitSet NONE = new BitSet();

  @Property(tries = 500, seed = "20231")
  void theTokenIsOneThatTheProcessorsKept(
      @ForAll("logits") float[] logits, @ForAll("parameters") SamplingParameters parameters) {
    Sampler sampler = new Sampler(parameters, 0);
    float[] scores = sampler.process(logits, NONE, 7);
    assertThat(scores[sampler.next(logits, NONE, 7)]).isNotEqualTo(OUT);
  }

  /** The best token is never lost, so the support is never empty. */
  @Property(tries = 500, seed = "20232")
  void aTokenWithTheHighestScoreIsKept(
      @ForAll("logits") float[] logits, @ForAll("parameters") SamplingParameters parameters) {
    float[] scores = new Sampler(parameters, 0).process(logits, NONE, 0);
    float highest = OUT;
    boolean kept = false;
    for (float logit : logits) {
      highest = Math.max(highest, logit);
    }
    for (int id = 0; id < logits.length; id++) {
      kept |= logits[id] == highest && scores[id] != OUT;
    }
    assertThat(kept).isTrue();
  }

  @Property(tries = 500, seed = "20233")
  void ruledOutTokensAppendedChangeNothing(
      @ForAll("logits") float[] logits, @ForAll("parameters") SamplingParameters parameters) {
    float[] longer = Arrays.copyOf(logits, logits.length + 5);
    Arrays.fill(longer, logits.length, longer.length, OUT);
    Sampler sampler = new Sampler(parameters, 2);
    float[] scores = sampler.process(logits, NONE, 1);
    assertThat(Arrays.copyOf(sampler.process(longer, NONE, 1), logits.length))
        .containsExactly(scores);
    assertThat(sampler.next(longer, NONE, 1)).isEqualTo(sampler.next(logits, NONE, 1));
  }

  /** A token that stays has the score that penalty and temperature gave it. */
  @Property(tries = 300, seed = "20234")
  void selectionDoesNotChangeAScoreThatItKeeps(
      @ForAll("logits") float[] logits, @ForAll("parameters") SamplingParameters parameters) {
    SamplingParameters unselected = parameters.withTopK(0).withTopP(1).withMinP(0);
    float[] all = new Sampler(unselected, 0).process(logits, NONE, 0);
    float[] some = new Sampler(parameters, 0).process(logits, NONE, 0);
    for (int id = 0; id < all.length; id++) {
      assertThat(some[id]).isIn(all[id], OUT);
    }
  }

  /** Exact arithmetic on small integers decides what top-p keeps, without a softmax of its own. */
  @Property(tries = 300, seed = "20235")
  void topPKeepsTheSmallestSetThatReachesP(@ForAll("weights") int[] weights) {
    int total = Arrays.stream(weights).sum();
    // p lies halfway between two attainable masses, out of reach of any rounding.
    int target = total / 2;
    double p = (target + 0.5) / total;
    float[] scores = Rows.logits(Arrays.stream(weights).asDoubleStream().toArray());
    new TopP(p).process(scores, NONE);
    int[] descending = Arrays.stream(weights).map(w -> -w).sorted().map(w -> -w).toArray();
    int count = 0;
    for (int mass = 0; mass < p * total; count++) {
      mass += descending[count];
    }
    assertThat(Rows.kept(scores)).hasSize(count);
  }

  @Provide
  Arbitrary<float[]> logits() {
    Arbitrary<Float> logit =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.floats().between(-40, 40)),
            Tuple.of(2, Arbitraries.of(-1f, -0f, 0f, 1f, 2f)),
            Tuple.of(1, Arbitraries.of(OUT)));
    return logit
        .array(float[].class)
        .ofMinSize(1)
        .ofMaxSize(40)
        .filter(row -> !Rows.kept(row).isEmpty());
  }

  @Provide
  Arbitrary<SamplingParameters> parameters() {
    Arbitrary<Double> share = Arbitraries.doubles().between(0, 1);
    return Combinators.combine(
            Arbitraries.of(true, false),
            Arbitraries.doubles().between(0.05, 5),
            Arbitraries.integers().between(0, 45),
            share,
            share,
            Arbitraries.doubles().between(0.5, 2),
            Arbitraries.longs())
        .as(SamplingParameters::new);
  }

  @Provide
  Arbitrary<int[]> weights() {
    return Arbitraries.integers().between(1, 20).array(int[].class).ofMinSize(1).ofMaxSize(12);
  }
}
