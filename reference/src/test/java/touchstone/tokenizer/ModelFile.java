package touchstone.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes SentencePiece models, sound and unsound ones, field by field. */
final class ModelFile {
  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A model with unknown, BOS and EOS; bytes too if asked for. */
  static ModelFile startingWith(boolean byteFallback) {
    ModelFile model =
        new ModelFile()
            .piece("<unk>", 0, UNKNOWN)
            .piece("<s>", 0, CONTROL)
            .piece("</s>", 0, CONTROL);
    if (byteFallback) {
      model.bytePieces(256);
    }
    return model;
  }

  /** As much of Llama-2's trainer and normaliser as is read. */
  ModelFile llama(boolean byteFallback) {
    return message(2, new ModelFile().varint(3, 2).varint(35, byteFallback ? 1 : 0))
        .message(3, new ModelFile().text(1, "identity").varint(3, 1).varint(4, 0).varint(5, 1));
  }

  ModelFile piece(String text, float score, int type) {
    return message(1, new ModelFile().text(1, text).float32(2, score).varint(3, type));
  }

  ModelFile bytePieces(int count) {
    for (int value = 0; value < count; value++) {
      piece("<0x%02X>".formatted(value), 0, BYTE);
    }
    return this;
  }

  ModelFile message(int field, ModelFile message) {
    return delimited(field, message.toByteArray());
  }

  ModelFile text(int field, String text) {
    return delimited(field, text.getBytes(StandardCharsets.UTF_8));
  }

  ModelFile delimited(int field, byte[] content) {
    return rawVarint((long) field << 3 | 2).rawVarint(content.length).raw(content);
  }

  ModelFile varint(int field, long value) {
    return rawVarint((long) field << 3).rawVarint(value);
  }

  ModelFile float32(int field, float value) {
    byte[] little = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
    return rawVarint((long) field << 3 | 5).raw(little);
  }

  ModelFile rawVarint(long value) {
    long rest = value;
    for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
      bytes.write((int) ((rest & 0x7F) | 0x80));
    }
    bytes.write((int) rest);
    return this;
  }

  ModelFile raw(byte... content) {
    bytes.writeBytes(content);
    return this;
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  Tokenizer tokenizer() {
    return tokenizer(toByteArray());
  }

  /** The tokenizer of a model in memory, with the defaults of a lone file. */
  static Tokenizer tokenizer(byte[] model) {
    return TokenizerDirectory.fromModel(SentencePieceModel.parse("tokenizer.model", model));
  }
}
