package touchstone.conformance.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static touchstone.conformance.verify.Vectors.data;
import static touchstone.conformance.verify.Vectors.f32;
import static touchstone.conformance.verify.Vectors.numbers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;

/** Runtimes that are right, wrong, broken, and that cheat. */
class VerifierTest {
  private static final List<Vector> VECTORS = SmallSuite.vectors();
  private static final Function<Request, Reply> TRUTH = FakeRuntime.truth(VECTORS);

  private static Verifier.Run verified(RuntimeUnderTest runtime, boolean failFast) {
    return new Verifier(runtime, NumericProfile.F32, failFast, (_, _, _) -> {})
        .verify(VECTORS, Path.of("."));
  }

  private static Verifier.Run verified(Function<Request, Reply> answers) {
    return verified(FakeRuntime.of(VECTORS, answers), false);
  }

  private static Conclusion concluded(Verifier.Run run) {
    return Conclusion.of(run, true);
  }

  /** Wrong numbers for some requests, the truth for all others. */
  private static Function<Request, Reply> wrongIn(Predicate<Request> which) {
    Reply wrong = new Reply.Result(Map.of("logits", numbers(f32(9, 9, 9, 9, 9, 9, 9, 9))));
    return request -> which.test(request) ? wrong : TRUTH.apply(request);
  }

  private static boolean isLogits(Request request) {
    return request.call().equals("logits");
  }

  @Test
  @Tag("TOL-15")
  void theTruthConforms() {
    Verifier.Run run = verified(TRUTH);
    assertThat(run.ending()).isEqualTo(new Ending.Complete());
    assertThat(concluded(run).conforms()).isTrue();
    assertThat(concluded(run).required().passed()).isEqualTo(8);
    assertThat(run.results()).extracting(Result::vector).isEqualTo(VECTORS);
  }

  @Test
  @Tag("TOL-15")
  void oneWrongRequiredVectorDoesNotConform() {
    Verifier.Run run = verified(wrongIn(request -> request.vector().equals("logits/b")));
    assertThat(concluded(run).conforms()).isFalse();
    assertThat(concluded(run).required().bad()).isEqualTo(1);
  }

  @Test
  @Tag("TOL-15")
  void recommendedVectorsDecideNothing() {
    Verifier.Run run = verified(wrongIn(request -> request.call().equals("decode")));
    assertThat(concluded(run).conforms()).isTrue();
    assertThat(concluded(run).tallies().get(Level.RECOMMENDED).failed()).isEqualTo(2);
  }

  @Test
  @Tag("TOL-15")
  void whatIsSkippedIsNoPass() {
    Function<Request, Reply> lazy =
        request ->
            request.vector().equals("tokenizer/a")
                ? TRUTH.apply(request)
                : new Reply.Skipped("not today");
    Conclusion conclusion = concluded(verified(lazy));
    assertThat(conclusion.required().passed()).isEqualTo(1);
    assertThat(conclusion.required().skipped()).isEqualTo(7);
    assertThat(concluded(verified(_ -> new Reply.Skipped("never"))).conforms()).isFalse();
  }

  @Test
  void everyVectorIsJudgedOnceWhateverTheRuntimeDoes() {
    for (Function<Request, Reply> answers : List.of(TRUTH, wrongIn(VerifierTest::isLogits))) {
      assertThat(verified(answers).results())
          .extracting(result -> result.vector().id())
          .containsExactlyElementsOf(VECTORS.stream().map(Vector::id).toList());
    }
  }

  @Test
  void aCallThatTheRuntimeLacksIsNotAsked() {
    List<String> asked = new ArrayList<>();
    RuntimeUnderTest runtime =
        new FakeRuntime(
            FakeRuntime.describe(Set.of("tokenize", "op.softmax"), OptionalInt.empty()),
            request -> {
              asked.add(request.call());
              return TRUTH.apply(request);
            });
    Verifier.Run run = verified(runtime, false);
    assertThat(asked).doesNotContain("logits", "probes", "inspect");
    assertThat(Conclusion.skips(run.results()))
        .containsEntry("the runtime does not answer logits", 2);
    assertThat(concluded(run).conforms()).isTrue();
  }

  @Test
  void aSequenceThatIsTooLongIsNotAsked() {
    Set<String> calls = Set.of("tokenize", "logits");
    RuntimeUnderTest short2 =
        new FakeRuntime(FakeRuntime.describe(calls, OptionalInt.of(2)), TRUTH);
    assertThat(Conclusion.skips(verified(short2, false).results()))
        .containsEntry("3 tokens, the runtime takes 2", 2);
    RuntimeUnderTest enough =
        new FakeRuntime(FakeRuntime.describe(calls, OptionalInt.of(3)), TRUTH);
    assertThat(Conclusion.skips(verified(enough, false).results()))
        .doesNotContainKey("3 tokens, the runtime takes 2");
  }

  @Test
  void failFastStopsAtTheFirstRequiredFailure() {
    RuntimeUnderTest runtime = FakeRuntime.of(VECTORS, wrongIn(VerifierTest::isLogits));
    Verifier.Run run = verified(runtime, true);
    assertThat(run.ending()).isInstanceOf(Ending.FirstFailure.class);
    assertThat(run.results().getLast().vector().id()).isEqualTo("logits/a");
    assertThat(concluded(run).conforms()).isFalse();
  }

  @Test
  void aWrongAdapterIsToldFromAWrongRuntime() {
    Map<String, Function<Request, Reply>> adapters = new HashMap<>();
    adapters.put("echoes", VerifierTest::echo);
    adapters.put("breaks", _ -> new Reply.Broken("the adapter ended"));
    adapters.put("refuses everything", _ -> new Reply.Refused("unsupported", "no"));
    adapters.put("answers nothing", _ -> new Reply.Result(Map.of()));
    adapters.put("skips everything", _ -> new Reply.Skipped("no"));
    adapters.put("wrong shape", request -> shaped(request, numbers(f32(1))));
    adapters.put("wrong kind", request -> shaped(request, data("\"text\"")));
    adapters.forEach(
        (name, answers) -> {
          Verifier.Run run = verified(answers);
          assertThat(run.ending()).as(name).isInstanceOf(Ending.Unusable.class);
          assertThat(run.results()).as(name).isEmpty();
          assertThat(concluded(run).conforms()).as(name).isFalse();
        });
  }

  @Test
  void aCallThatIsRefusedInGoodOrderIsTheRuntimesFault() {
    Verifier.Run run =
        verified(
            request ->
                isLogits(request)
                    ? new Reply.Refused("unsupported", "no such model")
                    : TRUTH.apply(request));
    assertThat(run.ending()).isInstanceOf(Ending.Complete.class);
    assertThat(concluded(run).required().failed()).isEqualTo(2);
  }

  @Test
  void howeverManyModelsAreDeclinedTheSmokePhaseAsksForTheNext() {
    List<Vector> models =
        IntStream.range(0, 20)
            .mapToObj(i -> SmallSuite.logits("logits/" + i, "models/" + i))
            .toList();
    Function<Request, Reply> answers =
        request ->
            request.vector().equals("logits/19")
                ? FakeRuntime.truth(models).apply(request)
                : new Reply.Skipped("reads no GPTQ");
    assertThat(ending(models, answers)).isInstanceOf(Ending.Complete.class);
    assertThat(ending(models, _ -> new Reply.Skipped("reads no GPTQ")))
        .isInstanceOf(Ending.Unusable.class);
  }

  /** As the command that a report gives to run one failure again. */
  @Test
  void vectorsThatAreAllToBeRefusedCanBeAskedByThemselves() {
    List<Vector> refused =
        List.of(
            Vectors.vector(
                "logits/id-below-0",
                "logits",
                Level.REQUIRED,
                new Expectation.Invalid(List.of("range"))));
    assertThat(ending(refused, FakeRuntime.truth(refused))).isInstanceOf(Ending.Complete.class);
    assertThat(ending(refused, _ -> new Reply.Result(Map.of())))
        .isInstanceOf(Ending.Complete.class);
  }

  private static Ending ending(List<Vector> vectors, Function<Request, Reply> answers) {
    return new Verifier(
            FakeRuntime.of(vectors, answers), NumericProfile.F32, false, (_, _, _) -> {})
        .verify(vectors, Path.of("."))
        .ending();
  }

  private static Reply echo(Request request) {
    Map<String, Value> values = new HashMap<>();
    request
        .arguments()
        .json()
        .properties()
        .forEach(argument -> values.put(argument.getKey(), new Value.Data(argument.getValue())));
    return new Reply.Result(values);
  }

  private static Reply shaped(Request request, Value value) {
    return isLogits(request) ? new Reply.Result(Map.of("logits", value)) : TRUTH.apply(request);
  }

  @Test
  void wrongNumbersAreTheRuntimesFaultNotTheAdapters() {
    float nan = Float.NaN;
    Value nothing = numbers(f32(nan, nan, nan, nan, nan, nan, nan, nan));
    Verifier.Run run = verified(request -> shaped(request, nothing));
    assertThat(run.ending()).isInstanceOf(Ending.Complete.class);
    assertThat(concluded(run).required().failed()).isEqualTo(2);
  }

  @Test
  void aCrashHereAndThereFailsItsVectorsOnly() {
    Verifier.Run run =
        verified(
            request ->
                request.vector().equals("logits/b")
                    ? new Reply.Broken("crashed")
                    : TRUTH.apply(request));
    assertThat(run.ending()).isInstanceOf(Ending.Complete.class);
    assertThat(concluded(run).required().broken()).isEqualTo(1);
    assertThat(concluded(run).conforms()).isFalse();
  }

  @Test
  void aRuntimeThatIsGoneForGoodEndsTheRun() {
    int[] asked = {0};
    Verifier.Run run =
        verified(
            request ->
                ++asked[0] > 12 ? new Reply.Broken("the adapter ended") : TRUTH.apply(request));
    assertThat(run.ending())
        .isInstanceOfSatisfying(
            Ending.Unusable.class,
            ending -> assertThat(ending.sentence()).startsWith("it no longer answers"));
    assertThat(concluded(run).conforms()).isFalse();
  }

  @Test
  void progressCountsEveryVectorAndEndsAtAll() {
    List<String> heard = new ArrayList<>();
    new Verifier(
            FakeRuntime.of(VECTORS, TRUTH),
            NumericProfile.F32,
            false,
            (done, total, next) -> heard.add(done + "/" + total + (next.isEmpty() ? " end" : "")))
        .verify(VECTORS, Path.of("."));
    assertThat(heard).hasSize(VECTORS.size() + 1).startsWith("0/10").endsWith("10/10 end");
  }
}
