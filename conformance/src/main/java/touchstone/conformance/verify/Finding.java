package touchstone.conformance.verify;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a reply is wrong.
 *
 * @param kind what is wrong with it
 * @param output the output it is wrong in; of a refusal, its class
 * @param sentence what is wrong, for people
 * @param expected what should have come: a number, a shape, an excerpt
 * @param actual what came
 * @param worst the worst number, if numbers were compared
 */
public record Finding(
    Kind kind,
    String output,
    String sentence,
    String expected,
    String actual,
    Optional<Deviation> worst) {
  /** What can be wrong with a reply. */
  public enum Kind {
    /** A number is further off than its bound. */
    VALUE,
    /** Something is not a number that should be one. */
    NAN,
    /** A text, a list or a configuration differs. */
    DATA,
    /** A token differs at a step that no honest rounding decides otherwise. */
    TOKEN,
    /** The shape differs. */
    SHAPE,
    /** It is of another kind: integers for floats, a coarser type than the profile's, text for numbers. */
    TYPE,
    /** An output is not there. */
    MISSING,
    /** An output has a name that the call does not know. */
    NAME,
    /** What is right was refused. */
    REFUSED,
    /** What had to be refused was answered. */
    ACCEPTED;

    /** The name in reports and lists. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this says that the reply does not have the agreed form, whatever its numbers. */
    public boolean isForm() {
      return switch (this) {
        case SHAPE, TYPE, MISSING, NAME, REFUSED -> true;
        case VALUE, NAN, DATA, TOKEN, ACCEPTED -> false;
      };
    }
  }

  public Finding {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(sentence, "sentence");
    Objects.requireNonNull(worst, "worst");
  }

  /** A finding without a number. */
  static Finding of(Kind kind, String output, String sentence, String expected, String actual) {
    return new Finding(kind, output, sentence, expected, actual, Optional.empty());
  }

  /** What a list of known failures says of it: the same on every machine. */
  public String reason() {
    return output.isEmpty() ? kind.label() : kind.label() + " " + output;
  }
}
