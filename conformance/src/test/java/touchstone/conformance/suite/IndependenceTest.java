package touchstone.conformance.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.golden.GoldenData;

/** What judges shares no arithmetic with what is judged. */
class IndependenceTest {
  private static final Path CHECKOUT = GoldenData.root().getParent();
  private static final Path MAIN =
      CHECKOUT.resolve("conformance/src/main/java/touchstone/conformance");
  private static final Pattern QUALIFIED = Pattern.compile("touchstone(?:\\.[a-z]+)+\\.[A-Z]\\w*");
  private static final List<String> COMPUTING =
      List.of(
          "conformance.mutant",
          "conformance.own",
          "conformance.profile",
          "evaluate",
          "generate",
          "gptq",
          "kernels",
          "llama",
          "quantize",
          "synthetic",
          "tokenizer");

  /** Names without arithmetic: of intermediates, and of words as they are stored. */
  private static final Set<String> NAMES = Set.of("touchstone.llama.ProbePoint");

  private static final Set<String> STORED =
      Set.of("touchstone.gptq.GptqMatrix", "touchstone.gptq.ZeroPointFormat");

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The types of packages that compute which the code of a package names, imported or in full. */
  private static Set<String> computing(String name) {
    Set<String> found = new TreeSet<>();
    for (Path file : files(MAIN.resolve(name), ".java")) {
      text(file)
          .lines()
          .filter(line -> !line.strip().startsWith("*") && !line.strip().startsWith("/*"))
          .flatMap(line -> QUALIFIED.matcher(line).results().map(MatchResult::group))
          .filter(
              type -> COMPUTING.stream().anyMatch(p -> type.startsWith("touchstone." + p + ".")))
          .forEach(found::add);
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"suite", "runtime", "verify", "report"})
  void whatReadsJudgesAndReportsUsesNothingThatComputes(String name) {
    assertThat(files(MAIN.resolve(name), ".java")).isNotEmpty();
    assertThat(computing(name)).isSubsetOf(NAMES);
  }

  @Test
  void theOraclesKnowStoredWordsAndNoKernels() {
    assertThat(computing("oracle")).isSubsetOf(STORED);
  }

  /** Else this test would pass for want of finding anything. */
  @Test
  void theDeviationsUseWhatComputes() {
    assertThat(computing("mutant")).contains("touchstone.kernels.Kernels");
  }

  @Test
  void theGeneratorsOfGoldenDataRunNothingButPython() {
    List<Path> scripts = files(GoldenData.path("generate"), ".py");
    assertThat(scripts).hasSizeGreaterThan(20);
    Set<String> starting =
        scripts.stream()
            .filter(script -> text(script).matches("(?s).*\\b(subprocess|os\\.system|popen)\\b.*"))
            .map(script -> script.getFileName().toString())
            .collect(Collectors.toSet());
    assertThat(starting).containsExactly("generate_all.py");
    assertThat(text(GoldenData.path("generate/generate_all.py"))).contains("[sys.executable,");
    assertThat(scripts)
        .allSatisfy(
            script ->
                assertThat(text(script))
                    .as(script.getFileName().toString())
                    .doesNotContainPattern("\\b(jpype|jnius|py4j|javabridge)\\b")
                    .doesNotContainPattern("\\.(java|jar|class)[\"']")
                    .doesNotContainPattern("src/main|kernels-(scalar|simd)"));
  }
}
