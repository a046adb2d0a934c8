package touchstone.gptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import touchstone.json.VectorFile;

@Tag("GPTQ-1")
class PackedCodesTest {
  private static final int[] WIDTHS = {2, 3, 4, 8};

  private static int[] unpack(int[] words, int bits, int count) {
    int[] codes = new int[count];
    Arrays.setAll(codes, e -> PackedCodes.code(word -> words[word], bits, e));
    return codes;
  }

  @Property
  void whatIsPackedIsReadBack(
      @ForAll @IntRange(max = 3) int width,
      @ForAll @IntRange(min = 1, max = 9) int runs,
      @ForAll long seed) {
    int bits = WIDTHS[width];
    int[] codes = new SplittableRandom(seed).ints(32L * runs, 0, 1 << bits).toArray();
    assertThat(unpack(PackedCodes.pack(codes, bits), bits, codes.length)).isEqualTo(codes);
  }

  @Property
  void everyBitOfTheWordsBelongsToOneCode(
      @ForAll @IntRange(max = 3) int width, @ForAll @IntRange(max = 95) int bit) {
    int bits = WIDTHS[width];
    int[] words = new int[3 * 4];
    words[bit / 32] = 1 << bit % 32;
    int[] codes = unpack(words, bits, 96 / bits);
    int[] expected = new int[codes.length];
    expected[bit / bits] = 1 << bit % bits;
    assertThat(codes).isEqualTo(expected);
  }

  @TestFactory
  @Tag("GPTQ-2")
  @Tag("TOL-6")
  Stream<DynamicTest> everyGoldenWordIsReadAsRecorded() {
    List<JsonNode> vectors = VectorFile.vectors("gptq/unpack");
    assertThat(vectors).hasSizeGreaterThanOrEqualTo(20);
    return vectors.stream()
        .map(v -> DynamicTest.dynamicTest(VectorFile.name(v), () -> requireDecoded(v)));
  }

  private static void requireDecoded(JsonNode vector) {
    int[] words = VectorFile.ints(vector.at("/args/words"));
    int[] codes = VectorFile.ints(VectorFile.output(vector, "codes"));
    assertThat(vector.at("/args/count").intValue()).isEqualTo(codes.length);
    assertThat(unpack(words, vector.at("/args/bits").intValue(), codes.length)).isEqualTo(codes);
  }

  @Test
  void aStreamIsAMultipleOf32Codes() {
    assertThat(PackedCodes.words(96, 3)).isEqualTo(9);
    assertThatThrownBy(() -> PackedCodes.words(33, 4)).hasMessageContaining("33");
  }
}
