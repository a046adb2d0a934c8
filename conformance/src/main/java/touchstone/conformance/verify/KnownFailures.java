package touchstone.conformance.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.FileFaults;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * The vectors that a runtime is known to fail, each with its reason, one a line:
 *
 * <pre>
 * operation/rms-norm/eps-dominates  # value y
 * </pre>
 *
 * A line that begins with {@code #} is a comment. The list is strict: a run agrees with it if exactly
 * these vectors fail, and for these reasons. A reason may be the beginning of the real one.
 *
 * @param reasons by vector id
 */
public record KnownFailures(SequencedMap<String, String> reasons) {
  /**
   * A vector about which list and run disagree.
   *
   * @param vector its id
   * @param why in what
   */
  public record Disagreement(String vector, String why) {}

  private static final String FORM = "write: vector-id  # reason";

  public KnownFailures {
    reasons = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(reasons));
  }

  /**
   * Reads a list.
   *
   * @throws TouchstoneException if it cannot be read or a line is not of the form above
   */
  public static KnownFailures read(Path file) {
    SequencedMap<String, String> reasons = new LinkedHashMap<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        String where = "%s: line %d".formatted(file, number);
        int mark = line.indexOf('#');
        String reason = line.substring(mark + 1).strip();
        if (mark < 0 || reason.isEmpty()) {
          throw TouchstoneException.of(Fault.FORMAT, where, "no reason", FORM);
        }
        if (reasons.put(line.substring(0, mark).strip(), reason) != null) {
          throw TouchstoneException.of(Fault.FORMAT, where, "listed twice", "remove one");
        }
      }
    }
    return new KnownFailures(reasons);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readString(file).lines().toList();
    } catch (IOException e) {
      throw FileFaults.reading(file, e);
    }
  }

  /** The list of what failed in a run. */
  public static KnownFailures of(List<Result> results) {
    SequencedMap<String, String> reasons = new LinkedHashMap<>();
    for (Result result : results) {
      result.verdict().failure().ifPresent(reason -> reasons.put(result.vector().id(), reason));
    }
    return new KnownFailures(reasons);
  }

  /** Writes the list; comments that a file had are kept at its head. */
  public void write(Path file) {
    StringBuilder text = new StringBuilder();
    if (Files.exists(file)) {
      lines(file).stream()
          .takeWhile(line -> line.isBlank() || line.startsWith("#"))
          .forEach(line -> text.append(line).append('\n'));
    }
    reasons.forEach((id, reason) -> text.append("%s  # %s%n".formatted(id, reason)));
    AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Where a run and this list disagree.
   *
   * @param whole whether every vector was asked, so that a listed one without a result is one that no
   *     longer exists
   */
  public List<Disagreement> check(List<Result> results, boolean whole) {
    List<Disagreement> found = new ArrayList<>();
    SequencedMap<String, String> unseen = new LinkedHashMap<>(reasons);
    for (Result result : results) {
      String id = result.vector().id();
      Optional<String> listed = Optional.ofNullable(unseen.remove(id));
      disagreement(listed, result.verdict()).ifPresent(why -> found.add(new Disagreement(id, why)));
    }
    if (whole) {
      unseen.keySet().forEach(id -> found.add(new Disagreement(id, "listed, and no such vector")));
    }
    return List.copyOf(found);
  }

  private static Optional<String> disagreement(Optional<String> listed, Verdict verdict) {
    Optional<String> failure = verdict.failure();
    if (listed.isEmpty()) {
      return failure.map(reason -> "fails (%s) and is not listed".formatted(reason));
    }
    return switch (verdict) {
      case Verdict.Passed _, Verdict.Acceptable _ -> Optional.of("listed as failing, and passes");
      case Verdict.Skipped _ -> Optional.of("listed as failing, and was skipped");
      case Verdict.Failed _, Verdict.Broken _ ->
          failure
              .filter(reason -> !reason.startsWith(listed.get()))
              .map(reason -> "listed with '%s', fails with '%s'".formatted(listed.get(), reason));
    };
  }
}
