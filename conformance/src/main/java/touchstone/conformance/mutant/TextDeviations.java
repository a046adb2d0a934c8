package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.Template;
import touchstone.conformance.own.Text;
import touchstone.tokenizer.Tokenizer;

/** Seams that replace one thing that is done with text. What they are given does the rest. */
final class TextDeviations {
  private TextDeviations() {}

  /** From text to ids. */
  @FunctionalInterface
  interface Encoding {
    int[] encode(Text text, Tokenizer tokenizer, String plain, boolean bos);
  }

  /** From ids to text. */
  @FunctionalInterface
  interface Decoding {
    String decode(Text text, Tokenizer tokenizer, int[] ids);
  }

  /** From ids to a chunk for each, and one for the end. */
  @FunctionalInterface
  interface Streaming {
    List<String> stream(Text text, Tokenizer tokenizer, int[] ids);
  }

  private record Replaced(
      Text text, Tokenizer tokenizer, Encoding encoding, Decoding decoding, Streaming streaming)
      implements Text {
    private static final Encoding ENCODED =
        (text, tokenizer, plain, bos) -> text.encode(plain, bos);
    private static final Decoding DECODED = (text, tokenizer, ids) -> text.decode(ids);
    private static final Streaming STREAMED = (text, tokenizer, ids) -> text.stream(ids);

    @Override
    public int[] encode(String plain, boolean bos) {
      return encoding.encode(text, tokenizer, plain, bos);
    }

    @Override
    public String decode(int[] ids) {
      return decoding.decode(text, tokenizer, ids);
    }

    @Override
    public List<String> stream(int[] ids) {
      return streaming.stream(text, tokenizer, ids);
    }
  }

  private static Seams seams(Encoding encoding, Decoding decoding, Streaming streaming) {
    return new Seams() {
      @Override
      public Text text(Text text, Tokenizer tokenizer) {
        return new Replaced(text, tokenizer, encoding, decoding, streaming);
      }
    };
  }

  static Seams encoding(Encoding encoding) {
    return seams(encoding, Replaced.DECODED, Replaced.STREAMED);
  }

  static Seams decoding(Decoding decoding) {
    return seams(Replaced.ENCODED, decoding, Replaced.STREAMED);
  }

  static Seams streaming(Streaming streaming) {
    return seams(Replaced.ENCODED, Replaced.DECODED, streaming);
  }

  static Seams template(Template other) {
    return new Seams() {
      @Override
      public Template template(Template template) {
        return other;
      }
    };
  }
}
