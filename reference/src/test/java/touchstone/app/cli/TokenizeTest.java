package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.Fault;
import touchstone.golden.GoldenData;
import touchstone.json.VectorFile;
import touchstone.tokenizer.Tokenizer;

/** The commands tokenize and detokenize, line by line. */
class TokenizeTest {
  private static final Tokenizer PEBBLE =
      Tokenizer.load(GoldenData.path("models/pebble-gptq-4bit-32g"));

  @TempDir Path directory;

  private static String ids(int... ids) {
    return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }

  /** Texts with their ids, BOS in front; where two rules differ, those of Transformers stand first. */
  private static List<JsonNode> goldenTexts() {
    List<JsonNode> vectors =
        VectorFile.vectors("tokenizer/tokenize").stream()
            .filter(vector -> vector.at("/args/bos").booleanValue())
            .toList();
    assertThat(vectors).hasSizeGreaterThan(50);
    return vectors;
  }

  @Test
  void everyLineGivesOneLineOfIds() {
    assertThat(Outcome.withInput("The lantern\nwas lit\n", "tokenize").requireResult())
        .isEqualTo(ids(PEBBLE.encode("The lantern")) + "\n" + ids(PEBBLE.encode("was lit")) + "\n");
  }

  @Test
  void lastLineNeedsNoEnd() {
    String whole = Outcome.withInput("a\nb\n", "tokenize").requireResult();
    assertThat(Outcome.withInput("a\nb", "tokenize").requireResult()).isEqualTo(whole);
  }

  @Test
  void emptyLinesAreTexts() {
    assertThat(Outcome.withInput("\n\na", "tokenize").requireResult())
        .isEqualTo("1\n1\n" + ids(PEBBLE.encode("a")) + "\n");
    assertThat(Outcome.withInput("\n", "tokenize", "--no-special-tokens").requireResult())
        .isEqualTo("\n");
    assertThat(Outcome.withInput("", "tokenize").requireResult()).isEmpty();
  }

  @Test
  void carriageReturnsBelongToTheText() {
    assertThat(Outcome.withInput("a\r\nb", "tokenize").requireResult())
        .isEqualTo(ids(PEBBLE.encode("a\r")) + "\n" + ids(PEBBLE.encode("b")) + "\n");
  }

  @Test
  void jsonAnswerIsExactlyThis() {
    assertThat(Outcome.withInput("\n", "tokenize", "--json").requireResult())
        .isEqualTo("{\"ids\":[1]}\n");
    assertThat(Outcome.withInput("1 2\n447", "detokenize", "--json").requireResult())
        .isEqualTo("{\"text\":\"\"}\n{\"text\":\"" + PEBBLE.decode(new int[] {447}) + "\"}\n");
  }

  @Test
  void goldenTextsAsJsonLinesGiveTheirIds() {
    List<JsonNode> vectors = goldenTexts();
    String input =
        vectors.stream()
            .map(vector -> JsonOutput.object().set("text", vector.at("/args/text")).toString())
            .collect(Collectors.joining("\n"));
    String expected =
        vectors.stream()
            .map(vector -> JsonOutput.object().set("ids", VectorFile.output(vector, "ids")) + "\n")
            .collect(Collectors.joining());
    assertThat(
            Outcome.withInput(input, "tokenize", "--json", "--input-format", "jsonl")
                .requireResult())
        .isEqualTo(expected);
  }

  @Test
  void whatIsTokenizedIsDetokenizedAgain() {
    String texts =
        goldenTexts().stream()
            .map(vector -> vector.at("/args/text").textValue())
            .filter(text -> PEBBLE.decode(PEBBLE.encodePlain(text)).equals(text))
            .filter(text -> text.indexOf('\n') < 0 && !text.contains("<"))
            .map(text -> text + "\n")
            .collect(Collectors.joining());
    String ids = Outcome.withInput(texts, "tokenize").requireResult();
    assertThat(Outcome.withInput(ids, "detokenize").requireResult()).isEqualTo(texts);
    String objects = Outcome.withInput(texts, "tokenize", "--json").requireResult();
    assertThat(Outcome.withInput(objects, "detokenize", "--input-format", "jsonl").requireResult())
        .isEqualTo(texts);
  }

  @Test
  void idsMayBeSeparatedBySpacesAndCommas() {
    String expected = Outcome.withInput("447 100 465", "detokenize").requireResult();
    assertThat(Outcome.withInput(" 447,100 ,\t465\r\n", "detokenize").requireResult())
        .isEqualTo(expected);
  }

  @Test
  void fileIsReadAndNamedInFaults() throws IOException {
    Path file = directory.resolve("in.txt");
    Files.writeString(file, "a\nb");
    assertThat(Outcome.of("tokenize", "-f", file.toString()).requireResult())
        .isEqualTo(Outcome.withInput("a\nb", "tokenize").requireResult());
    Files.write(file, new byte[] {'a', '\n', (byte) 0xff, '\n'});
    Outcome outcome = Outcome.of("tokenize", "--file", file.toString());
    assertThat(outcome.err())
        .isEqualTo("error: " + file + ": line 2: not UTF-8 (convert it to UTF-8)\n");
    assertThat(outcome.code()).isEqualTo(Fault.FORMAT.exitCode());
  }

  @Test
  void directoryInPlaceOfAFile() {
    assertThat(Outcome.of("tokenize", "-f", directory.toString()).requireFault(Fault.IO).err())
        .contains(directory + ": cannot be read: Is a directory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 x | text | 'x' is not a token id",
        "1.5 | text | '1.5' is not a token id",
        "99999999999 | text | '99999999999' is not a token id",
        "640 | text | token id 640 (ids run from 0 to 639)",
        "-1 | text | token id -1 (ids run from 0 to 639)",
        "{\"ids\": [640]} | jsonl | token id 640",
        "{\"ids\": [1.0]} | jsonl | \"ids\" is [1.0]",
        "{\"ids\": 5} | jsonl | \"ids\" is 5",
        "{\"text\": \"a\"} | jsonl | no field \"ids\"",
        "[1] | jsonl | no field \"ids\"",
        "{\"ids\": | jsonl | not valid JSON",
      })
  void idsThatAreNone(String line, String format, String found) {
    String good = format.equals("text") ? "1" : "{\"ids\": [1]}";
    Outcome outcome =
        Outcome.withInput(good + "\n" + line + "\n", "detokenize", "--input-format", format);
    assertThat(outcome.err()).startsWith("error: standard input: line 2: ").contains(found);
    assertThat(outcome.code()).isEqualTo(Fault.FORMAT.exitCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"text\": 5} | \"text\" is 5",
        "{\"ids\": [1]} | no field \"text\"",
        "nonsense | not valid JSON",
        "'' | empty",
      })
  void jsonLinesThatHoldNoText(String line, String found) {
    Outcome outcome = Outcome.withInput(line + "\n", "tokenize", "--input-format", "jsonl");
    assertThat(outcome.requireFault(Fault.FORMAT).err())
        .startsWith("error: standard input: line 1: ")
        .contains(found);
  }
}
