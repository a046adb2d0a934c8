package touchstone.conformance.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the diagnosis said of a mistake that is not the catalogue's own code; a row that
 * conformance/adapters/mistaken/measure.py wrote.
 *
 * @param mistake its name there
 * @param catalogue what the catalogue calls it; empty if it does not have it
 * @param outcome right, group, wrong, none or invisible
 * @param named what was named, or is nearest
 */
record Independent(String mistake, String catalogue, String outcome, String named) {
  static List<Independent> read(Path table) throws IOException {
    return Files.readAllLines(table).stream().skip(1).map(Independent::of).toList();
  }

  private static Independent of(String csv) {
    String[] field = csv.split(",", -1);
    return new Independent(field[0], field[1], field[2], field[3]);
  }

  boolean isKnown() {
    return !catalogue.isEmpty();
  }

  boolean isMiss() {
    return isKnown() && !outcome.equals("right") && !outcome.equals("group");
  }
}
