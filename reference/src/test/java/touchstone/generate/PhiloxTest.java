package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("SAMPLE-10")
class PhiloxTest {
  /** Random123 1.14.0, tests/kat_vectors, rows "philox4x32 10": counter, key, answer. */
  @Test
  void givesTheKnownAnswersOfRandom123() {
    assertThat(Philox.block(new int[4], 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(Philox.block(new int[] {-1, -1, -1, -1}, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(
            Philox.block(
                new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  /** The same three answers through the public door: step, sequence and seed are the words. */
  @Test
  void wordsOfStepSequenceAndSeedAreLowFirst() {
    assertThat(Philox.uniform(0, 0, 0)).isEqualTo((0xe169c58d6627e8d5L >>> 11) * 0x1p-53);
    assertThat(Philox.uniform(-1, -1, -1)).isEqualTo((0x41c83b0e408f276dL >>> 11) * 0x1p-53);
    assertThat(Philox.uniform(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L))
        .isEqualTo((0x94fdccebd16cfe09L >>> 11) * 0x1p-53);
  }

  @Test
  void staysBelowOneAndFillsTheInterval() {
    int[] tenths = new int[10];
    for (int step = 0; step < 10_000; step++) {
      tenths[(int) (10 * Philox.uniform(5, 0, step))]++;
    }
    // A binomial count of 1000 with standard deviation 30: six of them, for one fixed seed.
    for (int count : tenths) {
      assertThat(count).isBetween(820, 1180);
    }
  }
}
