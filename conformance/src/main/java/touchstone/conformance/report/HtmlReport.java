package touchstone.conformance.report;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import touchstone.checkpoint.AtomicFile;

/** The report as one page that needs nothing else. */
public final class HtmlReport {
  private HtmlReport() {}

  /** Writes the file. */
  public static void write(Report report, Path file) {
    AtomicFile.write(file, Claim.of(report).getBytes(StandardCharsets.UTF_8));
  }
}
