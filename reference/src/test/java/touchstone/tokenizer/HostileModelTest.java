package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Every damaged or foreign tokenizer.model ends in one line that says where and what. */
@Tag("TOK-14")
class HostileModelTest {
  /** A model and what its message must say. */
  record Case(String name, Fault fault, String says, byte[] model) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource({"brokenFields", "brokenPieces", "foreignModels"})
  void isRefusedInOneLineThatSaysWhereAndWhat(Case hostile) {
    Throwable thrown = catchThrowable(() -> SentencePieceModel.parse("t.model", hostile.model()));
    assertThat(thrown).isInstanceOf(TouchstoneException.class);
    assertThat(((TouchstoneException) thrown).fault()).isEqualTo(hostile.fault());
    assertThat(thrown.getMessage())
        .startsWith("t.model: ")
        .contains(hostile.says())
        .doesNotContain("\n");
  }

  static Stream<Case> brokenFields() {
    return Stream.of(
        format("an empty file", "no trainer_spec", new ModelFile()),
        format("one zero byte", "byte 0: field tag 0", raw(0)),
        format("field number zero", "field tag 2", raw(2)),
        format("a tag of 33 bits", "field tag", raw(0x80, 0x80, 0x80, 0x80, 0x10)),
        format("wire type 3", "wire type 3", raw(0x7B)),
        format("wire type 4", "wire type 4", raw(0x7C)),
        format("wire type 6", "wire type 6", raw(0x7E)),
        format("wire type 7", "wire type 7", raw(0x7F)),
        format("a tag that does not end", "ends inside a field", raw(0x80)),
        format("an overlong tag", "overlong varint", raw(0x8A, 0x00)),
        format("an overlong length", "overlong varint", raw(0x0A, 0x80, 0x00)),
        format("a varint of eleven bytes", "more than ten bytes", repeated(0x58, 0x80, 11)),
        format("a varint of 65 bits", "overlong varint", repeated(0x58, 0xFF, 9, 0x02)),
        format("a varint that does not end", "ends inside a field", raw(0x58, 0xFF)),
        format("a piece longer than the file", "1 bytes remain", raw(0x0A, 0x05, 0x00)),
        format("a length of 2 GiB", "2147483648 bytes", raw(0x0A, 0x80, 0x80, 0x80, 0x80, 0x08)),
        format("a length of 2^63", "9223372036854775808", repeated(0x0A, 0x80, 9, 0x01)),
        format("a length of -1", "18446744073709551615", repeated(0x0A, 0xFF, 9, 0x01)),
        format("an unknown string too long", "bytes remain", raw(0x52, 0x7F)),
        format("half a fixed32", "ends inside a field", raw(0x55, 1, 2)),
        format("half a fixed64", "ends inside a field", raw(0x51, 1, 2, 3)),
        format("pieces as a number", "wire type 0", raw(0x08, 0x01)),
        format("trainer as a number", "wire type 0", raw(0x10, 0x01)),
        format("normalizer as a float", "wire type 5", raw(0x1D, 0, 0, 0, 0)),
        format("denormalizer as a number", "wire type 0", raw(0x28, 0x01)),
        format("a string longer than its piece", "bytes remain", piece(raw(0x0A, 0x05, 'a'))),
        format("a score cut off", "ends inside a field", piece(raw(0x15, 0, 0))),
        format("a score as a number", "wire type 0", piece(raw(0x10, 0))),
        format("a name as a number", "wire type 0", piece(raw(0x08, 0))),
        format("a type as a string", "wire type 2", piece(raw(0x1A, 0))),
        format("a type of 33 bits", "must fit 32 bits", piece(new ModelFile().varint(3, 1L << 32))),
        format("a trainer cut off", "ends inside a field", trainer(raw(0x18))),
        format("model_type as a string", "wire type 2", trainer(new ModelFile().text(3, "BPE"))),
        format("model_type of 33 bits", "32 bits", trainer(new ModelFile().varint(3, 1L << 40))),
        format("byte_fallback of 2", "truth value 2", trainer(new ModelFile().varint(35, 2))),
        format("byte_fallback of -1", "truth value -1", trainer(new ModelFile().varint(35, -1))),
        format(
            "bos_piece not UTF-8",
            "not UTF-8",
            trainer(new ModelFile().delimited(46, bytes(0xFF)))),
        format("eos_piece as a number", "wire type 0", trainer(new ModelFile().varint(47, 1))),
        format("add_dummy_prefix of 7", "truth value 7", normalizer(new ModelFile().varint(3, 7))),
        format(
            "a name not UTF-8",
            "not UTF-8",
            normalizer(new ModelFile().delimited(1, bytes(0xC0, 0x80)))));
  }

  static Stream<Case> brokenPieces() {
    return Stream.of(
        format("no piece at all", "no piece of type UNKNOWN", new ModelFile().llama(false)),
        format("an empty piece", "piece 3 is empty", tiny().piece("", 0, 1).llama(false)),
        format("a piece without fields", "piece 3 is empty", tiny().message(1, new ModelFile())),
        format("a piece twice", "is also piece 3", tiny().piece("a", 0, 1).piece("a", 0, 1)),
        format("a control piece as text", "is also piece 1", tiny().piece("<s>", 0, 1)),
        format("a second unknown", "pieces 0 and 3 both", tiny().piece("<x>", 0, 2)),
        format(
            "no unknown",
            "UNKNOWN",
            new ModelFile().piece("<s>", 0, 3).piece("</s>", 0, 3).llama(false)),
        format("a score NaN", "score NaN", tiny().piece("a", Float.NaN, 1)),
        format("a score infinite", "score Infinity", tiny().piece("a", Float.POSITIVE_INFINITY, 1)),
        format(
            "a score -infinite", "score -Infinity", tiny().piece("a", Float.NEGATIVE_INFINITY, 1)),
        format("type 0", "piece type 0", tiny().piece("a", 0, 0)),
        format("type 7", "piece type 7", tiny().piece("a", 0, 7)),
        format("type -1", "piece type -1", tiny().piece("a", 0, -1)),
        format("an overlong character", "not UTF-8", text(0xC0, 0x80)),
        format("a surrogate", "not UTF-8", text(0xED, 0xA0, 0x80)),
        format("above U+10FFFF", "not UTF-8", text(0xF4, 0x90, 0x80, 0x80)),
        format("half a character", "not UTF-8", text(0xE2, 0x96)),
        limit("a piece of 129 characters", "129 characters", tiny().piece("a".repeat(129), 0, 1)),
        format(
            "bytes without byte_fallback", "256 byte pieces", tiny().bytePieces(256).llama(false)),
        format("byte_fallback without bytes", "0 byte pieces", tiny().llama(true)),
        format("255 byte pieces", "255 byte pieces", tiny().bytePieces(255).llama(true)),
        format("a byte named <0x1>", "named '<0x1>'", tiny().piece("<0x1>", 0, 6)),
        format("a byte named <0xGG>", "named '<0xGG>'", tiny().piece("<0xGG>", 0, 6)),
        format("a byte named <0x-1>", "named '<0x-1>'", tiny().piece("<0x-1>", 0, 6)),
        format("a byte in lower case", "named '<0x0a>'", tiny().piece("<0x0a>", 0, 6)),
        format("a byte twice", "is also piece 3", tiny().bytePieces(1).bytePieces(1)),
        format("a line end in a name", "'<0x\\u000a>'", tiny().piece("<0x\n>", 0, 6)),
        format(
            "no BOS",
            "bos_piece '<s>'",
            new ModelFile().piece("<unk>", 0, 2).piece("</s>", 0, 3).llama(false)),
        format(
            "no EOS",
            "eos_piece '</s>'",
            new ModelFile().piece("<unk>", 0, 2).piece("<s>", 0, 3).llama(false)),
        format(
            "BOS as text",
            "bos_piece",
            new ModelFile()
                .piece("<unk>", 0, 2)
                .piece("<s>", 0, 1)
                .piece("</s>", 0, 3)
                .llama(false)),
        format(
            "another BOS",
            "bos_piece '[B]'",
            tiny().llama(false).message(2, new ModelFile().text(46, "[B]").varint(3, 2))));
  }

  static Stream<Case> foreignModels() {
    return Stream.of(
        unsupported("a unigram model", "model_type UNIGRAM", trainer(new ModelFile().varint(3, 1))),
        unsupported("unigram by default", "model_type UNIGRAM", trainer(new ModelFile())),
        unsupported("a word model", "model_type WORD", trainer(new ModelFile().varint(3, 3))),
        unsupported("a character model", "model_type CHAR", trainer(new ModelFile().varint(3, 4))),
        unsupported("a model of type 9", "model_type 9", trainer(new ModelFile().varint(3, 9))),
        unsupported(
            "suffix blanks", "treat_whitespace_as_suffix", trainer(new ModelFile().varint(24, 1))),
        unsupported(
            "a character map",
            "normalizer 'nmt_nfkc' maps",
            normalizer(new ModelFile().text(1, "nmt_nfkc").text(2, "xy"))),
        unsupported(
            "a denormalizer",
            "denormalizer maps",
            new ModelFile().message(5, new ModelFile().text(2, "xy"))),
        unsupported(
            "spaces removed",
            "remove_extra_whitespaces",
            tiny().llama(false).message(3, new ModelFile().varint(4, 1))),
        unsupported(
            "no normalizer",
            "remove_extra_whitespaces",
            tiny().message(2, new ModelFile().varint(3, 2))),
        unsupported(
            "spaces kept",
            "escape_whitespaces is false",
            normalizer(new ModelFile().varint(5, 0))));
  }

  @Test
  void moreThanAMebiOfPiecesIsRefused() {
    ModelFile model = tiny();
    for (int i = 0; i <= 1 << 20; i++) {
      model.message(1, new ModelFile().text(1, Integer.toString(i, 36)));
    }
    byte[] bytes = model.toByteArray();
    assertThatThrownBy(() -> SentencePieceModel.parse("t.model", bytes))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining("at most 1048576");
  }

  @Test
  void theTinyModelItselfIsSound() {
    assertThat(ModelFile.tokenizer(sound()).encode("ab")).containsExactly(1, 5, 6);
  }

  @Test
  void noTruncationEscapesTheContract() {
    byte[] model = sound();
    for (int length = 0; length < model.length; length++) {
      requireContract(Arrays.copyOf(model, length));
    }
  }

  @Test
  void noFlippedBitEscapesTheContract() {
    byte[] model = sound();
    for (int bit = 0; bit < model.length * 8; bit++) {
      byte[] flipped = model.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      requireContract(flipped);
    }
  }

  /** Either it loads and works, or it is refused in one line. */
  private static void requireContract(byte[] model) {
    try {
      Tokenizer tokenizer = ModelFile.tokenizer(model);
      tokenizer.decode(tokenizer.encode("ab a\u2603</s>"));
    } catch (TouchstoneException e) {
      assertThat(e.getMessage()).startsWith("t").doesNotContain("\n");
    } catch (RuntimeException e) {
      fail("escaped on " + Arrays.toString(model), e);
    }
  }

  private static byte[] sound() {
    return tiny()
        .piece("a", -2, ModelFile.NORMAL)
        .piece("b", -3, ModelFile.NORMAL)
        .piece("\u2581", -4, ModelFile.NORMAL)
        .piece("ab", -1, ModelFile.NORMAL)
        .llama(false)
        .toByteArray();
  }

  private static ModelFile tiny() {
    return ModelFile.startingWith(false);
  }

  private static ModelFile piece(ModelFile piece) {
    return new ModelFile().message(1, piece);
  }

  private static ModelFile text(int... utf8) {
    return tiny().message(1, new ModelFile().delimited(1, bytes(utf8)));
  }

  private static ModelFile trainer(ModelFile trainer) {
    return tiny().message(2, trainer);
  }

  private static ModelFile normalizer(ModelFile normalizer) {
    return tiny().message(3, normalizer);
  }

  private static ModelFile raw(int... values) {
    return new ModelFile().raw(bytes(values));
  }

  /** A tag, the same byte many times, and what ends it. */
  private static ModelFile repeated(int tag, int value, int times, int... end) {
    ModelFile model = raw(tag);
    for (int i = 0; i < times; i++) {
      model.raw((byte) value);
    }
    return model.raw(bytes(end));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static Case format(String name, String says, ModelFile model) {
    return new Case(name, Fault.FORMAT, says, model.toByteArray());
  }

  private static Case unsupported(String name, String says, ModelFile model) {
    return new Case(name, Fault.UNSUPPORTED, says, model.toByteArray());
  }

  private static Case limit(String name, String says, ModelFile model) {
    return new Case(name, Fault.LIMIT, says, model.toByteArray());
  }
}
