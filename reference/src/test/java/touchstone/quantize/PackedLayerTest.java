package touchstone.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.ZeroPointFormat;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

@Tag("QUANT-10")
class PackedLayerTest {
  private static final int[] BITS = {2, 3, 4, 8};

  private static QuantisedLayer layer(
      QuantiserSettings settings, int outputs, int inputs, long seed) {
    return GptqSolver.solve(
        Layers.weight(outputs, inputs, Layers.gaussian(outputs * inputs, seed)),
        Layers.hessian(Layers.inputs(2 * inputs, inputs, 1, seed)),
        settings,
        new PlainKernels(1));
  }

  @Property(tries = 40, seed = "20261124")
  void readerFindsWhatWasPacked(
      @ForAll @IntRange(min = 0, max = 3) int bits,
      @ForAll @IntRange(min = 5, max = 70) int groupSize,
      @ForAll boolean actOrder,
      @ForAll boolean symmetric,
      @ForAll ZeroPointFormat zeroPoints,
      @ForAll @IntRange(min = 1, max = 3) int outputs,
      @ForAll @IntRange(min = 1, max = 3) int inputs) {
    QuantiserSettings settings =
        new QuantiserSettings(
            BITS[bits], groupSize, actOrder, false, symmetric, false, 0.01, zeroPoints);
    QuantisedLayer layer = layer(settings, 32 * outputs, 32 * inputs, groupSize);
    GptqMatrix matrix = layer.pack("m").matrix("m", settings.config(true, Optional.empty()));
    DenseMatrix simulated = layer.simulated();
    for (int input = 0; input < layer.inputs(); input++) {
      int group = layer.groupOf(input);
      assertThat(matrix.groupOf(input)).isEqualTo(group);
      for (int output = 0; output < layer.outputs(); output++) {
        assertThat(matrix.code(input, output)).isEqualTo(layer.code(output, input));
        assertThat(matrix.zero(group, output)).isEqualTo(layer.zero(group, output));
        assertThat(matrix.scale(group, output)).isEqualTo(layer.scale(group, output));
        assertThat(rederived(layer, simulated, output, input)).isEqualTo(layer.code(output, input));
      }
    }
  }

  /** The code as AutoGPTQ v0.4.2's packer derives it from a weight rounded to F16. */
  private static int rederived(QuantisedLayer layer, DenseMatrix simulated, int output, int input) {
    Grid grid = layer.grid(layer.groupOf(input), output);
    float shift = grid.scale() * grid.zero();
    float scale = layer.scale(layer.groupOf(input), output);
    return (int) Math.rint((simulated.dequantise(output, input) + shift) / scale);
  }

  @Example
  void tensorsHaveTheNamesAndTypesOfAFile() {
    PackedLayer packed =
        layer(Layers.settings(3, 32), 64, 96, 1).pack("model.layers.0.mlp.up_proj");
    assertThat(packed.tensors())
        .extracting(Tensor::name)
        .containsExactly(
            "model.layers.0.mlp.up_proj.qweight",
            "model.layers.0.mlp.up_proj.qzeros",
            "model.layers.0.mlp.up_proj.scales",
            "model.layers.0.mlp.up_proj.g_idx");
    assertThat(packed.qweight().shape()).containsExactly(9L, 64L);
    assertThat(packed.qzeros().shape()).containsExactly(3L, 6L);
    assertThat(packed.scales().shape()).containsExactly(3L, 64L);
    assertThat(packed.gIdx().shape()).containsExactly(96L);
    assertThat(packed.qzeros().intAt(0)).isEqualTo(0xdb6db6db); // 3, 3, 3, ...: 4 less one
  }

  /** A run of weights of one sign, whose zero point AutoGPTQ would write over its neighbours. */
  @Example
  void noZeroPointIsWrittenIntoItsNeighbours() {
    float[] values = Layers.gaussian(64 * 32, 2);
    for (int input = 0; input < 32; input++) {
      values[3 * 32 + input] = Math.abs(values[3 * 32 + input]);
    }
    DenseMatrix weight = Layers.weight(64, 32, values);
    for (ZeroPointFormat format : ZeroPointFormat.values()) {
      QuantiserSettings settings = Layers.asymmetric(Layers.whole(4), format);
      QuantisedLayer layer = RoundToNearest.quantise(weight, settings);
      GptqMatrix matrix = layer.pack("m").matrix("m", settings.config(true, Optional.empty()));
      assertThat(matrix.zero(0, 3)).isEqualTo(format.offset());
      for (int output = 0; output < 64; output++) {
        assertThat(matrix.zero(0, output)).isEqualTo(layer.zero(0, output)).isBetween(0, 15);
      }
    }
  }
}
