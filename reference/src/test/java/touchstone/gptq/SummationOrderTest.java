package touchstone.gptq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("SUM-1")
class SummationOrderTest {
  private static int[] places(SummationOrder order, int block) {
    return IntStream.range(order.start(block), order.start(block + 1)).map(order::input).toArray();
  }

  @Test
  void inputsGoGroupByGroupAndAscendInsideAGroup() {
    SummationOrder order = SummationOrder.of(new int[] {1, 0, 2, 1, 0, 2}, 3);
    assertThat(order.blocks()).isEqualTo(3);
    assertThat(places(order, 0)).containsExactly(1, 4);
    assertThat(places(order, 1)).containsExactly(0, 3);
    assertThat(places(order, 2)).containsExactly(2, 5);
  }

  @Test
  void aLargeGroupIsCutIntoBlocksThatDoNotReachIntoTheNext() {
    int[] groupOf = new int[300];
    Arrays.fill(groupOf, 260, 300, 1);
    SummationOrder order = SummationOrder.of(groupOf, 2);
    assertThat(IntStream.range(0, order.blocks()).map(b -> places(order, b).length))
        .containsExactly(128, 128, 4, 40);
    assertThat(IntStream.range(0, order.blocks()).map(order::group)).containsExactly(0, 0, 0, 1);
  }

  @Test
  void aGroupWithoutInputsHasNoBlock() {
    SummationOrder order = SummationOrder.of(new int[] {2, 0, 2}, 4);
    assertThat(IntStream.range(0, order.blocks()).map(order::group)).containsExactly(0, 2);
  }

  @Property
  void everyInputHasOnePlace(
      @ForAll @Size(min = 1, max = 400) List<@IntRange(max = 6) Integer> groups) {
    int[] groupOf = groups.stream().mapToInt(Integer::intValue).toArray();
    SummationOrder order = SummationOrder.of(groupOf, 7);
    int[] inputs = IntStream.range(0, groupOf.length).map(order::input).sorted().toArray();
    assertThat(inputs).isEqualTo(IntStream.range(0, groupOf.length).toArray());
    for (int block = 0; block < order.blocks(); block++) {
      int group = order.group(block);
      int[] members = places(order, block);
      assertThat(members).hasSizeBetween(1, SummationOrder.BLOCK).isSorted();
      assertThat(IntStream.of(members).map(input -> groupOf[input])).containsOnly(group);
    }
  }
}
