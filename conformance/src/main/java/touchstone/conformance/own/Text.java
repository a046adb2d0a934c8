package touchstone.conformance.own;

import java.util.List;

/** From text to ids and back, as a runtime does it for one model. */
public interface Text {
  /** One turn of a conversation; role is {@code system}, {@code user} or {@code assistant}. */
  record Message(String role, String content) {}

  /** The ids of a text. */
  int[] encode(String text, boolean bos);

  /** The text of ids, special tokens left out. */
  String decode(int[] ids);

  /** What may be shown after each id, and last what the end sets free. */
  List<String> stream(int[] ids);

  /** The prompt of a conversation. */
  String chat(List<Message> messages);
}
