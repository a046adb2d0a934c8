package touchstone.conformance.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Rewrites llama2.c's tokenizer file as a SentencePiece model. The former is an int32, then per piece a
 * float32 score, an int32 length and the text; the latter a protobuf message.
 */
final class StoriesTokenizer {
  private static final int SPECIAL = 3;
  private static final int BYTES = 256;

  private StoriesTokenizer() {}

  static void write(Path from, Path to) {
    try {
      ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(from)).order(ByteOrder.LITTLE_ENDIAN);
      file.getInt();
      ByteArrayOutputStream model = new ByteArrayOutputStream();
      for (int id = 0; file.hasRemaining(); id++) {
        message(model, 1, piece(id, file));
      }
      message(model, 2, new byte[] {3 << 3, 2, (byte) (35 << 3 & 0x7f | 0x80), 35 >> 4, 1});
      message(model, 3, new byte[] {3 << 3, 1, 4 << 3, 0, 5 << 3, 1});
      Files.write(to, model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] piece(int id, ByteBuffer file) {
    float score = file.getFloat();
    byte[] utf8 = new byte[file.getInt()];
    file.get(utf8);
    String text = new String(utf8, StandardCharsets.UTF_8);
    String name = id < SPECIAL ? text.strip() : text.replace(' ', '\u2581');
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    message(piece, 1, name.getBytes(StandardCharsets.UTF_8));
    piece.write(2 << 3 | 5);
    piece.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
    piece.write(3 << 3);
    piece.write(id == 0 ? 2 : id < SPECIAL ? 3 : id < SPECIAL + BYTES ? 6 : 1);
    return piece.toByteArray();
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] content) {
    if (content.length > 0x7f) {
      throw new IllegalArgumentException("a message of " + content.length + " bytes");
    }
    out.write(field << 3 | 2);
    out.write(content.length);
    out.writeBytes(content);
  }
}
