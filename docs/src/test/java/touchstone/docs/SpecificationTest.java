package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import touchstone.docs.Specification.Rule;

/** Specification, code and tests speak of the same rules. */
class SpecificationTest {
  private static final String CODE = "- Code: ";
  private static final String TESTS = "- Tests: ";
  private static final String VECTORS = "- Vectors: ";

  /** The pages that speak of any runtime, and not of this one alone. */
  private static final Set<String> PAGES =
      Set.of("llama.md", "gptq.md", "tokenizer.md", "checkpoint.md", "sampling.md", "chat.md");

  private static final int FEWEST_RULES = 60;

  private static Set<String> defined() {
    return Specification.rules().stream()
        .map(Rule::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyRuleIsDefinedOnceAndSaysMust() {
    List<Rule> rules = Specification.rules();
    assertThat(rules).hasSizeGreaterThan(FEWEST_RULES);
    assertThat(rules).extracting(Rule::id).doesNotHaveDuplicates();
    assertThat(rules)
        .allSatisfy(rule -> assertThat(rule.statement()).as(rule.id()).contains("MUST"))
        .allSatisfy(
            rule ->
                assertThat(rule.section())
                    .as(rule.id())
                    .anyMatch(line -> line.startsWith("- Source: ")));
  }

  @Test
  void theCodeImplementsAllRulesAndNoOthers() {
    Set<String> claimed = Specification.claims().keySet();
    assertThat(defined()).as("rules that classes claim").containsAll(claimed);
    assertThat(claimed).as("rules that some class implements").containsAll(defined());
  }

  @Test
  void everyRuleIsTestedOrListedWithAReason() {
    Map<String, String> untested = Specification.untested();
    Set<String> tested = new TreeSet<>(Specification.tests().keySet());
    assertThat(defined()).as("rules that tests name").containsAll(tested);
    assertThat(untested.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());

    Set<String> missing = defined();
    missing.removeAll(tested);
    missing.removeAll(untested.keySet());
    assertThat(missing).as("rules without a test and without a reason").isEmpty();
    assertThat(defined()).as("rules listed as untested").containsAll(untested.keySet());
    assertThat(untested.keySet()).as("listed although tested").doesNotContainAnyElementsOf(tested);
  }

  /** Pages that speak of any runtime: what they ask for is asked of every runtime, or it is said why not. */
  @Test
  void everyRuleHasARequiredVectorOrIsListedWithAReason() {
    Map<String, String> untested = GoldenRules.untested();
    Map<String, List<GoldenRules.Tagged>> vectors = GoldenRules.byRule();
    Set<String> tested = new TreeSet<>(vectors.keySet());
    tested.removeIf(rule -> vectors.get(rule).stream().noneMatch(GoldenRules.Tagged::required));
    assertThat(defined()).as("rules that vectors name").containsAll(vectors.keySet());
    assertThat(untested.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());

    Set<String> asked =
        Specification.rules().stream()
            .filter(rule -> PAGES.contains(rule.file().getFileName().toString()))
            .map(Rule::id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(asked).as("rules listed as without a vector").containsAll(untested.keySet());
    assertThat(untested.keySet()).as("listed although tested").doesNotContainAnyElementsOf(tested);
    asked.removeAll(tested);
    asked.removeAll(untested.keySet());
    assertThat(asked).as("rules without a required vector and without a reason").isEmpty();
  }

  /** A tag on a test that is never run, or that jqwik skips because the tag is JUnit's, is a lie. */
  @Test
  void everyTaggedTestIsRun() {
    Pattern property = Pattern.compile("@Property[^\\n]*\\n(?: +@[^\\n]*\\n)*? +@Tag\\(");
    Specification.tests().values().stream()
        .flatMap(Collection::stream)
        .distinct()
        .forEach(
            file -> {
              String source = Repository.read(file);
              boolean jupiter = source.contains("import org.junit.jupiter.api.Tag;");
              assertThat(file.toString()).as("Surefire looks for this name").endsWith("Test.java");
              assertThat(jupiter && property.matcher(source).find())
                  .as("%s: a @Property needs @net.jqwik.api.Tag", file)
                  .isFalse();
            });
  }

  /** With {@code -Dtouchstone.spec.write=true} the lists are written instead of compared. */
  @Test
  void theListsOfClassesAndTestsAreUpToDate() throws IOException {
    boolean write = Boolean.getBoolean("touchstone.spec.write");
    for (Path file : Specification.files()) {
      String expected = withLists(file);
      if (write) {
        Files.writeString(file, expected);
      }
      assertThat(Repository.read(file))
          .as("%s; run the test with -Dtouchstone.spec.write=true to bring it up to date", file)
          .isEqualTo(expected);
    }
  }

  private static String withLists(Path file) {
    Map<String, SequencedSet<Path>> claims = Specification.claims();
    Map<String, SequencedSet<Path>> tests = Specification.tests();
    Map<String, List<GoldenRules.Tagged>> vectors = GoldenRules.byRule();
    List<String> lines = new ArrayList<>(Repository.read(file).lines().toList());
    lines.removeIf(line -> Stream.of(CODE, TESTS, VECTORS).anyMatch(line::startsWith));
    String rule = "";
    List<String> result = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      rule = line.startsWith("#") ? line.replaceFirst("^#+ ", "") : rule;
      result.add(line);
      boolean inSource = line.startsWith("- Source: ") || line.startsWith("  ");
      boolean last = i + 1 == lines.size() || lines.get(i + 1).isBlank();
      if (inSource && last) {
        result.add(CODE + links(file, claims.get(rule)));
        result.add(TESTS + links(file, tests.get(rule)));
        if (vectors.containsKey(rule)) {
          result.add(VECTORS + GoldenRules.links(file, vectors.get(rule)));
        }
      }
    }
    return String.join("\n", result) + "\n";
  }

  private static String links(Path from, Collection<Path> files) {
    return Stream.ofNullable(files)
        .flatMap(Collection::stream)
        .map(file -> "[%s](%s)".formatted(name(file), Repository.link(from, file)))
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(", "), it -> it.isEmpty() ? "none" : it));
  }

  private static String name(Path source) {
    Path module = Repository.root().relativize(source).getName(0);
    String type = source.getFileName().toString().replace(".java", "");
    return module.toString().startsWith("kernels-simd") ? type + " (simd)" : type;
  }
}
