package touchstone.conformance.app;

import java.util.List;
import touchstone.app.cli.Table;
import touchstone.conformance.suite.Vector;

/** What is asked, a line per vector. */
final class VectorList {
  private VectorList() {}

  static List<String> lines(List<Vector> vectors) {
    Table table = new Table(false, false, false, false);
    for (Vector vector : vectors) {
      table.row(vector.id(), vector.level().label(), vector.request().call(), vector.title());
    }
    return table.lines();
  }
}
