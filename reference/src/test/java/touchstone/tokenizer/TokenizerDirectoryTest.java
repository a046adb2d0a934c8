package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Which file of a model directory decides what. */
@Tag("TOK-13")
class TokenizerDirectoryTest {
  private static final String METASPACE =
      """
      {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "%s", "split": false}""";

  @TempDir private Path directory;

  @Test
  void withoutEitherFileBothAreNamed() {
    refused(Fault.MISSING, "neither tokenizer.model nor tokenizer.json");
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = directory.resolve("tokenizer.model");
    assertThat(fault(catchThrowable(() -> Tokenizer.ofModelFile(file)))).isEqualTo(Fault.MISSING);
    assertThat(fault(catchThrowable(() -> Tokenizer.ofJsonFile(file)))).isEqualTo(Fault.MISSING);
  }

  @Test
  void aDirectoryInPlaceOfAFileIsRefused() throws IOException {
    Files.createDirectory(directory.resolve("tokenizer.model"));
    refused(Fault.IO, "tokenizer.model");
  }

  @Test
  void aModelFileAloneIsLegacyWithBos() throws IOException {
    model();
    Tokenizer tokenizer = Tokenizer.load(directory);
    assertThat(tokenizer.prefix()).isEqualTo(DummyPrefix.EACH_SEGMENT);
    assertThat(tokenizer.encode("b</s>b")).containsExactly(1, 3, 5, 2, 3, 5);
    assertThat(tokenizer.encode("b", false)).containsExactly(3, 5);
    assertThat(tokenizer.encode("")).containsExactly(1);
    assertThat(tokenizer.bosId()).isEqualTo(1);
    assertThat(tokenizer.eosId()).isEqualTo(2);
    assertThat(tokenizer.vocab()).isEqualTo(8);
    assertThat(tokenizer.piece(7)).isEqualTo("\u2581a");
    assertThat(tokenizer.id("\u2581a")).hasValue(7);
    assertThat(tokenizer.id("nope")).isEmpty();
  }

  @Test
  void notLegacyWithoutAJsonFileIsTransformersPythonTokenizer() throws IOException {
    model();
    config("{\"legacy\": false}");
    assertThat(Tokenizer.load(directory).prefix()).isEqualTo(DummyPrefix.ONCE);
    assertThat(Tokenizer.load(directory).encode("b</s>b")).containsExactly(1, 3, 5, 2, 5);
  }

  @Test
  void nullInTheConfigurationSaysNothing() throws IOException {
    model();
    config(
        """
        {"legacy": null, "add_bos_token": null, "add_eos_token": null, "add_prefix_space": null,
         "bos_token": null, "eos_token": null, "added_tokens_decoder": null}
        """);
    assertThat(Tokenizer.load(directory).encode("b</s>b")).containsExactly(1, 3, 5, 2, 3, 5);
  }

  @ParameterizedTest
  @CsvSource({
    "first, FIRST_SEGMENT_UNLESS_PRESENT",
    "always, EACH_SEGMENT_UNLESS_PRESENT",
    "never, NONE"
  })
  void thePipelineInTheJsonFileBeatsLegacy(String scheme, DummyPrefix prefix) throws IOException {
    model();
    json(
        new JsonFile()
            .with("/normalizer", "null")
            .with("/pre_tokenizer", METASPACE.formatted(scheme)));
    config("{\"legacy\": true}");
    assertThat(Tokenizer.load(directory).prefix()).isEqualTo(prefix);
    Files.delete(directory.resolve("tokenizer.model"));
    assertThat(Tokenizer.load(directory).prefix()).isEqualTo(prefix);
  }

  @Test
  void noPrefixSpaceInTheConfigurationBeatsAll() throws IOException {
    json(new JsonFile());
    config("{\"add_prefix_space\": false}");
    Tokenizer tokenizer = Tokenizer.load(directory);
    assertThat(tokenizer.encode("ab", false)).containsExactly(6);
    assertThat(tokenizer.decodeAsTransformers(new int[] {7}, true)).isEqualTo(" a");
  }

  @Test
  void aReplaceAloneMeansNoPrefix() throws IOException {
    json(
        new JsonFile()
            .with(
                "/normalizer",
                """
                {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}"""));
    assertThat(Tokenizer.load(directory).encode("ab", false)).containsExactly(6);
    assertThat(Tokenizer.load(directory).encodePlain("ab")).containsExactly(6);
  }

  @Test
  void aDecoderWithoutStripKeepsTheLeadingSpace() throws IOException {
    json(new JsonFile());
    assertThat(Tokenizer.load(directory).decodeAsTransformers(new int[] {7}, true)).isEqualTo("a");
    json(
        new JsonFile()
            .with(
                "/decoder/decoders",
                """
                [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                 {"type": "ByteFallback"}, {"type": "Fuse"}]"""));
    assertThat(Tokenizer.load(directory).decodeAsTransformers(new int[] {7}, true)).isEqualTo(" a");
  }

  @Test
  void marksInTheConfigurationBeatThePostProcessor() throws IOException {
    json(new JsonFile());
    assertThat(Tokenizer.load(directory).encode("b")).containsExactly(1, 3, 5);
    config("{\"add_bos_token\": false, \"add_eos_token\": true}");
    assertThat(Tokenizer.load(directory).encode("b")).containsExactly(3, 5, 2);
    assertThat(Tokenizer.load(directory).encode("b", false)).containsExactly(3, 5);
  }

  @Test
  void withoutAPostProcessorThereIsNoBos() throws IOException {
    json(new JsonFile().with("/post_processor", "null"));
    assertThat(Tokenizer.load(directory).encode("b")).containsExactly(3, 5);
    assertThat(Tokenizer.load(directory).bosId()).isEqualTo(1);
  }

  @Test
  void aTemplateMayEndWithEos() throws IOException {
    json(new JsonFile().with("/post_processor/single/-", "{\"SpecialToken\": {\"id\": \"</s>\"}}"));
    assertThat(Tokenizer.load(directory).encode("b")).containsExactly(1, 3, 5, 2);
  }

  @Test
  void marksMayBeOtherPieces() throws IOException {
    model();
    config("{\"bos_token\": {\"content\": \"</s>\"}, \"eos_token\": \"<s>\"}");
    assertThat(Tokenizer.load(directory).bosId()).isEqualTo(2);
    assertThat(Tokenizer.load(directory).eosId()).isEqualTo(1);
  }

  @Test
  void addedTokensStandBehindTheModelsPieces() throws IOException {
    model();
    config(
        """
        {"added_tokens_decoder": {
          "9": {"content": "tool", "special": false, "normalized": false},
          "8": {"content": "<pad>", "special": true}}}
        """);
    Tokenizer tokenizer = Tokenizer.load(directory);
    assertThat(tokenizer.vocab()).isEqualTo(10);
    assertThat(tokenizer.encode("b<pad>btool</s>", false)).containsExactly(3, 5, 8, 3, 5, 9, 2);
    assertThat(tokenizer.decode(new int[] {8, 7, 9, 2})).isEqualTo("atool");
    assertThat(tokenizer.decodeAsTransformers(new int[] {8, 7, 9, 2}, true)).isEqualTo("atool");
    assertThat(tokenizer.decodeAsTransformers(new int[] {8, 7}, false)).isEqualTo("<pad> a");
    assertThat(tokenizer.encodePlain("<pad>")).doesNotContain(8);
  }

  @Test
  @Tag("TOK-6")
  void theLongestAddedTokenIsRecognised() throws IOException {
    model();
    config(
        """
        {"added_tokens_decoder": {
          "8": {"content": "<|a", "special": true},
          "9": {"content": "<|a|>", "special": true}}}
        """);
    assertThat(Tokenizer.load(directory).encode("<|a|><|a<|", false)).startsWith(9, 8);
  }

  @Test
  void normalizedInTheConfigurationBeatsTheJsonFile() throws IOException {
    json(new JsonFile().with("/added_tokens/2/normalized", "true"));
    assertThat(Tokenizer.load(directory).encode("b</s>", false)).doesNotContain(2);
    assertThat(Tokenizer.load(directory).encode("b </s>", false)).containsExactly(3, 5, 2);
    config("{\"added_tokens_decoder\": {\"2\": {\"content\": \"</s>\", \"special\": true}}}");
    assertThat(Tokenizer.load(directory).encode("b</s>", false)).containsExactly(3, 5, 2);
  }

  @Test
  void filesOfDifferentModelsAreRefused() throws IOException {
    model();
    json(new JsonFile().with("/model/vocab/a", "5").with("/model/vocab/b", "4"));
    refused(Fault.FORMAT, "another piece 4 than tokenizer.model, 'a'");
  }

  @Test
  void bothFilesMergeAlike() throws IOException {
    json(new JsonFile());
    Tokenizer byRank = Tokenizer.load(directory);
    model();
    Tokenizer byScore = Tokenizer.load(directory);
    for (String text : new String[] {"", "a", "ab", " ab", "aab ba", "xx a\u2603\u2603b"}) {
      assertThat(byRank.encode(text)).isEqualTo(byScore.encode(text));
      assertThat(byRank.encodePlain(text)).isEqualTo(byScore.encodePlain(text));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                   | an object is needed",
        "{\"legacy\": 1}                      | legacy: found 1",
        "{\"add_bos_token\": \"true\"}        | add_bos_token: found \"true\"",
        "{\"bos_token\": 5}                   | bos_token: found 5",
        "{\"bos_token\": {}}                  | bos_token: no 'content'",
        "{\"bos_token\": \"[BOS]\"}           | '[BOS]' is no piece",
        "{\"eos_token\": \"\"}                | '' is no piece",
        "{\"added_tokens_decoder\": []}       | an object is needed",
        "{\"added_tokens_decoder\": {\"x\": {}}} | token id 'x'",
        "{\"added_tokens_decoder\": {\"-1\": {}}} | token id '-1'",
        "{\"added_tokens_decoder\": {\"99999999999\": {}}} | token id '99999999999'",
        "{\"added_tokens_decoder\": {\"8\": 1}} | an object is needed",
        "{\"added_tokens_decoder\": {\"8\": {}}} | no 'content'",
        "{\"added_tokens_decoder\": {\"9\": {\"content\": \"x\"}}} | there are 8 pieces",
        "{\"added_tokens_decoder\": {\"999999999\": {\"content\": \"x\"}}} | there are 8 pieces",
        "{\"added_tokens_decoder\": {\"4\": {\"content\": \"x\"}}} | piece is 'a'",
        "{\"added_tokens_decoder\": {\"8\": {\"content\": \"a\"}}} | is also piece 4",
        "{\"added_tokens_decoder\": {\"8\": {\"content\": \"x\", \"lstrip\": true}}} | lstrip",
        "{\"legacy\": true, \"legacy\": true} | uplicate",
      })
  void aWrongConfigurationIsRefused(String config, String says) throws IOException {
    model();
    config(config);
    Throwable thrown = catchThrowable(() -> Tokenizer.load(directory));
    assertThat(thrown).isInstanceOf(TouchstoneException.class);
    assertThat(thrown.getMessage())
        .contains("tokenizer_config.json")
        .contains(says)
        .doesNotContain("\n");
  }

  @Test
  void anIdOutsideTheVocabularyIsRefusedEverywhere() throws IOException {
    model();
    Tokenizer tokenizer = Tokenizer.load(directory);
    for (int id : new int[] {-1, 8, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      for (Throwable thrown :
          new Throwable[] {
            catchThrowable(() -> tokenizer.decode(new int[] {id})),
            catchThrowable(() -> tokenizer.decodeAsTransformers(new int[] {id}, true)),
            catchThrowable(() -> tokenizer.stream(LeadingSpace.KEPT).append(id)),
            catchThrowable(() -> tokenizer.piece(id)),
            catchThrowable(() -> tokenizer.bytes(id))
          }) {
        assertThat(thrown).hasMessageContaining("token id " + id).hasMessageContaining("to 7");
      }
    }
  }

  private void refused(Fault fault, String says) {
    Throwable thrown = catchThrowable(() -> Tokenizer.load(directory));
    assertThat(fault(thrown)).isEqualTo(fault);
    assertThat(thrown.getMessage()).contains(says).doesNotContain("\n");
  }

  private static Fault fault(Throwable thrown) {
    assertThat(thrown).isInstanceOf(TouchstoneException.class);
    return ((TouchstoneException) thrown).fault();
  }

  /** The same pieces and merges as {@link JsonFile}. */
  private void model() throws IOException {
    byte[] model =
        ModelFile.startingWith(false)
            .piece("\u2581", -3, ModelFile.NORMAL)
            .piece("a", -4, ModelFile.NORMAL)
            .piece("b", -5, ModelFile.NORMAL)
            .piece("ab", 0, ModelFile.NORMAL)
            .piece("\u2581a", -1, ModelFile.NORMAL)
            .llama(false)
            .toByteArray();
    Files.write(directory.resolve("tokenizer.model"), model);
  }

  private void json(JsonFile json) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), json.toString());
  }

  private void config(String json) throws IOException {
    Files.writeString(directory.resolve("tokenizer_config.json"), json);
  }
}
