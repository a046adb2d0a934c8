package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/** Arguments that do not fit each other are refused by every set, with nothing written. */
final class ShapesTest {
  private static final int POSITIONS = 5;

  /** Two heads of 4 share one pair of keys and values. */
  private static final KeyValues CACHE = KeyValues.allocate(1, POSITIONS, 4);

  private final Activations two = full(2, 8); // [tokens, heads * headDim]
  private final Activations three = full(3, 8);
  private final Activations wide = full(2, 10);

  private static Activations full(int rows, int columns) {
    float[] values = new float[rows * columns];
    Arrays.fill(values, 7);
    return new Activations(values, 0, rows, columns);
  }

  private void refused(String message, Consumer<Kernels> operation) {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          assertThatThrownBy(() -> operation.accept(kernels))
              .as(kernels.name())
              .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class)
              .hasMessageContaining(message);
          assertThat(two.values()).containsOnly(7);
          assertThat(three.values()).containsOnly(7);
          assertThat(wide.values()).containsOnly(7);
        });
  }

  @Test
  void aProductNeedsAsManyInputsAndOutputsAsTheWeight() {
    productRefuses(new DenseMatrix(Stored.weights("w", DType.F32, 0, new float[80], 8, 10)));
    productRefuses(GptqCase.plain(4, -1, 32, 64).build(new Numbers(1)));
  }

  private void productRefuses(WeightMatrix weight) {
    Activations x = full(2, weight.columns());
    refused("expected [2, %d], got [2, 8]".formatted(weight.columns()), product(weight, two, two));
    refused("expected [2, %d], got [3, 8]".formatted(weight.rows()), product(weight, x, three));
    refused("expected [2, %d], got [2, 10]".formatted(weight.rows()), product(weight, x, wide));
    refused("bias", kernels -> kernels.linear(weight, Optional.of(new float[7])));
  }

  private static Consumer<Kernels> product(WeightMatrix weight, Activations x, Activations y) {
    return kernels -> {
      Linear linear = kernels.linear(weight, Optional.empty());
      linear.apply(x, y);
    };
  }

  @Test
  void elementwiseOperationsNeedEqualShapes() {
    float[] gain = new float[8];
    refused("gain", kernels -> kernels.rmsNorm(wide, gain, 0, wide));
    refused("expected [2, 8], got [3, 8]", kernels -> kernels.rmsNorm(two, gain, 0, three));
    refused("expected [2, 8], got [3, 8]", kernels -> kernels.swiGlu(two, three, two));
    refused("expected [2, 8], got [2, 10]", kernels -> kernels.swiGlu(two, two, wide));
    refused("expected [2, 8], got [3, 8]", kernels -> kernels.add(two, three));
  }

  @Test
  void aRotationNeedsOneAngleRowPerTokenAndWholeHeads() {
    RopeTable table = new RopeTable(new float[4], new float[4], 2, 2);
    refused("rope table", kernels -> kernels.rope(three, table));
    refused("multiple of headDim = 4, got 10", kernels -> kernels.rope(wide, table));
  }

  @Test
  void scoresNeedAHeadThatIsThereAndPositionsThatAreCached() {
    float[] scores = new float[POSITIONS + 1];
    refused("got 10", kernels -> kernels.attentionScores(wide, 0, 0, CACHE, 1, scores));
    refused("Index 2", kernels -> kernels.attentionScores(two, 2, 0, CACHE, 1, scores));
    refused("Index 2", kernels -> kernels.attentionScores(two, 0, 2, CACHE, 1, scores));
    refused("Index -1", kernels -> kernels.attentionScores(two, 0, -1, CACHE, 1, scores));
    refused("length 5", kernels -> kernels.attentionScores(two, 0, 0, CACHE, 6, scores));
    refused("length 2", kernels -> kernels.attentionScores(two, 0, 0, CACHE, 3, new float[2]));
    refused("length 2", kernels -> kernels.softmax(new float[2], 3));
  }

  @Test
  void aMixNeedsAHeadThatIsThereAndPositionsThatAreCached() {
    float[] shares = new float[POSITIONS + 1];
    refused("got 10", kernels -> kernels.attentionMix(shares, 1, CACHE, wide, 0, 0));
    refused("Index 2", kernels -> kernels.attentionMix(shares, 1, CACHE, two, 2, 0));
    refused("Index 2", kernels -> kernels.attentionMix(shares, 1, CACHE, two, 0, 2));
    refused("length 5", kernels -> kernels.attentionMix(shares, 6, CACHE, two, 0, 0));
    refused("length 2", kernels -> kernels.attentionMix(new float[2], 3, CACHE, two, 0, 0));
  }

  @Test
  void attentionNeedsWholeHeadsEqualRowsAndPositionsThatAreCached() {
    refused("headDim = 4, got 10", kernels -> kernels.attend(wide, 0, CACHE, wide));
    refused("expected [2, 8], got [3, 8]", kernels -> kernels.attend(two, 0, CACHE, three));
    refused("length 5", kernels -> kernels.attend(two, POSITIONS - 1, CACHE, two));
    refused("[-1, ", kernels -> kernels.attend(two, -1, CACHE, two));
    refused("length 5", kernels -> kernels.attend(two, Integer.MAX_VALUE, CACHE, two));
  }

  @Test
  void headsThatDoNotShareEvenlyAreRefused() {
    KeyValues cache = KeyValues.allocate(3, POSITIONS, 2); // 4 heads over 3 kvHeads
    refused("kvHeads * headDim = 6, got 8", kernels -> kernels.attend(two, 0, cache, two));
  }

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
