package touchstone.conformance.report;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.RuntimeDescription;
import touchstone.conformance.verify.Selection;

/**
 * Who was asked what, and where.
 *
 * @param suite version of the vectors
 * @param manifest SHA-256 of their manifest, which pins every byte of them
 * @param touchstone version of this program
 * @param runtime what the runtime says of itself
 * @param profile by which it was judged
 * @param door how it was reached: adapter, url, files or own
 * @param rerun the command, less the choice of vectors
 * @param selection the choice of vectors
 * @param started when
 */
public record Heading(
    String suite,
    Optional<String> manifest,
    String touchstone,
    RuntimeDescription runtime,
    NumericProfile profile,
    String door,
    String rerun,
    Selection selection,
    Instant started) {
  private static final int SHORT = 12;

  public Heading {
    Objects.requireNonNull(runtime, "runtime");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(selection, "selection");
  }

  /** Suite and manifest for people. */
  public String suiteName() {
    return "Touchstone suite "
        + suite
        + manifest.map(m -> " (manifest " + brief(m) + ")").orElse("");
  }

  /** Runtime and profile for people. */
  public String runtimeName() {
    return "%s %s (profile %s)".formatted(runtime.name(), runtime.version(), profile.label());
  }

  /** What asks one vector again. */
  public String rerun(String vector) {
    return rerun + " --vector " + vector;
  }

  private static String brief(String digest) {
    return digest.substring(0, Math.min(SHORT, digest.length()));
  }
}
