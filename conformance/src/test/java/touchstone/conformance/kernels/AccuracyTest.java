package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.conformance.contract.GptqCase;
import touchstone.conformance.contract.Numbers;
import touchstone.conformance.contract.Stored;
import touchstone.conformance.oracle.AttentionOracle;
import touchstone.conformance.oracle.Bounded;
import touchstone.conformance.oracle.ElementOracle;
import touchstone.conformance.oracle.LinearOracle;
import touchstone.conformance.oracle.NormOracle;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.tensor.Activations;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;

/** How good the bits are: every set against the double-precision oracle, within derived bounds. */
@Tag("TOL-2")
final class AccuracyTest {
  private static final Numbers.Kind[] FINITE = {
    Numbers.Kind.USUAL, Numbers.Kind.WIDE, Numbers.Kind.TINY
  };

  private static void within(Kernels kernels, String what, Bounded expected, float[] found) {
    assertThat(found).hasSameSizeAs(expected.values());
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected.values()[i]))
          .as(
              "%s, %s, value %d: expected %s, found %s",
              kernels.name(), what, i, expected.values()[i], found[i])
          .isLessThanOrEqualTo(expected.bounds()[i]);
    }
  }

  @Test
  @Tag("LINEAR-1")
  void denseProductsStayWithinTheBoundOfADotProduct() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          for (Numbers.Kind kind : FINITE) {
            for (int columns : Numbers.SIZES) {
              Numbers numbers = new Numbers(columns);
              float[] w = numbers.draw(kind, 5 * columns);
              float[] x = numbers.draw(kind, columns);
              DenseMatrix matrix =
                  new DenseMatrix(Stored.weights("w", DType.F32, 0, w, 5, columns));
              Activations y = Activations.zeros(1, 5);
              kernels.linear(matrix, Optional.empty()).apply(Activations.row(x), y);
              within(
                  kernels,
                  kind + ", " + columns,
                  LinearOracle.dense(w, 5, columns, x),
                  y.toArray());
            }
          }
        });
  }

  @Test
  @Tag("GPTQ-6")
  void quantisedProductsStayWithinTheBoundOfADotProduct() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          for (GptqCase test : cases()) {
            for (Numbers.Kind kind : FINITE) {
              Numbers numbers = new Numbers(test.bits());
              GptqMatrix matrix = test.build(numbers);
              float[] x = numbers.draw(kind, test.inputs());
              within(
                  kernels,
                  kind + ", " + test,
                  LinearOracle.quantised(matrix, x),
                  product(kernels, matrix, x));
            }
          }
        });
  }

  @Test
  @Tag("INT8-1")
  void int8ProductsStayWithinHalfAStepPerActivation() {
    EverySet.check(
        Numerics.INT8,
        kernels -> {
          for (GptqCase test : cases()) {
            for (Numbers.Kind kind : FINITE) {
              Numbers numbers = new Numbers(test.bits());
              GptqMatrix matrix = test.build(numbers);
              float[] x = numbers.draw(kind, test.inputs());
              within(
                  kernels,
                  kind + ", " + test,
                  LinearOracle.quantisedInt8(matrix, x, largestOfGroup(matrix, x)),
                  product(kernels, matrix, x));
            }
          }
        });
  }

  /** The largest magnitude of each input's group: no block of it has a larger one. */
  private static float[] largestOfGroup(GptqMatrix matrix, float[] x) {
    float[] ofGroup = new float[matrix.groups()];
    for (int k = 0; k < x.length; k++) {
      int group = matrix.groupOf(k);
      ofGroup[group] = Math.max(ofGroup[group], Math.abs(x[k]));
    }
    float[] largest = new float[x.length];
    for (int k = 0; k < x.length; k++) {
      largest[k] = ofGroup[matrix.groupOf(k)];
    }
    return largest;
  }

  private static GptqCase[] cases() {
    int[] bits = {2, 3, 4, 8};
    GptqCase[] cases = new GptqCase[2 * bits.length];
    for (int i = 0; i < bits.length; i++) {
      cases[2 * i] = quantised(bits[i], GptqCase.Groups.ABSENT, ZeroPointFormat.V1);
      cases[2 * i + 1] = quantised(bits[i], GptqCase.Groups.ACT_ORDER, ZeroPointFormat.V2);
    }
    return cases;
  }

  private static GptqCase quantised(int bits, GptqCase.Groups layout, ZeroPointFormat zeroPoints) {
    return GptqCase.plain(bits, 128, 64, 320).grouped(layout).read(zeroPoints);
  }

  private static float[] product(Kernels kernels, GptqMatrix matrix, float[] x) {
    Activations y = Activations.zeros(1, matrix.rows());
    kernels.linear(matrix, Optional.empty()).apply(Activations.row(x), y);
    return y.toArray();
  }

  @Test
  @Tag("RMS-1")
  void normalisationStaysWithinItsBound() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          for (Numbers.Kind kind : new Numbers.Kind[] {Numbers.Kind.USUAL, Numbers.Kind.TINY}) {
            for (int dim : Numbers.SIZES) {
              Numbers numbers = new Numbers(dim);
              float[] x = numbers.draw(kind, dim);
              float[] gain = numbers.draw(Numbers.Kind.USUAL, dim);
              Activations y = Activations.zeros(1, dim);
              kernels.rmsNorm(Activations.row(x), gain, 1e-5f, y);
              within(kernels, kind + ", " + dim, NormOracle.rmsNorm(x, gain, 1e-5f), y.toArray());
            }
          }
        });
  }

  @Test
  @Tag("ROPE-2")
  void rotationStaysWithinTwoRoundings() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          for (int half : Numbers.SIZES) {
            Numbers numbers = new Numbers(half);
            float[] x = numbers.draw(Numbers.Kind.WIDE, 2 * half);
            float[] cos = numbers.draw(Numbers.Kind.USUAL, half);
            float[] sin = numbers.draw(Numbers.Kind.USUAL, half);
            Activations place = Activations.row(x.clone());
            kernels.rope(place, new RopeTable(cos, sin, 1, half));
            within(kernels, "half " + half, ElementOracle.rotate(x, cos, sin), place.toArray());
          }
        });
  }

  @Test
  @Tag("FFN-2")
  void gateStaysWithinFiveRoundings() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          int count = 40_001;
          float[] gate = new float[count];
          for (int i = 0; i < count; i++) {
            gate[i] = (i - count / 2) * 0.005f; // -100 to 100
          }
          float[] up = new Numbers(1).draw(Numbers.Kind.USUAL, count);
          Activations y = Activations.zeros(1, count);
          kernels.swiGlu(Activations.row(gate), Activations.row(up), y);
          within(kernels, "-100 to 100", ElementOracle.swiGlu(gate, up), y.toArray());
        });
  }

  @Test
  @Tag("ATTN-1")
  @Tag("ATTN-4")
  @Tag("SOFTMAX-1")
  void attentionStaysWithinItsBounds() {
    EverySet.check(
        Numerics.F32,
        kernels -> {
          for (int headDim : new int[] {16, 80, 128}) {
            for (int count : new int[] {1, 2, 17, 300}) {
              attention(kernels, headDim, count);
            }
          }
        });
  }

  private static void attention(Kernels kernels, int headDim, int count) {
    Numbers numbers = new Numbers(headDim + count);
    float[] q = numbers.draw(Numbers.Kind.USUAL, headDim);
    float[] k = numbers.draw(Numbers.Kind.USUAL, count * headDim);
    float[] v = numbers.draw(Numbers.Kind.USUAL, count * headDim);
    KeyValues cache = new KeyValues(k, v, 1, count, headDim);
    String what = "headDim %d, count %d".formatted(headDim, count);

    Bounded scores = AttentionOracle.scores(q, k, count);
    float[] line = new float[count];
    kernels.attentionScores(Activations.row(q), 0, 0, cache, count, line);
    within(kernels, "scores, " + what, scores, line);

    Bounded weights = AttentionOracle.softmax(scores);
    kernels.softmax(line, count);
    within(kernels, "softmax, " + what, weights, line);

    Activations y = Activations.zeros(1, headDim);
    kernels.attend(Activations.row(q), count - 1, cache, y);
    within(kernels, "attention, " + what, AttentionOracle.mix(weights, v, headDim), y.toArray());
  }
}
