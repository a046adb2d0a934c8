package touchstone.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.conformance.door.ProcessRuntime;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.verify.Ending;
import touchstone.conformance.verify.KnownFailures;
import touchstone.conformance.verify.Selection;
import touchstone.conformance.verify.Verifier;
import touchstone.golden.GoldenData;

/**
 * The adapters of {@code conformance/adapters}, each on the whole suite, wherever its runtime is to be
 * had: a system property names it, and without the property there is no test. What a runtime fails is
 * listed beside its adapter, strictly.
 */
final class ReadyMadeAdaptersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path ADAPTERS =
      GoldenData.root().resolveSibling("conformance").resolve("adapters");

  /**
   * An adapter and what it needs.
   *
   * @param folder below {@code conformance/adapters}
   * @param property names the runtime
   * @param command with {@code %s} for the property's value
   */
  private record ReadyMade(String folder, String property, List<String> command) {
    List<String> command(String value) {
      return command.stream().map(word -> word.formatted(value)).toList();
    }

    @Override
    public String toString() {
      return folder;
    }
  }

  static List<ReadyMade> adapters() {
    String python = System.getProperty("touchstone.adapters.python", "python");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return List.of(
        new ReadyMade("pytorch", "touchstone.adapters.python", script("%s", "pytorch/adapter.py")),
        new ReadyMade(
            "transformers", "touchstone.adapters.python", script("%s", "transformers/adapter.py")),
        new ReadyMade(
            "onnxruntime",
            "touchstone.adapters.onnxruntime",
            script("%s", "onnxruntime/adapter.py")),
        new ReadyMade(
            "llama-cpp",
            "touchstone.adapters.llama",
            script(python, "llama-cpp/adapter.py", "--library", "%s")),
        new ReadyMade(
            "transformers-js",
            "touchstone.adapters.node",
            script("node", "transformers-js/adapter.mjs", "%s")),
        new ReadyMade(
            "jlama",
            "touchstone.adapters.jlama",
            List.of(
                java.toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                "%s/*",
                ADAPTERS.resolve("jlama/JlamaAdapter.java").toString())));
  }

  private static List<String> script(String program, String file, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program, ADAPTERS.resolve(file).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void aRealRuntimeFailsWhatIsListedAndNothingElse(ReadyMade adapter) {
    String value = System.getProperty(adapter.property());
    Assumptions.assumeTrue(
        value != null, "-D%s names no runtime for %s".formatted(adapter.property(), adapter));
    KnownFailures listed =
        KnownFailures.read(ADAPTERS.resolve(adapter.folder()).resolve("known-failures.txt"));
    try (Suite suite = Suite.open(GoldenData.root());
        ProcessRuntime runtime =
            ProcessRuntime.start(
                new ProcessRuntime.Settings(
                    adapter.command(value), suite.root(), suite.version(), PATIENCE))) {
      Verifier.Run run =
          new Verifier(runtime, runtime.description().profile(), false, (_, _, _) -> {})
              .verify(Selection.USUAL.of(suite), suite.root());

      assertThat(run.ending()).isInstanceOf(Ending.Complete.class);
      assertThat(listed.check(run.results(), true)).isEmpty();
    }
  }
}
