package touchstone.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Decoding as Transformers' Rust tokenizer does: every piece by its name, a run of byte pieces as a
 * whole, then one leading space off the result.
 *
 * @source huggingface/tokenizers 0.22.2 tokenizers/src/decoders (Replace, ByteFallback, Fuse, Strip)
 * @rules TOK-12
 */
final class TransformersDecoder {
  private final Vocabulary vocabulary;
  private final Set<Integer> special = new HashSet<>();
  private final boolean stripsSpace;

  TransformersDecoder(Vocabulary vocabulary, Behaviour behaviour) {
    this.vocabulary = vocabulary;
    this.stripsSpace = behaviour.stripsSpace();
    for (AddedToken token : behaviour.addedTokens()) {
      if (token.special()) {
        special.add(token.id());
      }
    }
  }

  String decode(int[] ids, boolean skipSpecial) {
    StringBuilder text = new StringBuilder();
    byte[] run = new byte[ids.length];
    int length = 0;
    for (int id : ids) {
      Vocabulary.Piece piece = vocabulary.piece(id);
      if (skipSpecial && special.contains(id)) {
        continue;
      }
      if (piece.type() == PieceType.BYTE) {
        run[length++] = Vocabulary.byteValue(piece.text());
      } else {
        appendRun(run, length, text);
        length = 0;
        text.append(piece.text().replace(Vocabulary.BLANK, ' '));
      }
    }
    appendRun(run, length, text);
    return text.substring(stripsSpace && !text.isEmpty() && text.charAt(0) == ' ' ? 1 : 0);
  }

  /** One bad byte spoils the run: each of its bytes becomes U+FFFD. */
  private static void appendRun(byte[] run, int length, StringBuilder text) {
    try {
      text.append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(run, 0, length)));
    } catch (CharacterCodingException e) {
      text.repeat('\uFFFD', length);
    }
  }
}
