package touchstone.conformance.own;

import java.util.ArrayList;
import java.util.List;
import touchstone.tokenizer.LeadingSpace;
import touchstone.tokenizer.StreamingDetokenizer;
import touchstone.tokenizer.Tokenizer;

/** From text to ids and back, as a runtime does it for one model. */
public interface Text {
  /**
   * The ids of a text, special tokens in it recognised.
   *
   * @param bos whether the token that begins a sequence goes in front
   */
  int[] encode(String text, boolean bos);

  /** The text of ids, special tokens left out. */
  String decode(int[] ids);

  /** What may be shown after each id, and last what the end sets free. */
  List<String> stream(int[] ids);

  /** As the reference does it. */
  static Text of(Tokenizer tokenizer) {
    return new Text() {
      @Override
      public int[] encode(String text, boolean bos) {
        return tokenizer.encode(text, bos);
      }

      @Override
      public String decode(int[] ids) {
        return tokenizer.decode(ids);
      }

      @Override
      public List<String> stream(int[] ids) {
        StreamingDetokenizer stream = tokenizer.stream(LeadingSpace.STRIPPED);
        List<String> chunks = new ArrayList<>();
        for (int id : ids) {
          chunks.add(stream.append(id));
        }
        chunks.add(stream.flush());
        return chunks;
      }
    };
  }
}
