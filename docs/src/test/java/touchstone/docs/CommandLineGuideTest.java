package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import touchstone.error.Fault;

/** The table of exit codes is the one of the program. */
class CommandLineGuideTest {
  @Test
  void theExitCodesAreThoseOfTheFaults() {
    Map<Integer, Set<String>> documented = new TreeMap<>();
    List<List<String>> rows = Markdown.read(Repository.path("docs/cli.md")).table("## Exit codes");
    for (List<String> row : rows) {
      if (!row.get(1).isEmpty()) {
        Set<String> faults = new TreeSet<>(List.of(row.get(1).split(", ")));
        assertThat(documented.put(Integer.valueOf(row.get(0)), faults)).as(row.get(0)).isNull();
      }
    }
    Map<Integer, Set<String>> real = new TreeMap<>();
    Arrays.stream(Fault.values())
        .forEach(
            fault ->
                real.computeIfAbsent(fault.exitCode(), _ -> new TreeSet<>()).add(fault.name()));
    assertThat(documented).isEqualTo(real);
  }
}
