package touchstone.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("SYNTH-1")
class DrawsTest {
  @Test
  void theDrawsOfTheSpecification() {
    Draws draws = Draws.of(0, "model.norm.weight");
    assertThat(draws.at(0)).isEqualTo(0x1a900ee7a410e9beL);
    assertThat(draws.at(1)).isEqualTo(0xea1ad6625464e733L);
  }

  /** Expected values from the Python of {@link KnownTensorsTest}. */
  @ParameterizedTest
  @CsvSource({
    "0, lm_head.weight, 0, 6e2973f578a7b1f8",
    "1, model.layers.0.self_attn.q_proj.qweight, 0, 3e0868ec5d8f5600",
    "-1, model.layers.79.mlp.down_proj.g_idx, 28671, ada2638266d53037",
    "-9223372036854775808, model.embed_tokens.weight, 2147483653, e2276fdb7c53ab88",
    "42, \u00eb, 7, 682ef09308fb501e"
  })
  void seedNameAndIndexDecideADraw(long seed, String name, long index, String expected) {
    assertThat(Draws.of(seed, name).at(index)).isEqualTo(Long.parseUnsignedLong(expected, 16));
  }

  @Property(tries = 50, seed = "20240501")
  void manyAtOnceAreTheSameAsOneByOne(
      @ForAll long key,
      @ForAll @LongRange(min = 0, max = 1L << 40) long first,
      @ForAll @IntRange(min = 1, max = 3) int stride,
      @ForAll @IntRange(min = 0, max = 70) int count) {
    Draws draws = new Draws(key);
    long[] drawn = new long[count];
    draws.fill(first, Draws.steps(stride, count), drawn);
    for (int i = 0; i < count; i++) {
      assertThat(drawn[i]).isEqualTo(draws.at(first + (long) stride * i));
    }
  }
}
