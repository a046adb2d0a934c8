package touchstone.conformance.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.conformance.mutant.Catalogue;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.golden.GoldenData;

/** On few vectors; DiagnosisMeasurement has the whole table. */
class DiagnosisTest {
  private static final String MODEL = "models/tiny-gptq-4bit-32g-actorder";

  private static Suite suite;
  private static Checkpoints checkpoints;
  private static Candidates candidates;
  private static Diagnostician diagnostician;

  @BeforeAll
  static void open() {
    suite = Suite.open(GoldenData.root());
    checkpoints = new Checkpoints(suite.root());
    candidates = new Candidates(checkpoints, "scalar", 2);
    diagnostician = new Diagnostician(checkpoints, candidates);
  }

  @AfterAll
  static void close() {
    checkpoints.close();
    suite.close();
  }

  private static List<Mutant> mutants(String... ids) {
    return Catalogue.mutants().stream().filter(m -> Set.of(ids).contains(m.id())).toList();
  }

  private static List<Vector> vectors(Predicate<Vector> some) {
    return suite.vectors().stream().filter(some).toList();
  }

  private static boolean ofModel(Vector vector, String call) {
    return vector.request().call().equals(call)
        && vector.request().arguments().json().path("model").asText().equals(MODEL);
  }

  private static Diagnosis diagnosed(Served door, List<Vector> vectors, String... ids) {
    List<Reply> replies = candidates.ask(List.of(mutants(ids)), vectors).getFirst().replies();
    return diagnostician.diagnose(door.answers(vectors, replies, 1), door.profile());
  }

  private static List<String> named(Diagnosis diagnosis) {
    return diagnosis instanceof Diagnosis.Explained explained
        ? explained.best().mistakes().stream().map(Mutant::id).toList()
        : List.of();
  }

  @Test
  void wrongLogitsNameTheirMistake() {
    Diagnosis diagnosis =
        diagnosed(Served.FILES, vectors(v -> ofModel(v, "logits")), "rope-interleaved");
    assertThat(named(diagnosis)).containsExactly("rope-interleaved");
    assertThat(DiagnosisText.lines(diagnosis).getFirst())
        .startsWith("your logits match deviation `rope-interleaved` to ")
        .contains("(and the specification only to ");
  }

  @Test
  void roundedLogProbabilitiesNameTheirMistakeToo() {
    List<Vector> asked = vectors(v -> ofModel(v, "logprobs") || ofModel(v, "next"));
    assertThat(named(diagnosed(Served.LOGPROBS, asked, "g-idx-ignored")))
        .containsExactly("g-idx-ignored");
  }

  @Test
  void theReferenceNeedsNoMistake() {
    for (NumericProfile profile : NumericProfile.values()) {
      Served door = Served.FILES.rounding(profile);
      assertThat(diagnosed(door, vectors(v -> ofModel(v, "logits"))))
          .isInstanceOf(Diagnosis.Sound.class);
    }
  }

  @Test
  void answersThatNoMistakeGivesAreLeftUnexplained() {
    List<Vector> asked = vectors(v -> ofModel(v, "logits"));
    List<Reply> right = candidates.ask(List.of(List.of()), asked).getFirst().replies();
    List<Answered> noise = Served.noise(4).answers(asked, right, 3);
    Diagnosis diagnosis = diagnostician.diagnose(noise, NumericProfile.F32);
    assertThat(diagnosis).isInstanceOf(Diagnosis.Unexplained.class);
    assertThat(DiagnosisText.lines(diagnosis).getFirst())
        .startsWith("none of the known mistakes explains ");
  }

  @Test
  void answersRoundedMoreThanDeclaredCallForACoarserProfile() {
    List<Vector> asked = vectors(v -> ofModel(v, "logits"));
    List<Reply> right = candidates.ask(List.of(List.of()), asked).getFirst().replies();
    List<Answered> halves = Served.FILES.rounding(NumericProfile.F16).answers(asked, right, 5);
    Diagnosis diagnosis = diagnostician.diagnose(halves, NumericProfile.F32);
    assertThat(diagnosis)
        .isInstanceOfSatisfying(
            Diagnosis.Coarser.class,
            coarser -> assertThat(coarser.profile()).isEqualTo(NumericProfile.F16));
    assertThat(DiagnosisText.lines(diagnosis).getFirst())
        .contains("within the bounds of profile `f16`");
  }

  @Test
  void aMistakeWithinTheBoundsOfACoarserProfileIsNamedAllTheSame() {
    List<Vector> asked = vectors(v -> ofModel(v, "logits"));
    assertThat(named(diagnosed(Served.FILES, asked, "residual-half")))
        .containsExactly("residual-half");
  }

  @Test
  void answersThatAreBrokenAreNotThoseOfAMistakeThatRefuses() {
    List<Vector> asked = vectors(v -> v.id().equals("generate/finish/one-token"));
    List<Answered> broken =
        asked.stream().map(v -> new Answered(v, new Reply.Broken("2 tokens came"))).toList();
    assertThat(diagnostician.diagnose(broken, NumericProfile.F32))
        .isInstanceOf(Diagnosis.Unexplained.class);
  }

  @Test
  void twoMistakesAtOnceAreNamedBoth() {
    Diagnosis diagnosis =
        diagnosed(
            Served.FILES,
            vectors(v -> ofModel(v, "logits")),
            "rope-interleaved",
            "silu-quick-gelu");
    assertThat(named(diagnosis)).containsExactlyInAnyOrder("rope-interleaved", "silu-quick-gelu");
  }

  @Test
  void idsNameTheirMistake() {
    List<Vector> asked = vectors(v -> v.topic().equals("tokenizer/turns"));
    assertThat(named(diagnosed(Served.FILES, asked, "special-tokens-as-text")))
        .containsExactly("special-tokens-as-text");
  }

  @Test
  void mistakesThatAnswerTheSameAreNamedTogether() {
    List<Vector> asked = vectors(v -> v.id().equals("tokenizer/blanks/6-between"));
    Diagnosis diagnosis = diagnosed(Served.FILES, asked, "text-trimmed");
    assertThat(diagnosis).isInstanceOf(Diagnosis.Sound.class);
    List<Vector> spaces = vectors(v -> v.id().equals("tokenizer/tokenize/spaces-6"));
    assertThat(diagnosed(Served.FILES, spaces, "text-trimmed"))
        .isInstanceOfSatisfying(
            Diagnosis.Explained.class,
            explained ->
                assertThat(explained.group())
                    .extracting(Mutant::id)
                    .contains("text-trimmed", "leading-space-swallowed"));
  }
}
