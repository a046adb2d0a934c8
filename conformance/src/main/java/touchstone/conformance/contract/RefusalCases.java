package touchstone.conformance.contract;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/** Arguments that do not fit each other are refused, with nothing written. */
final class RefusalCases {
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

  private final AgreeingSets sets;

  RefusalCases(AgreeingSets sets) {
    this.sets = sets;
  }

  private void refused(String operation, String message, Consumer<Kernels> call) {
    sets.each(
        (name, kernels) -> {
          String found = outcome(kernels, call);
          if (!found.contains(message)) {
            throw new AssertionError(
                "%s: %s must refuse, with '%s', as Shapes does: %s"
                    .formatted(name, operation, message, found));
          }
          for (Activations argument : new Activations[] {two, three, wide}) {
            for (float value : argument.values()) {
              if (value != 7) {
                throw new AssertionError(
                    "%s: %s wrote before it refused".formatted(name, operation));
              }
            }
          }
        });
  }

  private static String outcome(Kernels kernels, Consumer<Kernels> call) {
    try {
      call.accept(kernels);
      return "it did not";
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return e.getMessage();
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  void aProductNeedsAsManyInputsAndOutputsAsTheWeight() {
    productRefuses(new DenseMatrix(Stored.weights("w", DType.F32, 0, new float[80], 8, 10)));
    productRefuses(GptqCase.plain(4, -1, 32, 64).build(new Numbers(1)));
  }

  private void productRefuses(WeightMatrix weight) {
    Activations x = full(2, weight.columns());
    refused(
        "linear",
        "expected [2, %d], got [2, 8]".formatted(weight.columns()),
        product(weight, two, two));
    refused(
        "linear",
        "expected [2, %d], got [3, 8]".formatted(weight.rows()),
        product(weight, x, three));
    refused(
        "linear",
        "expected [2, %d], got [2, 10]".formatted(weight.rows()),
        product(weight, x, wide));
    refused("linear", "bias", kernels -> kernels.linear(weight, Optional.of(new float[7])));
  }

  private static Consumer<Kernels> product(WeightMatrix weight, Activations x, Activations y) {
    return kernels -> {
      Linear linear = kernels.linear(weight, Optional.empty());
      linear.apply(x, y);
    };
  }

  void elementwiseOperationsNeedEqualShapes() {
    float[] gain = new float[8];
    refused("rmsNorm", "gain", kernels -> kernels.rmsNorm(wide, gain, 0, wide));
    refused(
        "rmsNorm", "expected [2, 8], got [3, 8]", kernels -> kernels.rmsNorm(two, gain, 0, three));
    refused("swiGlu", "expected [2, 8], got [3, 8]", kernels -> kernels.swiGlu(two, three, two));
    refused("swiGlu", "expected [2, 8], got [2, 10]", kernels -> kernels.swiGlu(two, two, wide));
    refused("add", "expected [2, 8], got [3, 8]", kernels -> kernels.add(two, three));
  }

  void aRotationNeedsOneAngleRowPerTokenAndWholeHeads() {
    RopeTable table = new RopeTable(new float[4], new float[4], 2, 2);
    refused("rope", "rope table", kernels -> kernels.rope(three, table));
    refused("rope", "multiple of headDim = 4, got 10", kernels -> kernels.rope(wide, table));
  }

  void scoresNeedAHeadThatIsThereAndPositionsThatAreCached() {
    float[] scores = new float[POSITIONS + 1];
    refused(
        "attentionScores",
        "got 10",
        kernels -> kernels.attentionScores(wide, 0, 0, CACHE, 1, scores));
    refused(
        "attentionScores",
        "Index 2",
        kernels -> kernels.attentionScores(two, 2, 0, CACHE, 1, scores));
    refused(
        "attentionScores",
        "Index 2",
        kernels -> kernels.attentionScores(two, 0, 2, CACHE, 1, scores));
    refused(
        "attentionScores",
        "Index -1",
        kernels -> kernels.attentionScores(two, 0, -1, CACHE, 1, scores));
    refused(
        "attentionScores",
        "length 5",
        kernels -> kernels.attentionScores(two, 0, 0, CACHE, 6, scores));
    refused(
        "attentionScores",
        "length 2",
        kernels -> kernels.attentionScores(two, 0, 0, CACHE, 3, new float[2]));
    refused("softmax", "length 2", kernels -> kernels.softmax(new float[2], 3));
  }

  void aMixNeedsAHeadThatIsThereAndPositionsThatAreCached() {
    float[] shares = new float[POSITIONS + 1];
    refused(
        "attentionMix", "got 10", kernels -> kernels.attentionMix(shares, 1, CACHE, wide, 0, 0));
    refused(
        "attentionMix", "Index 2", kernels -> kernels.attentionMix(shares, 1, CACHE, two, 2, 0));
    refused(
        "attentionMix", "Index 2", kernels -> kernels.attentionMix(shares, 1, CACHE, two, 0, 2));
    refused(
        "attentionMix", "length 5", kernels -> kernels.attentionMix(shares, 6, CACHE, two, 0, 0));
    refused(
        "attentionMix",
        "length 2",
        kernels -> kernels.attentionMix(new float[2], 3, CACHE, two, 0, 0));
  }

  void attentionNeedsWholeHeadsEqualRowsAndPositionsThatAreCached() {
    refused("attend", "headDim = 4, got 10", kernels -> kernels.attend(wide, 0, CACHE, wide));
    refused(
        "attend", "expected [2, 8], got [3, 8]", kernels -> kernels.attend(two, 0, CACHE, three));
    refused("attend", "length 5", kernels -> kernels.attend(two, POSITIONS - 1, CACHE, two));
    refused("attend", "[-1, ", kernels -> kernels.attend(two, -1, CACHE, two));
    refused("attend", "length 5", kernels -> kernels.attend(two, Integer.MAX_VALUE, CACHE, two));
  }

  void headsThatDoNotShareEvenlyAreRefused() {
    KeyValues cache = KeyValues.allocate(3, POSITIONS, 2); // 4 heads over 3 kvHeads
    refused(
        "attend", "kvHeads * headDim = 6, got 8", kernels -> kernels.attend(two, 0, cache, two));
  }
}
