package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Links lead somewhere, and no file tells where it was written. */
class MarkdownTest {
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.])/(?:work|root|mnt|workspace|(?:home|Users)/[a-z]+)/");
  private static final Pattern HOST =
      Pattern.compile("https?://(10\\.|192\\.168\\.|[^/\\s]*(artifactory|nexus))");

  @Test
  void everyRelativeLinkResolves() {
    List<String> broken = new ArrayList<>();
    for (Markdown guide : Repository.guides()) {
      guide
          .links()
          .filter(link -> !link.matches("(https?|mailto):.*"))
          .filter(link -> !resolves(guide, link))
          .forEach(link -> broken.add(Repository.root().relativize(guide.file()) + ": " + link));
    }
    assertThat(broken).isEmpty();
  }

  private static boolean resolves(Markdown guide, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? guide.file() : guide.file().resolveSibling(path).normalize();
    if (!target.startsWith(Repository.root()) || !Files.exists(target)) {
      return false;
    }
    return hash < 0 || Markdown.read(target).anchors().anyMatch(link.substring(hash + 1)::equals);
  }

  @Test
  void noTrackedFileNamesAMachineOrItsFolders() throws IOException, InterruptedException {
    List<Path> tracked = tracked();
    List<String> found = new ArrayList<>();
    for (Path file : tracked) {
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (text.indexOf(0) >= 0) {
        continue; // binary
      }
      text.lines()
          .filter(line -> MACHINE_PATH.matcher(line).find() || HOST.matcher(line).find())
          .forEach(line -> found.add(Repository.root().relativize(file) + ": " + line.strip()));
    }
    assertThat(found).isEmpty();
  }

  private static List<Path> tracked() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.exists(Repository.path(".git")), "not a Git checkout: nothing says what is tracked");
    Process git =
        new ProcessBuilder("git", "ls-files", "-z")
            .directory(Repository.root().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(git.waitFor() == 0, "git ls-files failed: nothing says what is tracked");
    return Stream.of(names.split("\0")).map(Repository::path).filter(Files::isRegularFile).toList();
  }
}
