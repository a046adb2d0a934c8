package touchstone.conformance.suite;

import java.util.List;

/**
 * Why a vector exists: what a flag on it means.
 *
 * @param flag its name
 * @param bugType the kind of mistake, of the vocabulary in the schema
 * @param description what the vector does
 * @param effect what goes wrong in a runtime that fails it
 * @param links where it went wrong in public
 */
public record Note(
    String flag, String bugType, String description, String effect, List<String> links) {
  public Note {
    links = List.copyOf(links);
  }
}
