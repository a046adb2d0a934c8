package touchstone.conformance.diagnosis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Vector;

/**
 * The few vectors that a diagnosis looks at. They are chosen call by call: first the one on which most
 * pairs of mutants, the reference among them, answer differently; then the one on which most of the
 * pairs do that are left; until none tells any pair apart. Of equals the cheaper. So whatever calls a
 * runtime answers, these tell apart what all vectors of the calls would, a single vector at a time.
 */
public final class DiagnosticVectors {
  private static final String LIST = "diagnostic-vectors.txt";

  private DiagnosticVectors() {}

  /** Their ids. */
  public static Set<String> ids() {
    try (InputStream list = DiagnosticVectors.class.getResourceAsStream(LIST)) {
      return new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of a suite, in its order. */
  public static List<Vector> of(Suite suite) {
    Set<String> ids = ids();
    return suite.vectors().stream().filter(vector -> ids.contains(vector.id())).toList();
  }
}
