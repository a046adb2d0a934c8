package touchstone.conformance.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Value;
import touchstone.conformance.verify.Finding.Kind;

/**
 * Compares what has no rounding: text, lists, configurations. Numbers are equal if their values are,
 * however they are written; the order of an object's fields is of no matter.
 *
 * @rules TOL-7
 */
final class DataJudge {
  private DataJudge() {}

  static Verdict judge(String output, JsonNode truth, Accept accept, JsonNode actual) {
    List<JsonNode> right = new ArrayList<>(List.of(truth));
    if (accept instanceof Accept.Either(List<Value> values)) {
      right = values.stream().map(value -> ((Value.Data) value).json()).toList();
    }
    if (right.stream().anyMatch(json -> difference("", json, actual).isEmpty())) {
      return new Verdict.Passed(List.of(), Optional.empty());
    }
    Difference first = difference("", right.getFirst(), actual).orElseThrow();
    String sentence =
        "%s is %s, expected %s".formatted(output + first.place, first.actual, first.expected);
    return new Verdict.Failed(
        Finding.of(Kind.DATA, output, sentence, first.expected, first.actual), List.of());
  }

  /** The first place where two documents differ. */
  private record Difference(String place, String expected, String actual) {}

  private static Optional<Difference> difference(String place, JsonNode truth, JsonNode actual) {
    if (truth.isNumber() && actual.isNumber()) {
      boolean equal = truth.decimalValue().compareTo(actual.decimalValue()) == 0;
      return equal ? Optional.empty() : differs(place, truth, actual);
    }
    if (truth.isTextual() && actual.isTextual()) {
      return textDifference(place, truth.textValue(), actual.textValue());
    }
    if (truth.isArray() && actual.isArray()) {
      return arrayDifference(place, truth, actual);
    }
    if (truth.isObject() && actual.isObject()) {
      return objectDifference(place, truth, actual);
    }
    return truth.equals(actual) ? Optional.empty() : differs(place, truth, actual);
  }

  private static Optional<Difference> differs(String place, JsonNode truth, JsonNode actual) {
    return Optional.of(new Difference(place, words(truth), words(actual)));
  }

  private static Optional<Difference> textDifference(String place, String truth, String actual) {
    if (truth.equals(actual)) {
      return Optional.empty();
    }
    int at = 0;
    while (at < truth.length() && at < actual.length() && truth.charAt(at) == actual.charAt(at)) {
      at++;
    }
    int from = Math.max(0, at - 20);
    return Optional.of(
        new Difference(
            place + (at == 0 ? "" : " from character " + at), cut(truth, from), cut(actual, from)));
  }

  private static String cut(String text, int from) {
    String rest = text.substring(Math.min(from, text.length()));
    return (from > 0 ? "..." : "") + Figures.excerpt(quoted(rest));
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }

  private static Optional<Difference> arrayDifference(
      String place, JsonNode truth, JsonNode actual) {
    for (int i = 0; i < truth.size() && i < actual.size(); i++) {
      Optional<Difference> found =
          difference("%s[%d]".formatted(place, i), truth.get(i), actual.get(i));
      if (found.isPresent()) {
        return found;
      }
    }
    return truth.size() == actual.size()
        ? Optional.empty()
        : Optional.of(
            new Difference(
                place,
                truth.size() + " elements " + words(truth),
                actual.size() + " elements " + words(actual)));
  }

  private static Optional<Difference> objectDifference(
      String place, JsonNode truth, JsonNode actual) {
    Set<String> names = new TreeSet<>();
    truth.fieldNames().forEachRemaining(names::add);
    actual.fieldNames().forEachRemaining(names::add);
    return names.stream()
        .map(name -> difference(place + "." + name, truth.path(name), actual.path(name)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static String words(JsonNode json) {
    return json.isMissingNode() ? "absent" : Figures.excerpt(json.toString());
  }
}
