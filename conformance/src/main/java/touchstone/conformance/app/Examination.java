package touchstone.conformance.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import touchstone.app.cli.Terminal;
import touchstone.conformance.diagnosis.Answered;
import touchstone.conformance.diagnosis.Diagnosis;
import touchstone.conformance.diagnosis.DiagnosisText;
import touchstone.conformance.diagnosis.DiagnosticVectors;
import touchstone.conformance.diagnosis.Diagnostician;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Bisector;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;
import touchstone.conformance.verify.Verifier;
import touchstone.kernels.KernelSets;

/** The examination of one runtime: the vectors, and when some fail, where and why. */
final class Examination {
  private final Suite suite;
  private final RuntimeUnderTest runtime;
  private final NumericProfile profile;
  private final Verifier verifier;
  private final Terminal terminal;

  Examination(
      Suite suite,
      RuntimeUnderTest runtime,
      NumericProfile profile,
      boolean failFast,
      Terminal terminal) {
    this.suite = suite;
    this.runtime = runtime;
    this.profile = profile;
    this.terminal = terminal;
    this.verifier = new Verifier(runtime, profile, failFast, this::progress);
  }

  Verifier.Run run(List<Vector> vectors) {
    return verifier.verify(vectors, suite.root());
  }

  private void progress(int done, int total, Optional<Vector> next) {
    String topic = next.map(Vector::topic).orElse("");
    terminal.progress("verifying", done, total, "%d/%d %s".formatted(done, total, topic));
  }

  /** Where the forward pass goes wrong. */
  Bisector.Outcome bisection(Verifier.Run run) {
    return new Bisector(runtime, profile).bisect(suite.vectors(), run.results());
  }

  /**
   * Which known mistake explains the failures, asked by what the examination was answered; nothing where
   * there are none, or no answers. Where the questions of a diagnosis show nothing, the failures are
   * asked.
   */
  List<String> diagnosis(Verifier.Run run) {
    boolean failed = run.results().stream().anyMatch(result -> result.verdict().isFailure());
    if (!failed || run.ending() instanceof Ending.Unusable) {
      return List.of();
    }
    List<Vector> answered = vectors(run, verdict -> !(verdict instanceof Verdict.Skipped));
    int threads = Runtime.getRuntime().availableProcessors();
    try (Diagnostician diagnostician = new Diagnostician(suite.root(), KernelSets.AUTO, threads)) {
      Diagnosis diagnosis = diagnosis(diagnostician, DiagnosticVectors.of(suite, answered));
      if (diagnosis instanceof Diagnosis.Sound) {
        List<Vector> wrong = vectors(run, verdict -> verdict instanceof Verdict.Failed);
        diagnosis = diagnosis(diagnostician, DiagnosticVectors.few(wrong));
      }
      return diagnosis instanceof Diagnosis.Sound ? List.of() : DiagnosisText.lines(diagnosis);
    }
  }

  private static List<Vector> vectors(Verifier.Run run, Predicate<Verdict> of) {
    return run.results().stream()
        .filter(result -> of.test(result.verdict()))
        .map(Result::vector)
        .toList();
  }

  private Diagnosis diagnosis(Diagnostician diagnostician, List<Vector> chosen) {
    List<Vector> questions = verifier.askable(chosen);
    List<Answered> answers = new ArrayList<>();
    for (Vector question : questions) {
      terminal.progress("diagnosing", answers.size(), 2L * questions.size());
      answers.add(new Answered(question, runtime.run(question.request())));
    }
    terminal.progress("diagnosing", questions.size(), 2L * questions.size());
    return diagnostician.diagnose(answers, profile);
  }
}
