package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Every damaged or foreign tokenizer.json ends in one line that says where and what. */
@Tag("TOK-14")
class HostileJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/model                | 7                       | model: found 7",
        "/model/vocab          | []                      | an object is needed",
        "/model/vocab/a        | 8                       | id 8 among 8 pieces",
        "/model/vocab/a        | -1                      | found -1",
        "/model/vocab/a        | 1.5                     | found 1.5",
        "/model/vocab/a        | \"4\"                   | found \"4\"",
        "/model/vocab/a        | 1e2                     | found 100.0",
        "/model/vocab/a        | 4294967300              | found 4294967300",
        "/model/vocab/a        | 1048576                 | 0 to 1048575",
        "/model/vocab/a        | 5                       | id 5 is also",
        "/model/vocab/a        | true                    | found true",
        "/model/vocab/a        | {}                      | found an object",
        "/model/vocab/         | 8                       | piece 8 is empty",
        "/model/vocab/<unk>    | 8                       | id 8 among 8",
        "/model/merges         | {}                      | an array is needed",
        "/model/merges         | \"a b\"                 | an array is needed",
        "/model/merges/0       | \"ab\"                  | model.merges[0]: 1 parts",
        "/model/merges/0       | \"\"                    | model.merges[0]: 1 parts",
        "/model/merges/0       | \"a b c\"               | model.merges[0]: 3 parts",
        "/model/merges/0       | \"a  b\"                | 3 parts",
        "/model/merges/0       | \"a \"                  | '' is no piece",
        "/model/merges/0       | [\"a\"]                 | 1 parts",
        "/model/merges/0       | [\"a\", \"b\", \"c\"]   | 3 parts",
        "/model/merges/0       | [\"a\", 5]              | found 5",
        "/model/merges/0       | [\"a\", \"x\"]          | 'x' is no piece",
        "/model/merges/0       | [\"b\", \"a\"]          | 'ba' is no piece",
        "/model/merges/0       | 5                       | an array is needed",
        "/model/merges/0       | {}                      | an array is needed",
        "/model/merges/-       | [\"a\", \"b\"]          | merge a second time",
        "/model/unk_token      | \"[UNK]\"               | no piece of type UNKNOWN",
        "/model/unk_token      | 0                       | a string is needed",
        "/model/byte_fallback  | true                    | 0 byte pieces",
        "/model/byte_fallback  | 1                       | true or false is needed",
        "/model/fuse_unk       | \"yes\"                 | true or false is needed",
        "/model/type           | 5                       | a string is needed",
        "/added_tokens         | {}                      | an array is needed",
        "/added_tokens/0       | \"<unk>\"               | an object is needed",
        "/added_tokens/0/id    | \"0\"                   | a whole number",
        "/added_tokens/0/id    | -1                      | a whole number",
        "/added_tokens/0/id    | 4                       | piece is 'a'",
        "/added_tokens/2/id    | 9                       | there are 8 pieces",
        "/added_tokens/2/id    | 8                       | is also piece 2",
        "/added_tokens/0/content | \"x\"                 | piece is '<unk>'",
        "/added_tokens/0/content | null                  | no 'content'",
        "/added_tokens/0/special | 1                     | true or false is needed",
        "/added_tokens/0/normalized | \"\"               | true or false is needed",
        "/added_tokens/-       | {\"id\": 8, \"content\": \"\"} | piece 8 is empty",
        "/added_tokens/-       | {\"id\": 8, \"content\": \"a\"} | is also piece 4",
        "/added_tokens/-       | {\"id\": 8, \"content\": \"\\ud800\"} | half a surrogate",
        "/normalizer           | []                      | an object is needed",
        "/normalizer/type      | null                    | no 'type'",
        "/normalizer/normalizers | null                  | no 'normalizers'",
        "/normalizer/normalizers | 3                     | an array is needed",
        "/normalizer/normalizers/0 | 3                   | an object is needed",
        "/normalizer/normalizers/0/prepend | 3           | a string is needed",
        "/normalizer/normalizers/1/pattern | \" \"       | step Replace",
        "/pre_tokenizer        | \"Metaspace\"           | both a normalizer",
        "/post_processor       | 1                       | an object is needed",
        "/post_processor/single | null                   | no 'single'",
        "/post_processor/single/0 | {\"SpecialToken\": 1} | an object is needed",
        "/post_processor/single/0 | {}                   | no 'SpecialToken'",
        "/post_processor/single/0/SpecialToken/id | \"x\" | no 'x'",
        "/post_processor/special_tokens/<s>/ids | []     | not one id",
        "/post_processor/special_tokens/<s>/ids | [1, 1] | not one id",
        "/post_processor/special_tokens/<s>/ids | [8]    | not one id",
        "/post_processor/special_tokens/<s>/ids | [-1]   | a whole number",
        "/decoder              | 1                       | an object is needed",
        "/decoder/decoders/3/content | 1                 | a string is needed",
        "/decoder/decoders/0/pattern | null              | no 'pattern'",
      })
  void aWrongValueIsRefusedWithItsPlace(String place, String value, String says) {
    refused(new JsonFile().with(place, value), says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/model/type           | \"Unigram\"             | a model of type Unigram",
        "/model/type           | \"WordPiece\"           | a model of type WordPiece",
        "/model/dropout        | \"0\"                   | dropout",
        "/model/dropout        | 0.1                     | dropout",
        "/model/continuing_subword_prefix | \"##\"       | continuing_subword_prefix '##'",
        "/model/end_of_word_suffix | \"</w>\"            | end_of_word_suffix '</w>'",
        "/model/ignore_merges  | true                    | ignore_merges",
        "/model/fuse_unk       | false                   | neither byte_fallback nor fuse_unk",
        "/added_tokens/0/lstrip | true                   | lstrip is true",
        "/added_tokens/0/rstrip | true                   | rstrip is true",
        "/added_tokens/0/single_word | true              | single_word is true",
        "/added_tokens/-       | {\"id\": 4, \"content\": \"a\", \"special\": true} | type CONTROL",
        "/normalizer           | null                    | neither a normalizer nor",
        "/normalizer           | {\"type\": \"NFKC\"}    | step NFKC",
        "/normalizer           | {\"type\": \"Prepend\", \"prepend\": \"\u2581\"} | no step replaces",
        "/normalizer/normalizers | []                    | neither a normalizer nor",
        "/normalizer/normalizers/- | {\"type\": \"Lowercase\"} | step Lowercase",
        "/normalizer/normalizers/0/prepend | \"_\"       | step Prepend",
        "/normalizer/normalizers/1/content | \"_\"       | step Replace",
        "/normalizer/normalizers/1/pattern | {\"Regex\": \" \"} | step Replace",
        "/pre_tokenizer        | {\"type\": \"ByteLevel\"} | both a normalizer",
        "/post_processor       | {\"type\": \"ByteLevel\"} | step ByteLevel",
        "/post_processor/single | []                     | its template",
        "/post_processor/single/- | {\"Sequence\": {\"id\": \"B\"}} | no 'SpecialToken'",
        "/decoder              | null                    | decoder []",
        "/decoder              | {\"type\": \"Metaspace\"} | decoder [Metaspace]",
        "/decoder/decoders/-   | {\"type\": \"Fuse\"}    | Strip, Fuse]",
        "/decoder/decoders/0/content | \"_\"             | decoder",
        "/decoder/decoders/3/start | 2                   | decoder",
        "/decoder/decoders/3/stop | \"0\"                | found \"0\"",
      })
  void aForeignPipelineIsRefusedByName(String place, String value, String says) {
    refused(new JsonFile().with(place, value), says);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/model", "/model/vocab", "/model/merges", "/model/unk_token"})
  void aMissingPartIsNamed(String place) {
    refused(new JsonFile().without(place), "no '" + place.substring(place.lastIndexOf('/') + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "null",
        "\"x\"",
        "{",
        "{\"model\": {}} x",
        "{\"a\":1,\"a\":1}",
        "{\"model\":NaN}"
      })
  void whatIsNoJsonObjectIsRefused(String json, @TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("tokenizer.json"), json);
    Throwable thrown = catchThrowable(() -> Tokenizer.ofJsonFile(file));
    assertThat(thrown).isInstanceOf(TouchstoneException.class);
    assertThat(thrown.getMessage()).contains("tokenizer.json").doesNotContain("\n");
  }

  @Test
  void aMillionOpenBracketsDoNotOverflowTheStack(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("tokenizer.json"), "[".repeat(1_000_000));
    Throwable thrown = catchThrowable(() -> Tokenizer.ofJsonFile(file));
    assertThat(thrown).isInstanceOf(TouchstoneException.class);
    assertThat(((TouchstoneException) thrown).fault()).isEqualTo(Fault.FORMAT);
  }

  @Test
  void anyValueReplacedByAnyOtherStaysInsideTheContract() {
    int loaded = 0;
    int refused = 0;
    for (String place : places(new JsonFile().node(), "", new ArrayList<>())) {
      for (String value :
          List.of("null", "0", "-1", "\"\"", "\"\\ud800\"", "[]", "{}", "true", "1e30")) {
        JsonNode node = new JsonFile().with(place, value).node();
        try {
          TokenizerJson.parse("t.json", node);
          loaded++;
        } catch (TouchstoneException e) {
          assertThat(e.getMessage()).startsWith("t.json").doesNotContain("\n");
          refused++;
        } catch (RuntimeException e) {
          fail("escaped on " + value + " at " + place, e);
        }
      }
    }
    assertThat(refused).isGreaterThan(300);
    assertThat(loaded).isGreaterThan(50);
  }

  private static List<String> places(JsonNode node, String place, List<String> all) {
    if (!place.isEmpty()) {
      all.add(place);
    }
    if (node instanceof ObjectNode object) {
      object
          .fieldNames()
          .forEachRemaining(
              name -> places(object.get(name), place + "/" + name.replace("/", "~1"), all));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      places(node.get(i), place + "/" + i, all);
    }
    return all;
  }

  @Test
  void theSmallFileItselfIsSound() {
    TokenizerJson json = TokenizerJson.parse("t.json", new JsonFile().node());
    assertThat(json.vocabulary().size()).isEqualTo(8);
    assertThat(json.pipeline().prefix()).isEqualTo(DummyPrefix.EACH_SEGMENT);
    assertThat(json.pipeline().stripsSpace()).isTrue();
    assertThat(json.addedTokens()).hasSize(3);
  }

  private static void refused(JsonFile json, String says) {
    Throwable thrown = catchThrowable(() -> TokenizerJson.parse("t.json", json.node()));
    assertThat(thrown).isInstanceOf(TouchstoneException.class);
    assertThat(((TouchstoneException) thrown).fault()).isIn(Fault.FORMAT, Fault.UNSUPPORTED);
    assertThat(thrown.getMessage()).startsWith("t.json").contains(says).doesNotContain("\n");
  }
}
