package touchstone.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
final class Repository {
  /** The folders that hold Java, in reading order. */
  static final List<String> MODULES =
      List.of("reference", "kernels-scalar", "kernels-simd", "conformance", "golden-data");

  private static final Path ROOT = Path.of(System.getProperty("touchstone.root")).toAbsolutePath();

  private Repository() {}

  static Path root() {
    return ROOT;
  }

  static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** README.md, where there is one, and all guides. */
  static List<Markdown> guides() {
    return Stream.concat(
            Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
                .map(ROOT::resolve)
                .filter(Files::exists),
            files(path("docs"), ".md"))
        .map(Markdown::read)
        .toList();
  }

  /** The files below a folder whose names end as given, sorted; build outputs are left out. */
  static Stream<Path> files(Path folder, String ending) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The Java files of all modules, in {@code src/main} or {@code src/test}. */
  static Stream<Path> sources(String kind) {
    return MODULES.stream()
        .flatMap(module -> files(path(module).resolve("src").resolve(kind), ".java"));
  }

  /** A path from one file to another, as a link in the first writes it. */
  static String link(Path from, Path to) {
    return from.getParent().relativize(to).toString().replace('\\', '/');
  }
}
