package touchstone.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** llama.cpp's own 46 texts for this vocabulary (ggerganov/llama.cpp@c392e50 models/). */
@Tag("TOK-1")
@Tag("TOK-2")
class LlamaCppVectorsTest {
  private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

  @Test
  void allTextsAreEncodedAlikeFromTheModelFile() {
    encodes(Tokenizer.ofModelFile(Vectors.shared("tokenizer.model"))::encodePlain);
  }

  @Test
  void allTextsAreEncodedAlikeFromTheJsonFile() {
    Path json = Vectors.shared("hf_tokenizer/legacy/tokenizer.json");
    encodes(Tokenizer.ofJsonFile(json)::encodePlain);
  }

  private static void encodes(Function<String, int[]> encoder) {
    String inputs = Vectors.text(Vectors.shared("ggml-vocab-llama-spm.gguf.inp"));
    List<String> texts = List.of(inputs.split(SEPARATOR, -1));
    List<String> lines =
        Vectors.text(Vectors.shared("ggml-vocab-llama-spm.gguf.out")).lines().toList();
    assertThat(lines).hasSize(46);
    assertThat(texts).as("texts, and nothing after the last separator").hasSize(47).endsWith("");
    for (int i = 0; i < lines.size(); i++) {
      assertThat(encoder.apply(texts.get(i)))
          .as("text %d, '%s'", i, texts.get(i))
          .isEqualTo(ids(lines.get(i)));
    }
  }

  private static int[] ids(String line) {
    return Stream.of(line.split(" "))
        .filter(id -> !id.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
