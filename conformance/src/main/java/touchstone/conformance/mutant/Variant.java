package touchstone.conformance.mutant;

import java.util.Objects;
import touchstone.conformance.own.Seams;
import touchstone.conformance.runtime.NumericProfile;

/**
 * Another honest arithmetic. A runtime that computes so is right, and a suite that fails it cries
 * wolf.
 *
 * @param id its name: {@code weights-rounded}
 * @param title what is done otherwise
 * @param user who computes so
 * @param profile what such a runtime declares
 * @param seams the arithmetic
 */
public record Variant(String id, String title, String user, NumericProfile profile, Seams seams) {
  public Variant {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(seams, "seams");
  }
}
