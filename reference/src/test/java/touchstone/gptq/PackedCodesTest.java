package touchstone.gptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;

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
    JsonNode cases =
        StrictJson.read(GoldenData.path("vectors/gptq/packing.json"), StrictJson.CONFIG_BYTES)
            .get("cases");
    assertThat(cases.size()).isGreaterThanOrEqualTo(20);
    return StreamSupport.stream(cases.spliterator(), false)
        .map(c -> DynamicTest.dynamicTest(c.get("id").asText(), () -> requireDecoded(c)));
  }

  private static void requireDecoded(JsonNode c) {
    int[] words =
        StreamSupport.stream(c.get("words").spliterator(), false)
            .mapToInt(word -> Integer.parseUnsignedInt(word.asText().substring(2), 16))
            .toArray();
    int[] decoded =
        StreamSupport.stream(c.get("decoded").spliterator(), false)
            .mapToInt(JsonNode::intValue)
            .toArray();
    assertThat(unpack(words, c.get("bits").intValue(), decoded.length)).isEqualTo(decoded);
  }

  @Test
  void aStreamIsAMultipleOf32Codes() {
    assertThat(PackedCodes.words(96, 3)).isEqualTo(9);
    assertThatThrownBy(() -> PackedCodes.words(33, 4)).hasMessageContaining("33");
  }
}
