package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reading order knows every public class of the paper, and calls each by its name. */
class ReadingOrderTest {
  private static final List<String> PAPER =
      List.of(
          "tensor",
          "kernels",
          "llama",
          "gptq",
          "checkpoint",
          "tokenizer",
          "generate",
          "quantize",
          "evaluate",
          "synthetic");
  private static final Pattern PUBLIC =
      Pattern.compile(
          "^public (?:(?:final|sealed|abstract|non-sealed) )*(?:class|record|interface|enum) (\\w+)",
          Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\[`(\\w+)`]\\(([^)]+)\\.java\\)");

  private static final Path GUIDE = Repository.path("docs/reading-order.md");

  @Test
  void everyPublicClassOfThePaperIsListed() {
    Set<String> types =
        PAPER.stream()
            .map(name -> Repository.path("reference/src/main/java/touchstone").resolve(name))
            .flatMap(folder -> Repository.files(folder, ".java"))
            .flatMap(file -> PUBLIC.matcher(Repository.read(file)).results())
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(types).hasSizeGreaterThan(50);
    assertThat(listed().map(found -> found[0])).containsAll(types);
  }

  @Test
  void everyLinkHasTheNameOfItsClass() {
    assertThat(listed())
        .allSatisfy(found -> assertThat(Path.of(found[1]).getFileName()).hasToString(found[0]));
  }

  private static Stream<String[]> listed() {
    return LINK.matcher(Repository.read(GUIDE))
        .results()
        .map(found -> new String[] {found.group(1), found.group(2)});
  }
}
