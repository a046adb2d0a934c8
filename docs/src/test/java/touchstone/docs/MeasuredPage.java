package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page with parts that are made of measurements. It is compared with them, or written where a
 * property of the virtual machine is {@code true}.
 *
 * @param page below the root of the checkout
 * @param property name of the property
 */
record MeasuredPage(String page, String property) {

  /** Requires the tables between {@code <!-- measured NAME -->} and {@code <!-- end -->}. */
  void requireTables(Map<String, Stream<String>> tables) throws IOException {
    String expected = Repository.read(Repository.path(page));
    for (Map.Entry<String, Stream<String>> table : tables.entrySet()) {
      expected = with(expected, table.getKey(), table.getValue());
    }
    require(expected);
  }

  /** Requires the whole page. */
  void require(String expected) throws IOException {
    if (Boolean.getBoolean(property)) {
      Files.writeString(Repository.path(page), expected);
    }
    assertThat(Repository.read(Repository.path(page)))
        .as("%s; run the test with -D%s=true to bring it up to date", page, property)
        .isEqualTo(expected);
  }

  private static String with(String page, String table, Stream<String> lines) {
    String begin = "<!-- measured " + table + " -->\n";
    int from = page.indexOf(begin) + begin.length();
    int to = page.indexOf("<!-- end -->\n", from);
    assertThat(from).as("the mark " + begin).isGreaterThan(begin.length());
    assertThat(to).as("the end of " + begin).isPositive();
    return page.substring(0, from)
        + lines.map(line -> line + "\n").collect(Collectors.joining("", "\n", "\n"))
        + page.substring(to);
  }
}
