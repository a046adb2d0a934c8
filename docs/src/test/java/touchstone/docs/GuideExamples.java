package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import touchstone.docs.Distribution.Run;
import touchstone.docs.Markdown.Block;

/**
 * The examples in the guides do what the guides say. A fenced block is an example if the line before
 * it is {@code <!-- test -->}, or {@code <!-- test exit=65 -->} where that is the exit code; if the
 * next block comes after {@code <!-- output -->}, that is what it prints. In a block of shell every
 * command runs by itself in the root of the checkout. Runs in phase verify, on the assembled program.
 */
class GuideExamples {
  private static final Pattern TEST = Pattern.compile("test(?: exit=(\\d+))?");
  private static final String OUTPUT = "output";
  private static final int FEWEST_SHELL = 8;

  /** A block to be run, and what it prints. */
  private record Example(Block block, int exitCode, Optional<String> output) {}

  @BeforeAll
  static void theProgramIsAssembled() {
    Distribution.requireUpToDate();
  }

  private static List<Example> examples(String info) {
    List<Example> examples = new ArrayList<>();
    for (Markdown guide : Repository.guides()) {
      for (int i = 0; i < guide.blocks().size(); i++) {
        Block block = guide.blocks().get(i);
        Matcher test = TEST.matcher(block.comment());
        if (block.info().equals(info) && test.matches()) {
          Optional<String> output =
              guide.blocks().stream()
                  .skip(i + 1L)
                  .findFirst()
                  .filter(next -> next.comment().equals(OUTPUT))
                  .map(Block::text);
          int exitCode = test.group(1) == null ? 0 : Integer.parseInt(test.group(1));
          examples.add(new Example(block, exitCode, output));
        }
      }
    }
    return examples;
  }

  @Test
  void everyMarkOfATestIsUnderstood() {
    for (Markdown guide : Repository.guides()) {
      for (Block block : guide.blocks()) {
        if (block.comment().startsWith("test")) {
          assertThat(block.comment()).as(block.place()).matches(TEST);
          assertThat(block.info()).as(block.place()).isIn("sh", "java");
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> commandsDoWhatTheGuidesSay() {
    List<Example> examples = examples("sh");
    assertThat(examples).hasSizeGreaterThanOrEqualTo(FEWEST_SHELL);
    return examples.stream()
        .map(
            example -> DynamicTest.dynamicTest(example.block.place(), () -> requireShell(example)));
  }

  private static void requireShell(Example example) {
    Run run = Distribution.shell("set -e\n" + example.block.text());
    assertThat(run.exitCode()).as("%s", run.errors()).isEqualTo(example.exitCode);
    example.output.ifPresent(expected -> assertThat(run.output()).isEqualTo(expected));
  }

  @TestFactory
  Stream<DynamicTest> snippetsDoWhatTheGuidesSay(@TempDir Path folder) {
    List<Example> examples = examples("java");
    assertThat(examples).isNotEmpty();
    return examples.stream()
        .map(
            example ->
                DynamicTest.dynamicTest(
                    example.block.place(), () -> requireSnippet(example, folder)));
  }

  private static void requireSnippet(Example example, Path folder) throws IOException {
    Path source = folder.resolve("Example.java");
    Files.writeString(source, example.block.text());
    Run run = Distribution.java(source);
    assertThat(run.exitCode()).as(run.errors()).isEqualTo(example.exitCode);
    example.output.ifPresent(expected -> assertThat(run.output()).isEqualTo(expected));
  }

  /** Every command and every option that the program has stands in its guide. */
  @TestFactory
  Stream<DynamicTest> everyOptionIsInTheGuide() {
    String guide = Repository.read(Repository.path("docs/cli.md"));
    List<String> commands =
        Pattern.compile("^  ([a-z-]+)  ", Pattern.MULTILINE)
            .matcher(Distribution.shell("./touchstone --help").output())
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(commands).contains("generate", "logits");
    return commands.stream()
        .map(command -> DynamicTest.dynamicTest(command, () -> requireOptions(command, guide)));
  }

  private static void requireOptions(String command, String guide) {
    assertThat(guide).containsPattern("(?m)^## touchstone .*\\b" + command + "\\b");
    String help = Distribution.shell("./touchstone help " + command).output();
    Pattern.compile("^ +(?:-\\w, )?(--[a-z\\[\\]-]+)", Pattern.MULTILINE)
        .matcher(help)
        .results()
        .flatMap(found -> spellings(found.group(1)))
        .forEach(option -> assertThat(guide).contains(option));
  }

  /** {@code --[no-]do-sample} stands for two options. */
  private static Stream<String> spellings(String option) {
    return option.contains("[no-]")
        ? Stream.of(option.replace("[no-]", ""), option.replace("[no-]", "no-"))
        : Stream.of(option);
  }
}
