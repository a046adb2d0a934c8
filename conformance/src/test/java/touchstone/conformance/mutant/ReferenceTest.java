package touchstone.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Judge;
import touchstone.conformance.verify.Verdict;
import touchstone.golden.GoldenData;

/**
 * The reference without a deviation passes every vector but those that take minutes; the scalar set,
 * whose bits are the same, leaves out the trained models too.
 */
class ReferenceTest {
  private static final int FEWEST = 1500;

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void everyVectorIsPassedOrOneOfTwoRightAnswers(String kernelSet) {
    List<String> wrong = new ArrayList<>();
    try (Suite suite = Suite.open(GoldenData.root());
        OwnRuntime runtime = OwnRuntime.open(suite.root(), kernelSet, 2)) {
      Judge judge = new Judge(runtime.description().profile());
      List<Vector> vectors =
          suite.vectors().stream()
              .filter(vector -> vector.level() != Level.OPTIONAL)
              .filter(vector -> kernelSet.equals("simd") || !vector.id().contains("/pebble"))
              .toList();
      assertThat(vectors).hasSizeGreaterThan(FEWEST);
      for (Vector vector : vectors) {
        Verdict verdict = judge.judge(vector, runtime.run(vector.request()));
        if (verdict.isFailure() || verdict instanceof Verdict.Skipped) {
          wrong.add(vector.id() + ": " + verdict.sentence().orElseThrow());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
