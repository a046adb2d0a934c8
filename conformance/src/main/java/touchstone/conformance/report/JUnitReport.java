package touchstone.conformance.report;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import touchstone.checkpoint.AtomicFile;
import touchstone.conformance.suite.Level;
import touchstone.conformance.verify.Conclusion.Tally;
import touchstone.conformance.verify.Result;
import touchstone.conformance.verify.Verdict;
import touchstone.error.TouchstoneException;

/**
 * The results as JUnit's XML, which build servers show: a suite per topic, a case per vector. A failure
 * of a vector that decides nothing is a skipped case that says so.
 */
public final class JUnitReport {
  private static final double MILLIS = 1e3;

  private final XMLStreamWriter xml;
  private final Heading heading;

  private JUnitReport(XMLStreamWriter xml, Heading heading) {
    this.xml = xml;
    this.heading = heading;
  }

  /** Writes the file. */
  public static void write(Report report, Path file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(bytes, "UTF-8");
      new JUnitReport(xml, report.heading()).suites(report);
      xml.close();
    } catch (XMLStreamException e) {
      throw new AssertionError("writing to memory", e);
    }
    AtomicFile.write(file, bytes.toByteArray());
  }

  private void suites(Report report) throws XMLStreamException {
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeStartElement("testsuites");
    attribute("name", heading.runtimeName() + ", " + heading.suiteName());
    Map<String, List<Result>> topics =
        report.results().stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.vector().topic(), LinkedHashMap::new, Collectors.toList()));
    for (var topic : topics.entrySet()) {
      suite(topic.getKey(), topic.getValue());
    }
    xml.writeEndElement();
    xml.writeEndDocument();
  }

  private void suite(String topic, List<Result> results) throws XMLStreamException {
    Tally required = Tally.of(results.stream().filter(JUnitReport::decides).toList());
    xml.writeStartElement("testsuite");
    attribute("name", topic);
    attribute("tests", String.valueOf(results.size()));
    attribute("failures", String.valueOf(required.failed()));
    attribute("errors", String.valueOf(required.broken()));
    attribute("skipped", String.valueOf(results.stream().filter(JUnitReport::isSkipped).count()));
    for (Result result : results) {
      testCase(topic, result);
    }
    xml.writeEndElement();
  }

  private static boolean decides(Result result) {
    return result.vector().level() == Level.REQUIRED;
  }

  private static boolean isSkipped(Result result) {
    Verdict verdict = result.verdict();
    return verdict instanceof Verdict.Skipped || (verdict.isFailure() && !decides(result));
  }

  private void testCase(String topic, Result result) throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute("classname", topic.replace('/', '.'));
    attribute("name", result.vector().id());
    attribute("time", "%.3f".formatted(result.took().toMillis() / MILLIS));
    if (isSkipped(result)) {
      String level = result.verdict().isFailure() ? result.vector().level().label() + ": " : "";
      xml.writeEmptyElement("skipped");
      attribute("message", level + result.verdict().sentence().orElse(""));
    } else if (result.verdict().isFailure()) {
      failure(result);
    }
    xml.writeEndElement();
  }

  private void failure(Result result) throws XMLStreamException {
    boolean broken = result.verdict() instanceof Verdict.Broken;
    xml.writeStartElement(broken ? "error" : "failure");
    attribute("type", result.verdict().failure().orElse(""));
    attribute("message", result.verdict().sentence().orElse(""));
    StringBuilder text = new StringBuilder();
    FailureText.findings(result).forEach(line -> text.append(line).append('\n'));
    FailureText.notes(result.vector()).forEach(line -> text.append(line).append('\n'));
    text.append("Rules: ").append(FailureText.rules(result.vector())).append('\n');
    text.append("Rerun: ").append(heading.rerun(result.vector().id())).append('\n');
    xml.writeCharacters(
        text.toString()
            .lines()
            .map(TouchstoneException::printable)
            .collect(Collectors.joining("\n", "\n", "\n")));
    xml.writeEndElement();
  }

  /** Control characters, which XML has no way to write, as escapes. */
  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, TouchstoneException.printable(value));
  }
}
