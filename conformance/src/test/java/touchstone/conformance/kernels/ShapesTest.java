package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;

/** What can be known to be wrong before a kernel set sees it. */
final class ShapesTest {
  @Test
  void shapesThatMeanNothingAreRefusedWhereTheyAreMade() {
    assertThatThrownBy(() -> KeyValues.allocate(0, 1, 4)).hasMessageContaining("[0, 1, 4]");
    assertThatThrownBy(() -> KeyValues.allocate(1, 1, 0)).hasMessageContaining("[1, 1, 0]");
    assertThatThrownBy(() -> new RopeTable(new float[0], new float[0], 1, 0))
        .hasMessageContaining("[1, 0]");
    assertThatThrownBy(() -> new Activations(new float[4], 0, -2, -2))
        .hasMessageContaining("[-2, -2]");
  }
}
