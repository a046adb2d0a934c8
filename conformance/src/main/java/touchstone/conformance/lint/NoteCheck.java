package touchstone.conformance.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Every flag has a note in its file, and every note is the note of a flag. */
final class NoteCheck {
  private NoteCheck() {}

  static List<String> findings(List<VectorFile> files) {
    List<String> findings = new ArrayList<>();
    for (VectorFile file : files) {
      Set<String> used = new TreeSet<>();
      file.vectors().forEach(vector -> used.addAll(VectorFile.texts(vector.path("flags"))));
      Set<String> notes = new TreeSet<>();
      file.json().path("notes").fieldNames().forEachRemaining(notes::add);
      used.stream()
          .filter(flag -> !notes.contains(flag))
          .forEach(flag -> findings.add("%s: no note for flag %s".formatted(file.name(), flag)));
      notes.stream()
          .filter(note -> !used.contains(note))
          .forEach(note -> findings.add("%s: no vector has flag %s".formatted(file.name(), note)));
    }
    return findings;
  }
}
