package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import touchstone.docs.Distribution.Run;
import touchstone.docs.Markdown.Block;

/**
 * The tutorial of adapters, step by step, from the empty file to the adapter that is delivered. A block after
 * {@code <!-- write -->} is the whole adapter, one after {@code <!-- put -->} is put into it, one after
 * {@code <!-- run -->} or {@code <!-- run exit=76 -->} is run in the root of the checkout, and one after
 * {@code <!-- shows -->} is what that printed, results before errors; hashes of the golden data are left
 * out. With {@code -Dtouchstone.tutorial.write=true} what is printed, and the adapter, are written
 * instead of compared.
 */
class TutorialExamples {
  private static final Path GUIDE = Repository.path("docs/adapter-tutorial.md");
  private static final Path DELIVERED = Repository.path("conformance/adapters/tutorial/adapter.py");
  private static final Path WORK = Repository.path("target/tutorial/adapter.py");
  private static final Pattern RUN = Pattern.compile("run(?: exit=(\\d+))?");
  private static final Pattern MANIFEST = Pattern.compile("manifest [0-9a-f]{12}");
  private static final String INCUBATOR =
      "WARNING: Using incubator modules: jdk.incubator.vector\n";
  private static final boolean WRITE = Boolean.getBoolean("touchstone.tutorial.write");

  @BeforeAll
  static void everythingIsThere() {
    Distribution.requireUpToDate();
    Assumptions.assumeTrue(
        Distribution.shell("python3 --version").exitCode() == 0,
        "the tutorial is written in Python, and there is no python3 here");
  }

  @Test
  void everyStepShowsWhatTheTutorialSays() throws IOException {
    PythonFile adapter = new PythonFile();
    String printed = "";
    List<String> lines = new ArrayList<>(Repository.read(GUIDE).lines().toList());
    List<Block> blocks = Markdown.read(GUIDE).blocks();
    int moved = 0;
    for (Block block : blocks) {
      Matcher run = RUN.matcher(block.comment());
      if (block.comment().equals("write")) {
        adapter = new PythonFile();
      }
      if (List.of("write", "put").contains(block.comment())) {
        adapter.put(block.text());
        save(WORK, adapter.text());
      } else if (run.matches()) {
        printed = printed(block, run.group(1) == null ? 0 : Integer.parseInt(run.group(1)));
      } else if (block.comment().equals("shows")) {
        if (WRITE) {
          moved += replaceBlock(lines, block, moved, printed);
        } else {
          assertThat(printed).as(block.place()).isEqualTo(block.text());
        }
      }
    }
    if (WRITE) {
      save(GUIDE, String.join("\n", lines) + "\n");
      save(DELIVERED, adapter.text());
    }
    assertThat(Repository.read(DELIVERED)).isEqualTo(adapter.text());
  }

  private static String printed(Block block, int exitCode) {
    Run run = Distribution.shell("set -e\n" + block.text());
    assertThat(run.exitCode()).as("%s: %s", block.place(), run.errors()).isEqualTo(exitCode);
    String all = run.output() + run.errors().replace(INCUBATOR, "");
    return MANIFEST.matcher(all).replaceAll("manifest ...");
  }

  /** By how many lines the rest of the guide moves down. */
  private static int replaceBlock(List<String> lines, Block block, int moved, String text) {
    int from = block.line() + moved;
    int to = from;
    while (!lines.get(to).equals("```")) {
      to++;
    }
    List<String> fresh = text.lines().toList();
    lines.subList(from, to).clear();
    lines.addAll(from, fresh);
    return fresh.size() - (to - from);
  }

  private static void save(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
