package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real Llama-2 tokenizer against what sentencepiece 0.2.2 and transformers 4.57.6 gave for the same
 * texts and ids.
 */
class TokenizerVectorsTest {
  private static final int TEXTS = 583;
  private static final int SEQUENCES = 144;
  private static final Map<String, List<JsonNode>> ROWS = new HashMap<>();
  private static final Map<Source, Tokenizer> LOADED = new EnumMap<>(Source.class);

  /** The files that the real tokenizer can be read from. */
  enum Source {
    MODEL("tokenizer.model", Tokenizer::ofModelFile),
    JSON("hf_tokenizer/legacy/tokenizer.json", Tokenizer::ofJsonFile),
    DIRECTORY("hf_tokenizer/legacy", Tokenizer::load);

    private final String path;
    private final Function<Path, Tokenizer> reader;

    Source(String path, Function<Path, Tokenizer> reader) {
      this.path = path;
      this.reader = reader;
    }

    Tokenizer tokenizer() {
      return LOADED.computeIfAbsent(this, it -> it.reader.apply(Vectors.shared(it.path)));
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-1")
  @Tag("TOK-2")
  @Tag("TOK-4")
  @Tag("TOL-6")
  void plainTextIsEncodedAsBySentencePiece(Source source) {
    encodes("ids_spm", source.tokenizer()::encodePlain);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-6")
  @Tag("TOK-7")
  @Tag("TOK-8")
  void specialTokensAreEncodedAsByTransformersFast(Source source) {
    encodes("ids_hf_fast", source.tokenizer()::encode);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-7")
  void onePrefixIsTransformersSlowNonLegacy(Source source) {
    encodes("ids_hf_slow_nonlegacy", source.tokenizer().withPrefix(DummyPrefix.ONCE)::encode);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-7")
  void aPrefixUnlessPresentIsTransformersFastNonLegacy(Source source) {
    encodes(
        "ids_hf_fast_nonlegacy",
        source.tokenizer().withPrefix(DummyPrefix.FIRST_SEGMENT_UNLESS_PRESENT)::encode);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-7")
  void aPrefixPerSegmentUnlessPresentIsTransformers5(Source source) {
    encodes(
        "ids_hf5_legacy",
        source.tokenizer().withPrefix(DummyPrefix.EACH_SEGMENT_UNLESS_PRESENT)::encode);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-9")
  void sequencesOfTextsAreDecodedAsBySentencePiece(Source source) {
    decodes("ids_spm", "decoded", source.tokenizer()::decode);
  }

  @ParameterizedTest
  @EnumSource
  void sequencesOfTextsAreDecodedAsByTransformers(Source source) {
    Tokenizer tokenizer = source.tokenizer();
    decodes("ids_hf_fast", "decoded_hf_fast", ids -> tokenizer.decodeAsTransformers(ids, false));
    decodes(
        "ids_hf_fast",
        "decoded_hf_fast_skip_special",
        ids -> tokenizer.decodeAsTransformers(ids, true));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("TOK-9")
  @Tag("TOK-10")
  @Tag("TOK-12")
  void anySequencesAreDecodedByBothRules(Source source) {
    Tokenizer tokenizer = source.tokenizer();
    for (JsonNode row : sequences()) {
      int[] ids = Vectors.ids(row.get("ids"));
      assertThat(tokenizer.decode(ids))
          .as("row %s", row)
          .isEqualTo(row.get("decoded_spm").textValue());
      assertThat(tokenizer.decodeAsTransformers(ids, false))
          .as("row %s", row)
          .isEqualTo(row.get("decoded_hf_fast").textValue());
      assertThat(tokenizer.decodeAsTransformers(ids, true))
          .as("row %s", row)
          .isEqualTo(row.get("decoded_hf_fast_skip_special").textValue());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPieceHasItsBytes(Source source) {
    Tokenizer tokenizer = source.tokenizer();
    for (JsonNode row : sequences()) {
      int[] ids = Vectors.ids(row.get("ids"));
      for (int i = 0; i < ids.length; i++) {
        assertThat(HexFormat.of().formatHex(tokenizer.bytes(ids[i])))
            .as("bytes of %s", tokenizer.piece(ids[i]))
            .isEqualTo(row.get("piece_bytes_hex").get(i).textValue());
      }
    }
  }

  @Test
  @Tag("TOK-6")
  void normalizedSpecialTokensNeedASpaceBeforeThem(@TempDir Path directory) throws IOException {
    Files.copy(Vectors.shared("tokenizer.model"), directory.resolve("tokenizer.model"));
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        """
        {"added_tokens_decoder": {
          "0": {"content": "<unk>", "normalized": true, "special": true},
          "1": {"content": "<s>", "normalized": true, "special": true},
          "2": {"content": "</s>", "normalized": true, "special": true}}}
        """);
    encodes("ids_hf_fast_legacy_normalized_true", Tokenizer.load(directory)::encode);
  }

  @Test
  @Tag("TOK-1")
  @Tag("TOK-9")
  void aModelWithoutDummyPrefixNeitherAddsNorStripsABlank() throws IOException {
    byte[] model = Files.readAllBytes(Vectors.shared("tokenizer.model"));
    byte[] withoutPrefix = new ModelFile().message(3, new ModelFile().varint(3, 0)).toByteArray();
    Tokenizer tokenizer =
        ModelFile.tokenizer(new ModelFile().raw(model).raw(withoutPrefix).toByteArray());
    encodes("ids_spm_no_dummy_prefix", tokenizer::encodePlain);
    decodes("ids_spm_no_dummy_prefix", "decoded_no_dummy_prefix", tokenizer::decode);
  }

  private static List<JsonNode> texts() {
    return rows("tokenizer_vectors.jsonl", TEXTS);
  }

  private static List<JsonNode> sequences() {
    return rows("tokenizer_decode_vectors.jsonl", SEQUENCES);
  }

  private static List<JsonNode> rows(String file, int count) {
    Path path = Vectors.shared(file);
    return ROWS.computeIfAbsent(file, it -> Vectors.rows(path, count));
  }

  private static void encodes(String column, Function<String, int[]> encoder) {
    for (JsonNode row : texts()) {
      assertThat(encoder.apply(row.get("text").textValue()))
          .as("row %d, %s", row.get("n").intValue(), row.get("text"))
          .isEqualTo(Vectors.ids(row.get(column)));
    }
  }

  private static void decodes(String ids, String column, Function<int[], String> decoder) {
    for (JsonNode row : texts()) {
      assertThat(decoder.apply(Vectors.ids(row.get(ids))))
          .as("row %d, %s", row.get("n").intValue(), row.get("text"))
          .isEqualTo(row.get(column).textValue());
    }
  }
}
