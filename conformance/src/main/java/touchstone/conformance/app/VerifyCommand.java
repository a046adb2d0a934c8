package touchstone.conformance.app;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.app.cli.Terminal;
import touchstone.conformance.door.DumpList;
import touchstone.conformance.report.Heading;
import touchstone.conformance.report.Report;
import touchstone.conformance.report.TerminalReport;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Conclusion;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.KnownFailures;
import touchstone.conformance.verify.KnownFailures.Disagreement;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Selection;
import touchstone.conformance.verify.Verifier;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Examines a runtime with the golden vectors. */
@Command(
    name = "verify",
    customSynopsis =
        "touchstone verify (--adapter COMMAND | --url URL | --files DIR | --own) [OPTIONS]",
    description = "Tell whether a runtime conforms, and where it first departs.")
final class VerifyCommand implements Callable<Integer> {
  @ArgGroup(validate = false, heading = "%nThe runtime:%n")
  DoorOptions door = new DoorOptions();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = {
        "How it rounds, if it does not say so itself: f32, f32-grouped, f16, bf16 or int8."
      })
  String profile;

  @ArgGroup(validate = false, heading = "%nWhat is asked:%n")
  SelectionOptions selection = new SelectionOptions();

  @Option(names = "--list", description = "Print the vectors instead, and ask nobody.")
  boolean list;

  @Option(
      names = "--golden",
      paramLabel = "DIR",
      description = "Where the golden data lies. Default: golden-data of the checkout.")
  Path golden;

  @Option(names = "--fail-fast", description = "Stop at the first required vector that fails.")
  boolean failFast;

  @Option(
      names = "--bisect",
      description = "If a model's numbers are wrong, find the first wrong one in its forward pass.")
  boolean bisect;

  @Option(
      names = "--known-failures",
      paramLabel = "FILE",
      description = "The vectors that are known to fail, and why; strict both ways.")
  Path knownFailures;

  @Option(names = "--fix", description = "Write the list of known failures from what failed.")
  boolean fix;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write record.jsonl, report.md, junit.xml and report.html there.")
  Path report;

  private final Terminal terminal;

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Selection chosen = selection.selection();
    requireSense(chosen);
    try (Suite suite = Suite.open(Program.goldenData(golden))) {
      List<Vector> vectors = chosen.of(suite);
      if (list) {
        new DumpList(vectors).table().forEach(terminal::println);
        return 0;
      }
      try (RuntimeUnderTest runtime = door.open(suite, profile())) {
        runtime.findings().forEach(terminal::note);
        Report done = examined(suite, vectors, runtime, chosen);
        TerminalReport.lines(done, terminal.colouredResults()).forEach(terminal::println);
        if (report != null) {
          ReportFolder.write(done, report);
          terminal.note("wrote " + report.resolve(ReportFolder.PAGE));
        }
        return done.exitCode();
      }
    }
  }

  private void requireSense(Selection chosen) {
    if (fix && knownFailures == null) {
      throw TouchstoneException.of(
          Fault.USAGE, "--fix", "no list is named", "give --known-failures FILE too");
    }
    if (fix && (!chosen.equals(Selection.USUAL) || failFast)) {
      throw TouchstoneException.of(
          Fault.USAGE, "--fix", "only a part is asked", "a list comes from a whole run");
    }
    if (report != null) {
      ReportFolder.require(report);
    }
  }

  private Report examined(
      Suite suite, List<Vector> vectors, RuntimeUnderTest runtime, Selection chosen) {
    Instant started = Clock.systemUTC().instant();
    NumericProfile rounds = profile().orElse(runtime.description().profile());
    Examination examination = new Examination(suite, runtime, rounds, failFast, terminal);
    Verifier.Run run = examination.run(vectors);
    Heading heading =
        new Heading(
            suite.version(),
            suite.manifest(),
            Program.version(),
            runtime.description(),
            rounds,
            door.name(),
            rerun(),
            chosen,
            started);
    return new Report(
        heading,
        run.results(),
        Conclusion.of(run, chosen.isWhole()),
        disagreements(run, chosen.equals(Selection.USUAL)),
        bisect ? Optional.of(examination.bisection(run)) : Optional.empty(),
        chosen.ids().isEmpty() ? examination.diagnosis(run) : List.of(),
        Duration.between(started, Clock.systemUTC().instant()));
  }

  private Optional<NumericProfile> profile() {
    if (profile == null) {
      return Optional.empty();
    }
    Optional<NumericProfile> known = NumericProfile.of(profile);
    if (known.isEmpty()) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "--profile",
          "'" + profile + "'",
          "one of f32, f32-grouped, f16, bf16, int8");
    }
    return known;
  }

  private String rerun() {
    String again = profile == null ? door.command() : door.command() + " --profile " + profile;
    return golden == null ? again : again + " --golden " + DoorOptions.quoted(golden.toString());
  }

  private Optional<List<Disagreement>> disagreements(Verifier.Run run, boolean whole) {
    if (knownFailures == null) {
      return Optional.empty();
    }
    List<Result> results = run.results();
    if (fix && run.ending() instanceof Ending.Complete) {
      KnownFailures.of(results).write(knownFailures);
      terminal.note("wrote " + knownFailures);
    }
    return Optional.of(KnownFailures.read(knownFailures).check(results, whole));
  }
}
