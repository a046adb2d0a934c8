package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Activations;

@Tag("QUANT-1")
class HessianTest {
  private static final int COLUMNS = 160;

  @Test
  void isTwiceTheMeanOverSequencesNotOverTokens() {
    Activations[] sequences = {
      Layers.inputs(5, COLUMNS, 1, 1),
      Layers.inputs(40, COLUMNS, 1, 2),
      Layers.inputs(17, COLUMNS, 1, 3)
    };
    Hessian hessian = Layers.hessian(sequences);
    assertThat(hessian.sequences()).isEqualTo(3);
    for (int i = 0; i < COLUMNS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        double sum = 0;
        double gauge = 0;
        for (Activations x : sequences) {
          for (int token = 0; token < x.rows(); token++) {
            double term = 2.0 / 3 * x.values()[x.start(token) + i] * x.values()[x.start(token) + j];
            sum += term;
            gauge += Math.abs(term);
          }
        }
        assertThat((double) hessian.at(i, j)).isCloseTo(sum, within(60 * 0x1p-24 * gauge));
        assertThat(hessian.at(i, j)).isEqualTo(hessian.at(j, i));
      }
    }
  }

  @Test
  void factorsAreRoundedOnceAndThenApplied() {
    Hessian hessian = Layers.hessian(Activations.row(3f), Activations.row(5f), Activations.row(7f));
    float first = (float) Math.sqrt(2) * 3;
    float second = (float) Math.sqrt(2.0 / 2) * 5;
    float third = (float) Math.sqrt(2.0 / 3) * 7;
    float h = first * first;
    h = h * (float) (1.0 / 2) + second * second;
    h = h * (float) (2.0 / 3) + third * third;
    assertThat(hessian.at(0, 0)).isEqualTo(h);
  }

  @Test
  void onlyThePartOfTheArrayThatIsTheSequenceCounts() {
    float[] values = Layers.gaussian(200, 9);
    Hessian whole = Layers.hessian(new Activations(Arrays.copyOfRange(values, 40, 120), 0, 10, 8));
    Hessian part = Layers.hessian(new Activations(values, 0, 25, 8).rows(5, 10));
    for (int i = 0; i < 8; i++) {
      assertThat(part.at(i, 3)).isEqualTo(whole.at(i, 3));
    }
  }

  @Test
  void inputsThatAreNotFiniteAreRefusedWithTheirPlace() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      Activations inputs = Layers.inputs(20, 32, 1, 1);
      inputs.values()[inputs.start(17) + 30] = bad;
      assertThatThrownBy(() -> Layers.hessian(inputs))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageStartingWith("layer: input " + bad + " of feature 30, token 17 (");
    }
  }

  @Test
  void sequenceThatIsRefusedLeavesNoTrace() {
    Activations good = Layers.inputs(20, 32, 1, 1);
    Activations bad = Layers.inputs(20, 32, 1, 2);
    bad.values()[100] = Float.NaN;
    Hessian hessian = Layers.hessian(good);
    assertThatThrownBy(() -> hessian.add(bad)).isInstanceOf(TouchstoneException.class);
    hessian.add(good);
    Hessian expected = Layers.hessian(good, good);
    assertThat(hessian.sequences()).isEqualTo(2);
    for (int i = 0; i < 32; i++) {
      assertThat(hessian.at(i, 3)).isEqualTo(expected.at(i, 3));
    }
  }

  @Test
  void squaresThatOverflowAreRefused() {
    Activations inputs = Layers.inputs(20, 32, 1, 1);
    inputs.values()[inputs.start(17) + 30] = 1e20f;
    assertThatThrownBy(() -> Layers.hessian(inputs))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageStartingWith("layer: squares of feature 30 that sum up to Infinity (");
  }

  @Test
  void anotherWidthIsRefused() {
    Hessian hessian = new Hessian("layer", 32, new PlainKernels(1));
    assertThatThrownBy(() -> hessian.add(Activations.zeros(3, 31)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(hessian.sequences()).isZero();
  }
}
