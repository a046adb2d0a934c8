package touchstone.conformance.mutant;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.Text;
import touchstone.tokenizer.LeadingSpace;
import touchstone.tokenizer.StreamingDetokenizer;
import touchstone.tokenizer.Tokenizer;

/** Mistakes from ids to text: group C of the catalogue, row 4 and what belongs to it. */
final class DetokenizerMutants {
  private static final String TRANSFORMERS = "https://github.com/huggingface/transformers/issues/";
  private static final Pattern BYTE_NAME = Pattern.compile("<0x[0-9A-F]{2}>");
  private static final Pattern SPACE_BEFORE = Pattern.compile(" ([.?!,]|n't|'m|'s|'ve|'re)");

  private DetokenizerMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>(texts());
    all.addAll(streams());
    return all;
  }

  private static Mutant mutant(
      String id, String title, String symptom, String cause, Seams seams, String... links) {
    return new Mutant(id, Group.TEXT, title, symptom, cause, List.of(links), seams);
  }

  private static List<Mutant> texts() {
    return List.of(
        mutant(
            "prefix-space-shown",
            "the blank before the first word is shown",
            "Every answer begins with a space.",
            "The dummy prefix is taken for part of the text.",
            TextDeviations.decoding(DetokenizerMutants::kept),
            TRANSFORMERS + "25073"),
        mutant(
            "byte-names-shown",
            "bytes are shown by the names of their pieces",
            "<0x0A> instead of a new line, <0xE2><0x80><0x99> instead of an apostrophe.",
            "Byte pieces are pieces like any, to this runtime.",
            TextDeviations.decoding(DetokenizerMutants::named),
            "https://github.com/ggml-org/llama.cpp/pull/5084",
            "https://github.com/b4rtaz/distributed-llama/pull/189"),
        mutant(
            "special-tokens-shown",
            "special tokens are spelled out",
            "Answers end with </s>.",
            "Nobody asks to skip them.",
            TextDeviations.decoding(
                (text, tokenizer, ids) -> tokenizer.decodeAsTransformers(ids, false)),
            "https://github.com/NVIDIA/TensorRT-LLM/pull/545"),
        mutant(
            "text-cleaned-up",
            "spaces before punctuation are removed",
            "Texts with a space before a full stop or an apostrophe come back without it.",
            "clean_up_tokenization_spaces, which was made for BERT.",
            TextDeviations.decoding(
                (text, tokenizer, ids) -> SPACE_BEFORE.matcher(text.decode(ids)).replaceAll("$1")),
            TRANSFORMERS + "40088",
            "https://github.com/sgl-project/sglang/pull/1510"));
  }

  private static String kept(Text text, Tokenizer tokenizer, int[] ids) {
    StreamingDetokenizer stream = tokenizer.stream(LeadingSpace.KEPT);
    StringBuilder all = new StringBuilder();
    for (int id : ids) {
      all.append(stream.append(id));
    }
    return all.append(stream.flush()).toString();
  }

  private static String named(Text text, Tokenizer tokenizer, int[] ids) {
    StreamingDetokenizer stream = tokenizer.stream(LeadingSpace.STRIPPED);
    StringBuilder all = new StringBuilder();
    for (int id : ids) {
      String piece = tokenizer.piece(id);
      all.append(BYTE_NAME.matcher(piece).matches() ? piece : stream.append(id));
    }
    return all.toString();
  }

  private static List<Mutant> streams() {
    return List.of(
        mutant(
            "pieces-streamed-alone",
            "every piece is decoded by itself",
            "Streamed words run together: each loses its space.",
            "decode([id]) for each id, which takes off the blank that every one begins with.",
            TextDeviations.streaming(
                (text, tokenizer, ids) -> chunks(ids, id -> text.decode(new int[] {id}))),
            TRANSFORMERS + "22710",
            TRANSFORMERS + "28776"),
        mutant(
            "bytes-streamed-alone",
            "every byte is shown at once",
            "Streamed emoji and accents come as several replacement characters.",
            "What is shown is not held back until a character is complete.",
            TextDeviations.streaming(DetokenizerMutants::atOnce),
            "https://github.com/exo-explore/exo/pull/1691",
            "https://github.com/Blaizzy/mlx-vlm/pull/1076"),
        mutant(
            "bytes-held-for-ever",
            "broken bytes are held back until the text ends",
            "A stray byte stops the stream.",
            "Waiting for a text that does not end in a replacement character.",
            TextDeviations.streaming(DetokenizerMutants::held),
            "https://github.com/huggingface/tokenizers/blob/3ba8ad0/tokenizers/src/tokenizer/mod.rs"));
  }

  /** What one id adds to a stream. */
  @FunctionalInterface
  private interface Shown {
    String of(int id);
  }

  private static List<String> chunks(int[] ids, Shown shown) {
    List<String> chunks = new ArrayList<>();
    for (int id : ids) {
      chunks.add(shown.of(id));
    }
    chunks.add("");
    return chunks;
  }

  private static List<String> atOnce(Text text, Tokenizer tokenizer, int[] ids) {
    StreamingDetokenizer stream = tokenizer.stream(LeadingSpace.STRIPPED);
    return chunks(ids, id -> stream.append(id) + stream.flush());
  }

  /** The whole text so far, whenever it is longer and does not end in U+FFFD. */
  private static List<String> held(Text text, Tokenizer tokenizer, int[] ids) {
    List<String> chunks = new ArrayList<>();
    String shown = "";
    for (int count = 1; count <= ids.length; count++) {
      String all = text.decode(IntStream.of(ids).limit(count).toArray());
      boolean ready = all.length() > shown.length() && !all.endsWith("\uFFFD");
      chunks.add(ready ? all.substring(shown.length()) : "");
      shown = ready ? all : shown;
    }
    chunks.add(text.decode(ids).substring(shown.length()));
    return chunks;
  }
}
