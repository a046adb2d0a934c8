package touchstone.conformance.diagnosis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import touchstone.conformance.door.FilesRuntime;
import touchstone.conformance.door.HttpRuntime;
import touchstone.conformance.door.ProcessRuntime;
import touchstone.conformance.door.RuntimeServer;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.own.Composed;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.RoundingProfile;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;
import touchstone.golden.GoldenData;
import touchstone.kernels.Kernels;
import touchstone.llama.Checkpoint;
import touchstone.llama.LlamaConfig;

/**
 * A way that answers really take from a runtime with mistakes: through files, another process, HTTP, or
 * another arithmetic. The questions are those of {@code touchstone verify}.
 */
final class RealDoor {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** A runtime behind its door, and what else ends with it. */
  private record Opened(RuntimeUnderTest runtime, Runnable closing) implements AutoCloseable {
    @Override
    public void close() {
      runtime.close();
      closing.run();
    }
  }

  /** Opens the door to a runtime with mistakes. */
  private interface Opening {
    Opened open(List<Mutant> mistakes);
  }

  private final String name;
  private final NumericProfile profile;
  private final Suite suite;
  private final Predicate<Vector> answerable;
  private final Opening opening;

  private RealDoor(
      String name,
      NumericProfile profile,
      Suite suite,
      Predicate<Vector> answerable,
      Opening opening) {
    this.name = name;
    this.profile = profile;
    this.suite = suite;
    this.answerable = answerable;
    this.opening = opening;
  }

  String name() {
    return name;
  }

  NumericProfile profile() {
    return profile;
  }

  /** What a diagnosis asks of a runtime with mistakes, answered through this door. */
  List<Answered> answers(List<Mutant> mistakes) {
    try (Opened opened = opening.open(mistakes)) {
      Set<String> calls = opened.runtime.description().capabilities();
      List<Vector> answered =
          suite.vectors().stream()
              .filter(vector -> calls.contains(vector.request().call()))
              .filter(answerable)
              .toList();
      List<Answered> answers = new ArrayList<>();
      for (Vector vector : DiagnosticVectors.of(suite, answered)) {
        answers.add(new Answered(vector, opened.runtime.run(vector.request())));
      }
      return answers;
    }
  }

  private static boolean isOf(String model, Vector vector) {
    return vector.request().arguments().json().path("model").asText().equals(model);
  }

  private static Seams seams(List<Mutant> mistakes) {
    return mistakes.stream().map(Mutant::seams).reduce(Composed::new).orElse(Seams.NONE);
  }

  /** Dumped into a folder, as {@code --files} reads it. */
  static RealDoor files(Suite suite, Checkpoints checkpoints) {
    return new RealDoor(
        "files f32",
        NumericProfile.F32,
        suite,
        _ -> true,
        mistakes -> {
          try (RuntimeUnderTest runtime =
              OwnRuntime.deviant(checkpoints, "scalar", 1, seams(mistakes))) {
            Dumped dumped = Dumped.of(runtime, DiagnosticVectors.of(suite));
            return new Opened(FilesRuntime.open(dumped.folder()), dumped::close);
          }
        });
  }

  /** Another process, as {@code --adapter} starts it; one mistake at most. */
  static RealDoor process(Suite suite) {
    return new RealDoor(
        "process f32",
        NumericProfile.F32,
        suite,
        _ -> true,
        mistakes ->
            new Opened(
                ProcessRuntime.start(
                    new ProcessRuntime.Settings(
                        adapter(mistakes), suite.root(), suite.version(), PATIENCE)),
                () -> {}));
  }

  private static List<String> adapter(List<Mutant> mistakes) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dtouchstone.home=" + GoldenData.root().getParent(),
                "-p",
                System.getProperty("jdk.module.path"),
                "-m",
                "touchstone.reference/touchstone.app.cli.Main",
                "adapter",
                "--kernels",
                "scalar"));
    mistakes.forEach(mistake -> command.addAll(List.of("--mutant", mistake.id())));
    return command;
  }

  /** A server of one model with nothing but OpenAI's interface. */
  static RealDoor openAi(Suite suite, Checkpoints checkpoints, String model) {
    return server("OpenAI", suite, checkpoints, model, RuntimeServer::openAi);
  }

  /** A server of one model as vLLM is. */
  static RealDoor vllm(Suite suite, Checkpoints checkpoints, String model) {
    return server("vLLM", suite, checkpoints, model, RuntimeServer::vllm);
  }

  /** Serves a runtime with one model. */
  private interface Serving {
    RuntimeServer serve(RuntimeUnderTest runtime, Path goldenData, String model);
  }

  private static RealDoor server(
      String kind, Suite suite, Checkpoints checkpoints, String model, Serving serving) {
    return new RealDoor(
        "%s server of %s f32".formatted(kind, Path.of(model).getFileName()),
        NumericProfile.F32,
        suite,
        vector -> isOf(model, vector),
        mistakes -> {
          RuntimeServer server =
              serving.serve(
                  OwnRuntime.deviant(checkpoints, "simd", 1, seams(mistakes)), suite.root(), model);
          RuntimeUnderTest runtime =
              HttpRuntime.connect(
                  new HttpRuntime.Settings(
                      server.address(),
                      suite.root(),
                      model,
                      Optional.empty(),
                      NumericProfile.F32,
                      PATIENCE));
          return new Opened(runtime, server::close);
        });
  }

  /** Log-probabilities of a runtime that rounds as Transformers does in a 16-bit type. */
  static RealDoor rounded(Suite suite, Checkpoints checkpoints, RoundingProfile profile) {
    return new RealDoor(
        "logprobs " + profile.label(),
        profile.judgedAs(),
        suite,
        vector -> Served.LOGPROBS.asks(vector),
        mistakes ->
            new Opened(
                OwnRuntime.deviant(
                    checkpoints, "scalar", 1, new Composed(new Rounded(profile), seams(mistakes))),
                () -> {}));
  }

  private record Rounded(RoundingProfile profile) implements Seams {
    @Override
    public Checkpoint checkpoint(Checkpoint checkpoint) {
      return profile.checkpoint(checkpoint);
    }

    @Override
    public Kernels kernels(Kernels kernels, LlamaConfig config) {
      return profile.kernels(kernels);
    }
  }
}
