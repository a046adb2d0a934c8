package touchstone.kernels.simd;

import java.util.Arrays;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/** The product with a quantised matrix, in mode f32. Lanes are neighbouring outputs. */
final class GptqLinear implements Linear {
  private final SummationOrder order;
  private final boolean sequential;
  private final ThreadTeam team;
  private final GptqProduct product;

  GptqLinear(GptqMatrix weight, ThreadTeam team) {
    this.order = weight.order();
    this.sequential = order.isSequential();
    this.team = team;
    this.product = new GptqProduct(weight, team);
  }

  @Override
  public void apply(Activations x, Activations y) {
    Activations ordered = BlockedInput.inOrder(x, order, sequential); // [tokens, inputs]
    float[] steps = new float[x.rows() * order.blocks()]; // [tokens, blocks]
    Arrays.fill(steps, 1);
    float[] sums = new float[x.rows() * order.blocks()]; // [tokens, blocks]
    team.split(sums.length, (from, to) -> sums(ordered, sums, from, to));
    product.apply(new BlockedInput(ordered.values(), ordered.offset(), steps, sums), y);
  }

  private void sums(Activations ordered, float[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      int block = i % order.blocks();
      int row = ordered.start(i / order.blocks());
      float sum = 0;
      for (int place = order.start(block); place < order.start(block + 1); place++) {
        sum += ordered.values()[row + place];
      }
      sums[i] = sum;
    }
  }
}
