package touchstone.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.gptq.GptqMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.TensorSpec;

/** What the specification says about the numbers, beside how they are made. */
class TensorPropertiesTest {
  /** Beyond this many standard deviations a count is no accident. */
  private static final double SIGMAS = 5;

  @Tag("SYNTH-2")
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void codesAreSymmetricAboutTheZeroPoint(int bits) {
    GptqMatrix matrix = Tiny.matrix(Tiny.model(bits, 32, false), Tiny.GATE);
    int middle = 1 << (bits - 1);
    int[] counts = new int[2 * middle];
    for (int input = 0; input < matrix.columns(); input++) {
      for (int output = 0; output < matrix.rows(); output++) {
        counts[matrix.code(input, output)]++;
      }
    }
    int codes = matrix.rows() * matrix.columns();
    assertThat(counts[0]).isZero();
    double variance = 0;
    for (int code = 1; code < counts.length; code++) {
      double share = (middle - Math.abs(code - middle)) / (double) (middle * middle);
      double expected = codes * share;
      assertThat((double) counts[code])
          .as("code %d", code)
          .isCloseTo(expected, within(SIGMAS * Math.sqrt(expected) + 1));
      variance += (double) counts[code] / codes * (code - middle) * (code - middle);
    }
    double expected = ((1 << (2 * (bits - 1))) - 1) / 6.0;
    assertThat(variance).isCloseTo(expected, within(0.05 * expected));
  }

  @Tag("SYNTH-3")
  @ParameterizedTest
  @CsvSource({"2, 40", "3, -1", "4, 32", "8, 40"})
  void zeroPointsAreTheMiddleAndScalesWithinAFactorOfTwo(int bits, int groupSize) {
    GptqMatrix matrix = Tiny.matrix(Tiny.model(bits, groupSize, true), Tiny.DOWN);
    double least = StrictMath.scalb(1.0, -Scales.exponent(matrix.columns(), bits));
    for (int group = 0; group < matrix.groups(); group++) {
      for (int output = 0; output < matrix.rows(); output++) {
        assertThat(matrix.zero(group, output)).isEqualTo(1 << (bits - 1));
        assertThat((double) matrix.scale(group, output))
            .isGreaterThanOrEqualTo(least)
            .isLessThan(2 * least);
      }
    }
  }

  @Tag("SYNTH-3")
  @ParameterizedTest
  @CsvSource({"32, 2", "64, 2", "2048, 4", "8192, 4", "28672, 4", "28672, 3", "84256, 8"})
  void outputsKeepTheSizeOfTheirInputs(int inputs, int bits) {
    double codes = ((1 << (2 * (bits - 1))) - 1) / 6.0;
    double scales = 7 / 3.0 * StrictMath.scalb(1.0, -2 * Scales.exponent(inputs, bits));
    assertThat(StrictMath.sqrt(inputs * codes * scales)).isBetween(0.7, 1.42);
  }

  @Test
  @Tag("SYNTH-3")
  void biasesAreZero() {
    SyntheticModel model = Tiny.model(4, 32, false);
    assertThat(Tiny.bytes(Tiny.tensor(model, Tiny.GATE + ".bias")))
        .hasSize(2 * 288)
        .containsOnly(0);
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, 1)) {
      assertThat(checkpoint.bias(Tiny.GATE).orElseThrow()).hasSize(288).containsOnly(0);
      assertThat(checkpoint.bias("lm_head")).isEmpty();
    }
  }

  @Tag("SYNTH-4")
  @ParameterizedTest
  @CsvSource({"32, 9", "40, 8", "288, 1", "1000, 1", "1, 288"})
  void everyGroupHasItsFullNumberOfInputs(int groupSize, int groups) {
    for (boolean actOrder : new boolean[] {false, true}) {
      Tensor gIdx = Tiny.tensor(Tiny.model(4, groupSize, actOrder), Tiny.DOWN + ".g_idx");
      int[] groupOf = IntStream.range(0, 288).map(gIdx::intAt).toArray();
      int[] sorted = groupOf.clone();
      Arrays.sort(sorted);
      assertThat(sorted).containsExactly(IntStream.range(0, 288).map(k -> k / groupSize).toArray());
      assertThat(Arrays.equals(groupOf, sorted)).isEqualTo(!actOrder || groups == 1);
    }
  }

  @Test
  @Tag("SYNTH-5")
  void unquantisedNumbersLieInABell() {
    SyntheticModel model = Tiny.model(4, 32, false);
    float[] embedding = Tiny.tensor(model, "model.embed_tokens.weight").toFloats();
    double mean = 0;
    double square = 0;
    for (float value : embedding) {
      mean += value / embedding.length;
      square += (double) value * value / embedding.length;
    }
    assertThat(mean).isCloseTo(0, within(0.05));
    assertThat(square).isCloseTo(147.8 * 147.8 / (128 * 128), within(0.05));
    for (float gain : Tiny.tensor(model, "model.norm.weight").toFloats()) {
      assertThat(gain).isBetween(0.5f, 1.5f);
    }
    double step = StrictMath.scalb(1.0, -Bells.headExponent(64));
    for (float value : Tiny.tensor(model, "lm_head.weight").toFloats()) {
      assertThat(value / step).isBetween(-510.0, 510.0).isEqualTo(StrictMath.rint(value / step));
    }
  }

  @Tag("SYNTH-5")
  @ParameterizedTest
  @ValueSource(ints = {32, 64, 2048, 4096, 5120, 8192, 65536})
  void logitsHaveAUsefulSpread(int dim) {
    double step = StrictMath.scalb(1.0, -Bells.headExponent(dim));
    assertThat(step * StrictMath.sqrt(21845.0 * dim)).isBetween(1.4, 2.83);
  }

  @Test
  @Tag("SYNTH-6")
  void fewerLayersAreTheFirstOnes() {
    SyntheticModel whole = Tiny.model(3, 32, true);
    SyntheticModel cut = new SyntheticModel(Tiny.SHAPE.withLayers(1), 3, 32, true, Tiny.SEED);
    assertThat(cut.tensors()).hasSize(7 * 5 + 2 + 3);
    assertThat(whole.tensors()).containsAll(cut.tensors());
    for (TensorSpec spec : cut.tensors()) {
      assertThat(Tiny.bytes(Tiny.tensor(cut, spec.name())))
          .as(spec.name())
          .isEqualTo(Tiny.bytes(Tiny.tensor(whole, spec.name())));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void theNumberOfThreadsChangesNothing(int bits) {
    SyntheticModel model = Tiny.model(bits, 32, true);
    for (TensorSpec spec : model.tensors()) {
      byte[] alone = Tiny.bytes(Tiny.tensor(model, spec.name(), 1));
      assertThat(Tiny.bytes(Tiny.tensor(model, spec.name(), 3))).as(spec.name()).isEqualTo(alone);
    }
  }

  @Test
  void anotherSeedGivesOtherNumbers() {
    SyntheticModel model = Tiny.model(4, 32, true);
    SyntheticModel other = new SyntheticModel(Tiny.SHAPE, 4, 32, true, Tiny.SEED + 1);
    for (String kind : new String[] {".qweight", ".scales", ".g_idx"}) {
      assertThat(Tiny.bytes(Tiny.tensor(other, Tiny.DOWN + kind)))
          .as(kind)
          .isNotEqualTo(Tiny.bytes(Tiny.tensor(model, Tiny.DOWN + kind)));
    }
  }
}
