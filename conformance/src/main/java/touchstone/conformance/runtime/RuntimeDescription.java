package touchstone.conformance.runtime;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a runtime says of itself.
 *
 * @param name as people call it
 * @param version exact; never a branch or {@code latest}
 * @param language that it is written in
 * @param homepage where it lives
 * @param capabilities calls that it answers
 * @param profile how it rounds
 * @param maxTokens longest sequence that it takes
 */
public record RuntimeDescription(
    String name,
    String version,
    String language,
    Optional<String> homepage,
    Set<String> capabilities,
    NumericProfile profile,
    OptionalInt maxTokens) {
  public RuntimeDescription {
    if (name.isBlank() || version.isBlank()) {
      throw new IllegalArgumentException("a runtime says its name and its version");
    }
    if (Set.of("main", "master", "latest", "head").contains(version.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("%s is no version, it moves".formatted(version));
    }
    Objects.requireNonNull(language, "language");
    capabilities = Set.copyOf(capabilities);
    Objects.requireNonNull(profile, "profile");
  }
}
