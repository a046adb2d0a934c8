package touchstone.kernels.scalar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;

@Tag("ROPE-2")
final class RopeTest {
  @Test
  void pairsAreHalfAHeadApart() {
    // A quarter turn of pair 0 (elements 0 and 2), none of pair 1 (elements 1 and 3).
    RopeTable table = new RopeTable(new float[] {0, 1}, new float[] {1, 0}, 1, 2);
    float[] x = {1, 2, 3, 4};
    Rope.row(Activations.row(x), 0, table);
    assertThat(x).containsExactly(-3, 2, 1, 4);
  }

  @Test
  void everyHeadTurnsByTheSameAngles() {
    RopeTable table = new RopeTable(new float[] {0}, new float[] {1}, 1, 1);
    float[] x = {1, 2, 3, 4, 5, 6};
    Rope.row(Activations.row(x), 0, table);
    assertThat(x).containsExactly(-2, 1, -4, 3, -6, 5);
  }

  @Test
  void everyRowHasItsOwnAngles() {
    RopeTable table = new RopeTable(new float[] {1, 0}, new float[] {0, 1}, 2, 1);
    Activations x = new Activations(new float[] {1, 2, 3, 4}, 0, 2, 2);
    Rope.row(x, 1, table);
    assertThat(x.toArray()).containsExactly(1, 2, -4, 3);
  }

  @Test
  void theProductWithTheSineIsRoundedAndTheOneWithTheCosineFused() {
    float x = 1 + 0x1p-12f; // x * x = 1 + 2^-11 + 2^-24, rounded 1 + 2^-11
    float[] values = {x, x};
    Rope.row(Activations.row(values), 0, new RopeTable(new float[] {x}, new float[] {x}, 1, 1));
    assertThat(values).containsExactly(0x1p-24f, 2 + 0x1p-10f);
  }
}
