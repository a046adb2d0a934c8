package touchstone.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.TensorSpec;

class ModelShapeTest {
  @Tag("SYNTH-6")
  @ParameterizedTest
  @CsvSource({
    "tinyllama-1.1b, 2048, 5632, 22, 32, 4, 32000, 2048",
    "llama2-7b, 4096, 11008, 32, 32, 32, 32000, 4096",
    "llama2-13b, 5120, 13824, 40, 40, 40, 32000, 4096",
    "llama2-70b, 8192, 28672, 80, 64, 8, 32000, 4096"
  })
  void theTableOfTheSpecification(
      String name, int dim, int hidden, int layers, int heads, int kv, int vocab, int context) {
    LlamaConfig expected =
        new LlamaConfig(
            vocab,
            dim,
            hidden,
            layers,
            heads,
            kv,
            dim / heads,
            context,
            1e-5f,
            10_000,
            new RopeScaling.None(),
            false,
            false,
            false,
            1,
            List.of(2));
    assertThat(ModelShape.named(name).config()).isEqualTo(expected);
    assertThat(ModelShape.names()).contains(name);
  }

  /** The sum for the 70B is that of GPTQ-11, by hand: 36.65 GB. */
  @ParameterizedTest
  @CsvSource({
    "tinyllama-1.1b, 2, 32",
    "llama2-7b, 3, 64",
    "llama2-13b, 8, -1",
    "llama2-70b, 4, 128"
  })
  void theTensorsTakeTheBytesThatTheFormatSays(String name, int bits, int groupSize) {
    SyntheticModel model = new SyntheticModel(ModelShape.named(name), bits, groupSize, true, 0);
    long total = model.tensors().stream().mapToLong(TensorSpec::bytes).sum();
    assertThat(total).isEqualTo(GptqStorage.totalBytes(model.config(), model.quantisation()));
    if (name.equals("llama2-70b")) {
      assertThat(total).isEqualTo(36_652_007_424L);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "65, 96, 4, 2, 512 | shape odd: dim 65 in 4 heads (heads must divide dim)",
        "64, 96, 0, 2, 512 | shape odd: dim 64 in 0 heads (heads must divide dim)",
        "64, 96, 4, 3, 512 | shape odd: heads must be a multiple of kvHeads, got 4 and 3 (no Llama has that shape)",
        "64, 96, 4, 8, 512 | shape odd: kvHeads must be between 1 and 4, got 8 (no Llama has that shape)",
        "96, 96, 96, 32, 512 | shape odd: headDim must be even, got 1 (no Llama has that shape)",
        "48, 96, 2, 2, 512 | shape odd: dim 48 (it must be a multiple of 32)",
        "64, 100, 4, 2, 512 | shape odd: hiddenDim 100 (it must be a multiple of 32)",
        "64, 96, 4, 1, 512 | shape odd: kvHeads * headDim 16 (it must be a multiple of 32)",
        "64, 96, 4, 2, 2 | shape odd: vocab 2 (at least 3, for the end-of-text id)",
        "131072, 96, 4, 2, 512 | shape odd: dim must be between 1 and 65536, got 131072 (no Llama has that shape)",
      })
  void aShapeThatNoLlamaHasIsRefused(String dimensions, String message) {
    List<Integer> d = List.of(dimensions.split(", ")).stream().map(Integer::valueOf).toList();
    requireFault(
        Fault.CONFIG,
        message,
        () -> new ModelShape("odd", d.get(0), d.get(1), 1, d.get(2), d.get(3), d.get(4), 128));
  }

  @Test
  void whatCannotBeMadeIsRefusedBeforeAnythingIs() {
    ModelShape wide = new ModelShape("wide", 64, 84288, 1, 2, 2, 512, 128);
    requireFault(
        Fault.LIMIT,
        "model.layers.0.mlp.down_proj: 84288 inputs of 8 bits need scales below 2^-14"
            + " (take fewer inputs or fewer bits)",
        () -> new SyntheticModel(wide, 8, 128, false, 0));
    ModelShape large = new ModelShape("large", 65536, 64, 1, 64, 1, 32000, 128);
    requireFault(
        Fault.LIMIT,
        "model.embed_tokens.weight: [32000, 65536] takes 4194304000 bytes"
            + " (at most 2147483639 are made at once; take a smaller shape)",
        () -> new SyntheticModel(large, 4, 128, false, 0));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    ModelShape shape = ModelShape.named("llama2-7b");
    requireFault(Fault.USAGE, "layers: 0 (llama2-7b has 1 to 32)", () -> shape.withLayers(0));
    requireFault(Fault.USAGE, "layers: 33 (llama2-7b has 1 to 32)", () -> shape.withLayers(33));
    requireFault(
        Fault.USAGE, "bits: 5 (2, 3, 4 or 8)", () -> new SyntheticModel(shape, 5, 128, false, 0));
    requireFault(
        Fault.USAGE,
        "group size: 0 (-1 for one group, or at least 1)",
        () -> new SyntheticModel(shape, 4, 0, false, 0));
    requireFault(
        Fault.USAGE,
        "shape: 'llama3' is not known"
            + " (one of tinyllama-1.1b, llama2-7b, llama2-13b, llama2-70b)",
        () -> ModelShape.named("llama3"));
  }

  @Test
  void aTensorThatNoLlamaHasIsAMistakeOfTheCaller() {
    SyntheticModel model = Tiny.model(4, 32, false);
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, 1)) {
      assertThatThrownBy(() -> checkpoint.tensor("model.layers.2.mlp.up_proj.qweight"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no part of a Llama is called model.layers.2.mlp.up_proj.qweight");
      assertThatThrownBy(() -> checkpoint.matrix("model.norm"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> checkpoint.bias("model.norm"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void requireFault(Fault fault, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessage(message);
  }
}
