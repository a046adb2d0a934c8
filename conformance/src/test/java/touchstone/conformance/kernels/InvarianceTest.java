package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.conformance.contract.Bits;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Numbers;
import touchstone.conformance.contract.Stored;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.WeightMatrix;

/** A row's result does not depend on the rows it is computed with: prefill, chunk, batch or alone. */
@Tag("SUM-1")
@Tag("SUM-2")
final class InvarianceTest {
  private static final int TOKENS = 23;

  @Test
  void productsOfRowsTogetherEqualThoseOfRowsAlone() {
    Numbers numbers = new Numbers(5);
    GptqMatrix gptq =
        GptqCase.plain(4, 128, 96, 352).grouped(GptqCase.Groups.ACT_ORDER).build(numbers);
    float[] w = numbers.draw(Numbers.Kind.USUAL, 37 * 352);
    DenseMatrix dense = new DenseMatrix(Stored.weights("w", DType.BF16, 1, w, 37, 352));
    for (Numerics mode : Numerics.values()) {
      EverySet.check(mode, kernels -> splitsAgree(kernels, gptq, numbers));
      EverySet.check(mode, kernels -> splitsAgree(kernels, dense, numbers));
    }
  }

  private static void splitsAgree(Kernels kernels, WeightMatrix weight, Numbers numbers) {
    Linear linear = kernels.linear(weight, Optional.empty());
    float[] values = numbers.draw(Numbers.Kind.WIDE, TOKENS * weight.columns());
    Activations x = new Activations(values, 0, TOKENS, weight.columns());
    Activations together = Activations.zeros(TOKENS, weight.rows());
    linear.apply(x, together);
    for (int chunk : new int[] {1, 2, 4, 7}) {
      Activations apart = Activations.zeros(TOKENS, weight.rows());
      for (int row = 0; row < TOKENS; row += chunk) {
        int count = Math.min(chunk, TOKENS - row);
        linear.apply(x.rows(row, count), apart.rows(row, count));
      }
      assertThat(Bits.difference(together.toArray(), apart.toArray()))
          .as("%s %s in chunks of %d", kernels.name(), kernels.numerics(), chunk)
          .isEmpty();
    }
  }

  @Test
  void attentionOfRowsTogetherEqualsThatOfRowsAlone() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          Numbers numbers = new Numbers(6);
          int headDim = 48;
          int size = 2 * TOKENS * headDim;
          KeyValues cache =
              new KeyValues(
                  numbers.draw(Numbers.Kind.USUAL, size),
                  numbers.draw(Numbers.Kind.USUAL, size),
                  2,
                  TOKENS,
                  headDim);
          Activations q =
              new Activations(
                  numbers.draw(Numbers.Kind.USUAL, TOKENS * 4 * headDim), 0, TOKENS, 4 * headDim);
          Activations together = Activations.zeros(TOKENS, 4 * headDim);
          kernels.attend(q, 0, cache, together);
          for (int chunk : new int[] {1, 3, 8}) {
            Activations apart = Activations.zeros(TOKENS, 4 * headDim);
            for (int row = 0; row < TOKENS; row += chunk) {
              int count = Math.min(chunk, TOKENS - row);
              kernels.attend(q.rows(row, count), row, cache, apart.rows(row, count));
            }
            assertThat(Bits.difference(together.toArray(), apart.toArray()))
                .as("%s in chunks of %d", kernels.name(), chunk)
                .isEmpty();
          }
        });
  }
}
