package touchstone.kernels.simd;

import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.Linear;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/**
 * The product with a quantised matrix, in mode int8. Lanes are neighbouring outputs.
 *
 * <p>The integers of a block stay below 2^23, so fp32 arithmetic on them is exact and the kernel of
 * mode f32 serves.
 */
final class GptqInt8Linear implements Linear {
  private final SummationOrder order;
  private final boolean sequential;
  private final ThreadTeam team;
  private final GptqProduct product;

  GptqInt8Linear(GptqMatrix weight, ThreadTeam team) {
    this.order = weight.order();
    this.sequential = order.isSequential();
    this.team = team;
    this.product = new GptqProduct(weight, team);
  }

  @Override
  public void apply(Activations x, Activations y) {
    Activations ordered = BlockedInput.inOrder(x, order, sequential); // [tokens, inputs]
    product.apply(Int8Block.of(ordered, order, team), y);
  }
}
