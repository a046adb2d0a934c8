package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;

class ActOrderTest {
  @Property(tries = 200, seed = "20261124")
  @Tag("QUANT-4")
  void isAPermutationThatFalls(
      @ForAll @Size(min = 1, max = 70) List<@FloatRange(min = 0, max = 3e38f) Float> values) {
    float[] diagonal = new float[values.size()];
    for (int input = 0; input < diagonal.length; input++) {
      diagonal[input] = values.get(input);
    }
    int[] order = ActOrder.falling(diagonal);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    assertThat(sorted).isEqualTo(ActOrder.none(diagonal.length));
    for (int place = 1; place < order.length; place++) {
      float before = diagonal[order[place - 1]];
      float here = diagonal[order[place]];
      assertThat(before > here || before == here && order[place - 1] < order[place]).isTrue();
    }
  }

  @Example
  @Tag("QUANT-4")
  void equalActivationsKeepTheirOrder() {
    assertThat(ActOrder.falling(new float[] {1, 2, 1, 2, 0, 2})).containsExactly(1, 3, 5, 0, 2, 4);
  }
}
