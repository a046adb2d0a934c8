package touchstone.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static touchstone.conformance.mutant.WarpingSteps.MIN_P;
import static touchstone.conformance.mutant.WarpingSteps.PENALTY;
import static touchstone.conformance.mutant.WarpingSteps.TEMPERATURE;
import static touchstone.conformance.mutant.WarpingSteps.TOP_K;
import static touchstone.conformance.mutant.WarpingSteps.TOP_P;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.own.Seams;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Judge;
import touchstone.golden.GoldenData;

/** What mistakes are variations of passes by itself. */
class VariantsTest {
  private static List<String> failed(Seams seams, String... calls) {
    try (Suite suite = Suite.open(GoldenData.root());
        Checkpoints checkpoints = new Checkpoints(suite.root());
        OwnRuntime runtime = OwnRuntime.deviant(checkpoints, "scalar", 1, seams)) {
      Judge judge = new Judge(runtime.description().profile());
      List<Vector> asked =
          suite.vectors().stream()
              .filter(v -> v.level() == Level.REQUIRED)
              .filter(v -> Set.of(calls).contains(v.request().call()))
              .toList();
      assertThat(asked).isNotEmpty();
      return asked.stream()
          .filter(v -> judge.judge(v, runtime.run(v.request())).isFailure())
          .map(Vector::id)
          .toList();
    }
  }

  @Test
  void theQuantiserWhoseStepsAreReplacedIsRight() {
    assertThat(failed(QuantiserMutants.seams(QuantiserSteps.RIGHT), "gptq.quantise")).isEmpty();
  }

  /** Counting tokens instead of sequences scales the Hessian; only dead inputs, which are 1, see it. */
  @Test
  void aHessianScaledAsAWholePasses() {
    QuantiserSteps scaled =
        new QuantiserSteps() {
          @Override
          public double share(int sequence, int sequences) {
            return 0.125;
          }
        };
    assertThat(failed(QuantiserMutants.seams(scaled), "gptq.quantise"))
        .allMatch(id -> id.contains("dead"));
  }

  @Test
  void theSamplerWhoseStepsAreReplacedIsRight() {
    assertThat(failed(WarpingSteps.chain(PENALTY, TEMPERATURE, TOP_K, TOP_P, MIN_P), "sample"))
        .isEmpty();
  }

  @Test
  void theEncoderWhoseStepsAreReplacedIsRight() {
    PlainPieces.Merging merging = PlainPieces.pairs(PlainPieces::byScore, false);
    Seams plain =
        TextDeviations.encoding(
            (text, tokenizer, words, bos) ->
                new PlainPieces(tokenizer, merging, PlainPieces::utf8).encode(words, bos));
    assertThat(failed(plain, "tokenize")).isEmpty();
  }
}
