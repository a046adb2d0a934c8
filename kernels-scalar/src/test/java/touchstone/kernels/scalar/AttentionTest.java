package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;

final class AttentionTest {
  @Test
  @Tag("ATTN-3")
  void headsShareKeysInRuns() {
    // 4 query heads, 2 key heads: 0 and 1 share the first, 2 and 3 the second.
    assertThat(Heads.shared(0, 4, 2)).isEqualTo(0);
    assertThat(Heads.shared(1, 4, 2)).isEqualTo(0);
    assertThat(Heads.shared(2, 4, 2)).isEqualTo(1);
    assertThat(Heads.shared(3, 4, 2)).isEqualTo(1);
  }

  @Test
  @Tag("ATTN-1")
  void scoresAreScaledByTheRootOfTheHeadDim() {
    // One head of 4, root 2: (1, 2, 3, 4) . (1, 1, 1, 1) / 2 = 5
    float[] keys = {1, 1, 1, 1, 0, 0, 0, 2};
    KeyValues cache = new KeyValues(keys, new float[8], 1, 2, 4);
    float[] scores = {-1, -1, -1};
    AttentionScores.head(Activations.row(1, 2, 3, 4), 0, 0, cache, 2, scores);
    assertThat(scores).containsExactly(5, 4, -1);
  }

  @Test
  @Tag("ATTN-4")
  void valuesAreMixedByTheirProbabilities() {
    float[] values = {1, 10, 2, 20};
    KeyValues cache = new KeyValues(new float[4], values, 1, 2, 2);
    Activations y = Activations.row(7, 7, 7, 7);
    AttentionMix.head(new float[] {0.25f, 0.75f}, 2, cache, y, 0, 1);
    assertThat(y.toArray()).containsExactly(7, 7, 1.75f, 17.5f);
  }

  @Test
  @Tag("ATTN-4")
  void valuesAreAddedFromTheFirstPositionOn() {
    // 1 + 2^-24 + 2^-24 stays 1 in this order; the other way round it would be an ulp more.
    KeyValues cache = new KeyValues(new float[3], new float[] {1, 1, 1}, 1, 3, 1);
    Activations y = Activations.zeros(1, 1);
    AttentionMix.head(new float[] {1, 0x1p-24f, 0x1p-24f}, 3, cache, y, 0, 0);
    assertThat(y.toArray()).containsExactly(1);
  }

  @Test
  @Tag("ATTN-2")
  void aRowSeesItselfAndWhatCameBefore() {
    // Equal keys, so every visible position weighs the same; a later value would show at once.
    KeyValues cache = new KeyValues(new float[4], new float[] {2, 4, 6, 1000}, 1, 4, 1);
    Activations y = Activations.zeros(2, 1);
    try (Kernels kernels = new ScalarKernels(Numerics.F32, 1)) {
      kernels.attend(Activations.zeros(2, 1), 1, cache, y);
    }
    assertThat(y.toArray())
        .containsExactly(3, Math.fma(6, 1 / 3f, Math.fma(4, 1 / 3f, 2 * (1 / 3f))));
  }
}
