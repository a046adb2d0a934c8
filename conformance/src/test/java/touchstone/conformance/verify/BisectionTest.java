package touchstone.conformance.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static touchstone.conformance.verify.Vectors.f32;
import static touchstone.conformance.verify.Vectors.numbers;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.llama.ProbePoint;

/** The first wrong intermediate is found, whatever a runtime keeps to itself. */
class BisectionTest {
  private static final List<Vector> VECTORS = SmallSuite.vectors();
  private static final Vector PASS =
      VECTORS.stream().filter(v -> v.id().equals("probes/a")).findFirst().orElseThrow();

  /** Right up to an intermediate, wrong from it on, silent about some. */
  private static FakeRuntime wrongFrom(String first, Set<String> untold) {
    Map<String, Value> outputs = new HashMap<>();
    Map<String, Value> truth =
        ((Reply.Result) FakeRuntime.truth(VECTORS).apply(PASS.request())).outputs();
    ProbeName from = ProbeName.of(first).orElseThrow();
    truth.forEach(
        (name, value) -> {
          boolean wrong = ProbeName.of(name).orElseThrow().compareTo(from) >= 0;
          if (!untold.contains(name)) {
            outputs.put(name, wrong ? numbers(f32(1, 2, 3, 4, 5, 6, 70, 8)) : value);
          }
        });
    return FakeRuntime.of(VECTORS, _ -> new Reply.Result(outputs));
  }

  private static Bisection walked(FakeRuntime runtime) {
    return Bisection.of(PASS, runtime, NumericProfile.F32).orElseThrow();
  }

  @Test
  void theFirstWrongIntermediateIsNamedWithItsNumbers() {
    Bisection bisection = walked(wrongFrom("0.qRope", Set.of()));
    Bisection.Divergence first = bisection.first().orElseThrow();
    assertThat(first.name()).hasToString("0.qRope");
    assertThat(first.lastRight().orElseThrow()).hasToString("0.q");
    assertThat(first.between()).isEmpty();
    Bisection.Excerpt excerpt = first.excerpt().orElseThrow();
    assertThat(excerpt.from()).isEqualTo(1);
    assertThat(excerpt.worst()).isEqualTo(5);
    assertThat(excerpt.expected()).containsExactly(2, 3, 4, 5, 6, 7, 8);
    assertThat(excerpt.actual()).containsExactly(2, 3, 4, 5, 6, 70, 8);
    assertThat(bisection.points()).extracting(point -> point.name().toString()).startsWith("embed");
    assertThat(bisection.points()).hasSize(8);
  }

  @Test
  void whatIsNotToldIsSaidToBeInQuestion() {
    Bisection.Divergence first =
        walked(wrongFrom("0.q", Set.of("0.q", "0.qRope"))).first().orElseThrow();
    assertThat(first.name()).hasToString("0.attn");
    assertThat(first.lastRight().orElseThrow()).hasToString("0.attnNorm");
    assertThat(first.between()).extracting(Object::toString).containsExactly("0.q", "0.qRope");
  }

  @Test
  void aRightPassHasNoDivergence() {
    FakeRuntime right = FakeRuntime.of(VECTORS, FakeRuntime.truth(VECTORS));
    assertThat(walked(right).first()).isEmpty();
    Bisector.Outcome outcome = bisected(right);
    assertThat(outcome.sentence()).contains("every intermediate of models/none");
  }

  @Test
  void aRuntimeWithoutProbesIsToldSo() {
    FakeRuntime blind =
        new FakeRuntime(
            FakeRuntime.describe(Set.of("logits"), OptionalInt.empty()),
            FakeRuntime.truth(VECTORS));
    assertThat(bisected(blind).sentence()).startsWith("the runtime does not answer probes");
    assertThat(bisected(blind).bisection()).isEmpty();
  }

  @Test
  void nothingIsBisectedWhereNoModelFailed() {
    FakeRuntime right = FakeRuntime.of(VECTORS, FakeRuntime.truth(VECTORS));
    assertThat(new Bisector(right, NumericProfile.F32).bisect(VECTORS, List.of()).sentence())
        .startsWith("no vector of a model failed");
  }

  private static Bisector.Outcome bisected(FakeRuntime runtime) {
    Result failed =
        new Result(
            VECTORS.stream().filter(v -> v.id().equals("logits/a")).findFirst().orElseThrow(),
            new Verdict.Broken("x"),
            Duration.ZERO);
    return new Bisector(runtime, NumericProfile.F32).bisect(VECTORS, List.of(failed));
  }

  @Test
  void intermediatesAreSortedAsTheyAreComputed() {
    List<String> sorted =
        List.of("logits", "1.attnNorm", "finalNorm", "0.ffnOut", "0.q", "embed", "10.q").stream()
            .map(name -> ProbeName.of(name).orElseThrow())
            .sorted()
            .map(ProbeName::toString)
            .toList();
    assertThat(sorted)
        .containsExactly("embed", "0.q", "0.ffnOut", "1.attnNorm", "10.q", "finalNorm", "logits");
    assertThat(ProbeName.of("0.embed")).isEmpty();
    assertThat(ProbeName.of("q")).isEmpty();
    assertThat(ProbeName.of("0.nosuch")).isEqualTo(Optional.empty());
  }

  @Test
  void everyIntermediateHasAFormula() {
    for (ProbePoint point : ProbePoint.values()) {
      assertThat(Formula.of(point).equation()).as(point.label()).isNotBlank();
      assertThat(Formula.of(point).rules()).as(point.label()).isNotEmpty();
    }
  }
}
