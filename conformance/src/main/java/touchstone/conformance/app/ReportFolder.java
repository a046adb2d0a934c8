package touchstone.conformance.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import touchstone.checkpoint.FileFaults;
import touchstone.conformance.report.HtmlReport;
import touchstone.conformance.report.JUnitReport;
import touchstone.conformance.report.MarkdownReport;
import touchstone.conformance.report.RecordLines;
import touchstone.conformance.report.Report;

/** The files of a report. */
final class ReportFolder {
  /** The page that people look at. */
  static final String PAGE = "report.html";

  private ReportFolder() {}

  /** Makes the folder, or says before a long run that it cannot be made. */
  static void require(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileFaults.creating(folder, e);
    }
  }

  static void write(Report report, Path folder) {
    RecordLines.write(report, folder.resolve("record.jsonl"));
    MarkdownReport.write(report, folder.resolve("report.md"));
    JUnitReport.write(report, folder.resolve("junit.xml"));
    HtmlReport.write(report, folder.resolve(PAGE));
  }
}
