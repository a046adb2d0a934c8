package touchstone.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Judge;
import touchstone.conformance.verify.Verdict;
import touchstone.golden.GoldenData;

/** The reference without a deviation passes every vector. */
class ReferenceTest {
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "simd"})
  void everyVectorIsPassedOrOneOfTwoRightAnswers(String kernelSet) {
    List<String> wrong = new ArrayList<>();
    try (Suite suite = Suite.open(GoldenData.root());
        OwnRuntime runtime = OwnRuntime.open(suite.root(), kernelSet, 2)) {
      Judge judge = new Judge(runtime.description().profile());
      long start = System.nanoTime();
      for (Vector vector : suite.vectors()) {
        long t = System.nanoTime();
        Verdict verdict = judge.judge(vector, runtime.run(vector.request()));
        t = System.nanoTime() - t;
        if (t > 200e6) System.out.println(vector.id() + " " + t / 1e6);
        switch (verdict) {
          case Verdict.Passed _, Verdict.Acceptable _ -> {}
          case Verdict.Failed _, Verdict.Broken _, Verdict.Skipped _ ->
              wrong.add(vector.id() + ": " + verdict.sentence().orElseThrow());
        }
      }
      System.out.println(suite.vectors().size() + " in " + (System.nanoTime() - start) / 1e9);
      assertThat(suite.vectors()).hasSizeGreaterThan(1000);
    }
    assertThat(wrong).isEmpty();
  }
}
