package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static touchstone.checkpoint.TinyModel.DIM;
import static touchstone.checkpoint.TinyModel.Q_PROJ;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqMatrix;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Quantised checkpoints that are damaged, mislabelled or old. */
class QuantisedModulesTest {
  private static final int MODULES = 14;

  @TempDir Path directory;

  private TinyModel model() {
    return TinyModel.gptq(directory, 4, 32);
  }

  private static GptqMatrix qProj(CheckpointDirectory checkpoint) {
    return (GptqMatrix) checkpoint.matrix(Q_PROJ);
  }

  private static void assertFault(TinyModel model, Fault fault, String... messages) {
    model.write();
    assertThatThrownBy(model::open)
        .isInstanceOfSatisfying(
            TouchstoneException.class,
            e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault))
        .message()
        .contains(messages);
  }

  /** Opens with one warning, whose text it returns; a strict reader refuses with the same text. */
  private static void assertOneWarning(TinyModel model, String... messages) {
    model.write();
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(checkpoint.warnings()).hasSize(1);
      assertThat(checkpoint.warnings().getFirst()).contains(messages).doesNotContain("\n");
    }
    assertThatThrownBy(model::openStrictly)
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
        .message()
        .contains(messages);
  }

  @ParameterizedTest
  @ValueSource(strings = {".qweight", ".qzeros", ".scales"})
  void aMissingTensorIsNamed(String suffix) {
    TinyModel model = model();
    model.tensors.remove(Q_PROJ + suffix);
    assertFault(model, Fault.FORMAT, "'" + Q_PROJ + suffix + "'", "missing");
  }

  @ParameterizedTest
  @CsvSource({
    ".qweight, 7, 64", ".qweight, 8, 63", ".qweight, 64, 8", ".qweight, 6, 64", ".qweight, 16, 64",
    ".qzeros, 2, 7", ".qzeros, 2, 6", ".qzeros, 1, 8", ".qzeros, 3, 8", ".qzeros, 8, 2",
    ".g_idx, 64, 1", ".g_idx, 63, 0", ".g_idx, 65, 0", ".g_idx, 1, 0",
  })
  void aPackedTensorOfTheWrongShapeIsNamed(String suffix, int rows, int columns) {
    TinyModel model = model();
    int[] shape = columns == 0 ? new int[] {rows} : new int[] {rows, columns};
    model.put(TinyModel.ints(Q_PROJ + suffix, i -> i == 0 ? 1 : 0, shape));
    assertFault(model, Fault.FORMAT, Q_PROJ + suffix, "shape [" + rows);
  }

  @ParameterizedTest
  @CsvSource({"1, 64", "2, 63", "64, 2", "3, 64", "128, 0"})
  void scalesOfTheWrongShapeAreNamed(int rows, int columns) {
    TinyModel model = model();
    int[] shape = columns == 0 ? new int[] {rows} : new int[] {rows, columns};
    model.put(model.floats(Q_PROJ + ".scales", shape));
    assertFault(model, Fault.FORMAT, Q_PROJ + ".scales", "shape [" + rows);
  }

  @ParameterizedTest
  @CsvSource({
    ".qweight, F32",
    ".qweight, F16",
    ".qweight, I64",
    ".qweight, I16",
    ".qweight, U8",
    ".qzeros, F32",
    ".qzeros, F16",
    ".qzeros, I64",
    ".qzeros, I8",
    ".g_idx, I64",
    ".g_idx, F32",
    ".g_idx, I16",
    ".scales, I32",
    ".scales, F64",
    ".scales, I16",
    ".scales, F8_E4M3",
    ".bias, I32",
    ".bias, F64",
    ".bias, BOOL",
  })
  void aTensorOfTheWrongTypeIsNamed(String suffix, DType dtype) {
    TinyModel model = model();
    Tensor good = model.tensors.get(Q_PROJ + suffix);
    byte[] bytes = new byte[Math.toIntExact(good.elements() * dtype.bytes())];
    bytes[bytes.length - 1] = 1;
    model.put(new Tensor(good.name(), dtype, good.shape(), MemorySegment.ofArray(bytes)));
    assertFault(model, Fault.FORMAT, Q_PROJ + suffix, "dtype " + dtype);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void aGroupIndexOutOfRangeIsNamed(int group) {
    for (int place : new int[] {0, 31, DIM - 1}) {
      TinyModel model = model();
      model.put(TinyModel.ints(Q_PROJ + ".g_idx", i -> i == place ? group : i / 32, DIM));
      assertFault(model, Fault.FORMAT, Q_PROJ + ".g_idx", "group " + group + " at input " + place);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  @Tag("GPTQ-10")
  void aScaleThatIsNotFiniteIsNamed(float scale) {
    TinyModel model = model();
    float[] scales = new float[2 * DIM];
    scales[DIM + 5] = scale;
    model.put(TinyModel.halves(Q_PROJ + ".scales", scales, 2, DIM));
    assertFault(model, Fault.FORMAT, Q_PROJ + ".scales", scale + " at [1, 5]");
  }

  /** A group of weights near zero may have a scale that underflowed; all of these are defined. */
  @ParameterizedTest
  @ValueSource(floats = {0f, -0f, 0x1p-24f, 65504f, -1f})
  @Tag("GPTQ-10")
  void anyFiniteScaleIsRead(float scale) {
    TinyModel model = model();
    float[] scales = new float[2 * DIM];
    Arrays.fill(scales, scale);
    model.put(TinyModel.halves(Q_PROJ + ".scales", scales, 2, DIM)).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      GptqMatrix matrix = qProj(checkpoint);
      assertThat(matrix.dequantise(3, 4)).isEqualTo(scale * (matrix.code(4, 3) - 8));
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 64", "3, 32", "8, 32", "2, 32", "4, 16", "4, -1"})
  void aConfigurationOfAnotherFileIsRefused(int bits, int groupSize) {
    TinyModel model = model();
    model.quantizeConfig.orElseThrow().put("bits", bits).put("group_size", groupSize);
    assertFault(model, Fault.FORMAT, "do bits and group_size fit this file?");
  }

  @ParameterizedTest
  @CsvSource({"2, 32", "3, 32", "4, 32", "8, 32", "3, -1", "4, -1"})
  @Tag("GPTQ-8")
  @Tag("CKPT-12")
  void zeroPointsOfTheOtherFormatAreReadAsTheyAre(int bits, int groupSize) {
    int symmetric = 1 << (bits - 1);
    TinyModel model = TinyModel.gptq(directory, bits, groupSize);
    model.putAllZeros(symmetric, bits, groupSize == -1 ? 96 : groupSize);
    assertOneWarning(model, MODULES + " modules", "zero points of format gptq_v2");
    assertZero(model, symmetric);

    model.putAllZeros(symmetric - 1, bits, groupSize == -1 ? 96 : groupSize);
    model.quantizeConfig.orElseThrow().put("checkpoint_format", "gptq_v2");
    assertOneWarning(model, MODULES + " modules", "zero points of format gptq", "says gptq_v2");
    assertZero(model, symmetric);
  }

  private static void assertZero(TinyModel model, int zero) {
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(qProj(checkpoint).zero(0, 7)).isEqualTo(zero);
    }
  }

  @Test
  @Tag("GPTQ-8")
  void zeroPointsThatFitTheirLabelAreNoWarning() {
    TinyModel model = model();
    model.putAllZeros(8, 4, 32);
    model.quantizeConfig.orElseThrow().put("checkpoint_format", "gptq_v2");
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(qProj(checkpoint).zero(1, 7)).isEqualTo(8);
    }
  }

  @Test
  @Tag("GPTQ-8")
  void oneZeroPointOfAnotherValueKeepsTheLabel() {
    TinyModel model = model();
    model.putAllZeros(8, 4, 32);
    model.put(TinyModel.ints(Q_PROJ + ".qzeros", i -> i == 15 ? 0x88888878 : 0x88888888, 2, 8));
    model.write();
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(qProj(checkpoint).zero(0, 0)).isEqualTo(9);
      assertThat(checkpoint.warnings().getFirst()).startsWith(MODULES - 1 + " modules");
    }
  }

  @Test
  @Tag("GPTQ-8")
  void zeroPointsOfAnAsymmetricModelAreNoEvidence() {
    TinyModel model = model();
    model.putAllZeros(8, 4, 32);
    model.quantizeConfig.orElseThrow().put("sym", false);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(qProj(checkpoint).zero(0, 0)).isEqualTo(9);
    }
  }

  @Test
  @Tag("GPTQ-5")
  void aModelWithoutGroupIndicesIsReadInSequence() {
    TinyModel model = model();
    model.tensors.keySet().removeIf(name -> name.endsWith(".g_idx"));
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(qProj(checkpoint).groupOf(31)).isZero();
      assertThat(qProj(checkpoint).groupOf(32)).isEqualTo(1);
    }
  }

  @Test
  @Tag("GPTQ-9")
  @Tag("CKPT-12")
  void groupIndicesOfZerosAreAPlaceHolder() {
    TinyModel model = model();
    model.putAllGroups(32, _ -> 0);
    assertOneWarning(model, MODULES + " modules", "a g_idx of zeros", "groups of 32");
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(qProj(checkpoint).groupOf(63)).isEqualTo(1);
    }
  }

  @Test
  void groupIndicesOfZerosAreRightWithoutGroups() {
    TinyModel model = TinyModel.gptq(directory, 4, -1);
    model.quantizeConfig.orElseThrow().put("desc_act", true);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(qProj(checkpoint).groups()).isEqualTo(1);
    }
  }

  @Test
  @Tag("GPTQ-9")
  void aLostOrderIsRefused() {
    TinyModel model = model();
    model.quantizeConfig.orElseThrow().put("desc_act", true);
    model.putAllGroups(32, _ -> 0);
    assertFault(model, Fault.FORMAT, Q_PROJ + ".g_idx", "all zeros", "\"desc_act\": false");
    model.tensors.keySet().removeIf(name -> name.endsWith(".g_idx"));
    assertFault(model, Fault.FORMAT, Q_PROJ + ".g_idx", "missing", "\"desc_act\": false");
  }

  @Test
  @Tag("GPTQ-9")
  void withStaticGroupsTheOrderIsNotLost() {
    TinyModel model = model();
    model.quantizeConfig.orElseThrow().put("desc_act", true).put("static_groups", true);
    model.write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.warnings()).isEmpty();
    }
    model.putAllGroups(32, _ -> 0);
    assertOneWarning(model, "a g_idx of zeros");
    model.putAllGroups(32, input -> input * 5);
    assertOneWarning(model, "not in order");
  }

  @Test
  void actOrderIsRead() {
    TinyModel model = model();
    model.quantizeConfig.orElseThrow().put("desc_act", true);
    model.putAllGroups(32, input -> input * 5);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(qProj(checkpoint).groupOf(7)).isEqualTo(1);
      assertThat(qProj(checkpoint).groupOf(13)).isZero();
    }
  }

  @Test
  @Tag("GPTQ-9")
  @Tag("CKPT-12")
  void anOrderThatTheFlagDeniesIsUsedAndReported() {
    TinyModel model = model();
    model.putAllGroups(32, input -> input * 5);
    assertOneWarning(model, MODULES + " modules", "not in order", "desc_act is false");
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(qProj(checkpoint).groupOf(7)).isEqualTo(1);
    }
  }

  @Test
  void aFlagWithoutAnOrderIsReported() {
    TinyModel model = model();
    model.quantizeConfig.orElseThrow().put("desc_act", true);
    assertOneWarning(model, "desc_act: true, but every g_idx is in order");
  }

  @Test
  void zerosMultipliedByTheirScalesAreRefused() {
    TinyModel model = model();
    model.put(model.floats(Q_PROJ + ".zeros", DIM, 1));
    assertFault(model, Fault.UNSUPPORTED, Q_PROJ + ".zeros", "quantise the model again");
    model.tensors.remove(Q_PROJ + ".qzeros");
    assertFault(model, Fault.UNSUPPORTED, Q_PROJ + ".zeros", "quantise the model again");
  }

  @Test
  @Tag("GPTQ-7")
  void aBiasIsAppliedAlthoughTheFlagDeniesIt() {
    TinyModel model = model();
    float[] bias = new float[DIM];
    bias[5] = 0.25f;
    model.put(TinyModel.halves(Q_PROJ + ".bias", bias, DIM)).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.bias(Q_PROJ)).contains(bias);
    }
    model.tensors.keySet().removeIf(name -> name.endsWith(".bias"));
    model.write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.bias(Q_PROJ)).isEmpty();
    }
  }

  @Test
  void aBiasThatTheFlagPromisesIsNeeded() {
    TinyModel model = model();
    model.config.put("mlp_bias", true);
    model.tensors.remove("model.layers.1.mlp.up_proj.bias");
    assertFault(model, Fault.FORMAT, "'model.layers.1.mlp.up_proj.bias'", "missing");
  }

  @Test
  void aBiasOfTheWrongShapeIsNamed() {
    TinyModel model = model();
    model.put(model.floats(Q_PROJ + ".bias", DIM - 1));
    assertFault(model, Fault.FORMAT, Q_PROJ + ".bias", "shape [63]");
  }

  @Test
  @Tag("CKPT-11")
  void aModuleThatIsNotQuantisedIsNamed() {
    TinyModel model = model();
    for (String suffix : List.of(".qweight", ".qzeros", ".scales", ".g_idx")) {
      model.tensors.remove(Q_PROJ + suffix);
    }
    assertFault(model, Fault.FORMAT, "'" + Q_PROJ + ".qweight': missing");
    model.put(model.floats(Q_PROJ + ".weight", DIM, DIM));
    assertFault(model, Fault.FORMAT, Q_PROJ + ".qweight': missing, there is .weight instead");
  }

  @Test
  void aModuleInBothFormsIsNamed() {
    TinyModel model = model();
    model.put(model.floats(Q_PROJ + ".weight", DIM, DIM));
    assertFault(model, Fault.FORMAT, "'" + Q_PROJ + ".weight': stands beside .qweight");
  }

  @Test
  void aQuantisedModelThatNothingDescribesIsRefusedWithTheCure() {
    TinyModel model = model();
    model.quantizeConfig = Optional.empty();
    assertFault(model, Fault.MISSING, "nothing says how", "add quantize_config.json");
  }

  @Test
  void aQuantisedHeadIsRead() {
    TinyModel model = model();
    for (String suffix : List.of(".qweight", ".qzeros", ".scales", ".g_idx")) {
      Tensor tensor = model.tensors.get(Q_PROJ + suffix);
      model.put(new Tensor("lm_head" + suffix, tensor.dtype(), tensor.shape(), tensor.data()));
    }
    model.tensors.remove("lm_head.weight");
    model.quantizeConfig.orElseThrow().put("lm_head", true);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.matrix("lm_head")).isInstanceOf(GptqMatrix.class);
    }
  }

  @Test
  void sizesThatDoNotPackAreRefused() {
    TinyModel model = model();
    model.config.put("intermediate_size", 100);
    model.write();
    assertThatThrownBy(model::open)
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining("multiples of 32");
  }
}
