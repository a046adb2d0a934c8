package touchstone.conformance.mutant;

import java.util.List;
import java.util.Objects;
import touchstone.conformance.own.Seams;

/**
 * One known mistake.
 *
 * @param id its name: {@code rope-interleaved}
 * @param group what it is a mistake in
 * @param title the mistake in a few words
 * @param symptom how it shows
 * @param cause how runtimes come to make it
 * @param links where one did, in public
 * @param seams the mistake itself
 */
public record Mutant(
    String id,
    Group group,
    String title,
    String symptom,
    String cause,
    List<String> links,
    Seams seams) {

  /** What a mistake is in. */
  public enum Group {
    /** Decoding of quantised weights. */
    WEIGHTS,
    /** Arithmetic of the forward pass, its cache included. */
    ARITHMETIC,
    /** Tokenisation and prompts. */
    TEXT,
    /** From logits to a token. */
    SAMPLING,
    /** When a continuation ends. */
    STOPPING,
    /** Quantising. */
    QUANTISER
  }

  public Mutant {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(group, "group");
    links = List.copyOf(links);
    Objects.requireNonNull(seams, "seams");
  }
}
