package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real Llama-2 tokenizer against what sentencepiece 0.2.2 and transformers 4.57.6 gave for the same
 * texts and ids.
 */
@DisplayNameGeneration(DisplayNameGenerator.Simple.class)
class TokenizerVectorsTest {
  private static final int TEXTS = 583;
  private static final int SEQUENCES = 144;

  /** The files that the real tokenizer can be read from. */
  enum Source {
    MODEL(() -> Tokenizer.ofModelFile(Vectors.shared("tokenizer.model"))),
    JSON(() -> Tokenizer.ofJsonFile(Vectors.shared("hf_tokenizer/legacy/tokenizer.json"))),
    DIRECTORY(() -> Tokenizer.load(Vectors.shared("hf_tokenizer/legacy")));

    private final Supplier<Tokenizer> tokenizer;

    Source(Supplier<Tokenizer> tokenizer) {
      this.tokenizer = tokenizer;
    }
  }

  @ParameterizedTest
  @EnumSource
  void plainTextIsEncodedAsBySentencePiece(Source source) {
    encodes("ids_spm", source.tokenizer.get()::encodePlain);
  }

  @ParameterizedTest
  @EnumSource
  void specialTokensAreEncodedAsByTransformersFast(Source source) {
    encodes("ids_hf_fast", source.tokenizer.get()::encode);
  }

  @ParameterizedTest
  @EnumSource
  void onePrefixIsTransformersSlowNonLegacy(Source source) {
    encodes("ids_hf_slow_nonlegacy", source.tokenizer.get().withPrefix(DummyPrefix.ONCE)::encode);
  }

  @ParameterizedTest
  @EnumSource
  void aPrefixUnlessPresentIsTransformersFastNonLegacy(Source source) {
    encodes(
        "ids_hf_fast_nonlegacy",
        source.tokenizer.get().withPrefix(DummyPrefix.FIRST_SEGMENT_UNLESS_PRESENT)::encode);
  }

  @ParameterizedTest
  @EnumSource
  void aPrefixPerSegmentUnlessPresentIsTransformers5(Source source) {
    encodes(
        "ids_hf5_legacy",
        source.tokenizer.get().withPrefix(DummyPrefix.EACH_SEGMENT_UNLESS_PRESENT)::encode);
  }

  @ParameterizedTest
  @EnumSource
  void sequencesOfTextsAreDecodedAsBySentencePiece(Source source) {
    decodes("decoded", source.tokenizer.get()::decode);
  }

  @ParameterizedTest
  @EnumSource
  void sequencesOfTextsAreDecodedAsByTransformers(Source source) {
    Tokenizer tokenizer = source.tokenizer.get();
    decodesSpecial("decoded_hf_fast", ids -> tokenizer.decodeAsTransformers(ids, false));
    decodesSpecial(
        "decoded_hf_fast_skip_special", ids -> tokenizer.decodeAsTransformers(ids, true));
  }

  @ParameterizedTest
  @EnumSource
  void anySequencesAreDecodedByBothRules(Source source) {
    Tokenizer tokenizer = source.tokenizer.get();
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
    Tokenizer tokenizer = source.tokenizer.get();
    for (JsonNode row : sequences()) {
      int[] ids = Vectors.ids(row.get("ids"));
      for (int i = 0; i < ids.length; i++) {
        assertThat(HexFormat.of().formatHex(tokenizer.bytes(ids[i])))
            .as("bytes of %s", tokenizer.piece(ids[i]))
            .isEqualTo(row.get("piece_bytes_hex").get(i).textValue());
      }
    }
  }

  private static List<JsonNode> texts() {
    return Vectors.rows(Vectors.shared("tokenizer_vectors.jsonl"), TEXTS);
  }

  private static List<JsonNode> sequences() {
    return Vectors.rows(Vectors.shared("tokenizer_decode_vectors.jsonl"), SEQUENCES);
  }

  private static void encodes(String column, Function<String, int[]> encoder) {
    for (JsonNode row : texts()) {
      assertThat(encoder.apply(row.get("text").textValue()))
          .as("row %d, %s", row.get("n").intValue(), row.get("text"))
          .isEqualTo(Vectors.ids(row.get(column)));
    }
  }

  private static void decodes(String column, Function<int[], String> decoder) {
    decodes("ids_spm", column, decoder);
  }

  private static void decodesSpecial(String column, Function<int[], String> decoder) {
    decodes("ids_hf_fast", column, decoder);
  }

  private static void decodes(String ids, String column, Function<int[], String> decoder) {
    for (JsonNode row : texts()) {
      assertThat(decoder.apply(Vectors.ids(row.get(ids))))
          .as("row %d, %s", row.get("n").intValue(), row.get("text"))
          .isEqualTo(row.get(column).textValue());
    }
  }
}
