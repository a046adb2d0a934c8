package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static touchstone.checkpoint.TinyModel.DIM;
import static touchstone.checkpoint.TinyModel.Q_PROJ;
import static touchstone.checkpoint.TinyModel.VOCAB;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.golden.GoldenData;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.GptqStorage;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;

class CheckpointDirectoryTest {
  @TempDir Path directory;

  private static void assertFault(TinyModel model, Fault fault, String... messages) {
    assertThatThrownBy(model::open)
        .isInstanceOfSatisfying(
            TouchstoneException.class,
            e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault))
        .message()
        .contains(messages);
  }

  @Test
  @Tag("CKPT-11")
  void aDenseModelIsRead() {
    TinyModel model = TinyModel.dense(directory).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.warnings()).isEmpty();
      assertThat(checkpoint.quantisation()).isEmpty();
      assertThat(checkpoint.directory()).isEqualTo(directory);
      assertThat(checkpoint.matrix(Q_PROJ)).isInstanceOf(DenseMatrix.class);
      assertThat(checkpoint.bias(Q_PROJ)).isEmpty();
      assertThat(checkpoint.gain("model.norm"))
          .isEqualTo(model.tensors.get("model.norm.weight").toFloats());
      assertThat(checkpoint.embedding().dequantise(3, 5))
          .isEqualTo(model.tensors.get("model.embed_tokens.weight").floatAt(3 * DIM + 5));
      assertThat(checkpoint.matrix("lm_head").dequantise(3, 5))
          .isEqualTo(model.tensors.get("lm_head.weight").floatAt(3 * DIM + 5));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, -1", "2, 32", "3, -1", "3, 32", "4, -1", "4, 32", "8, -1", "8, 32"})
  @Tag("GPTQ-11")
  void aQuantisedModelIsReadAndHasTheBytesOfItsShapes(int bits, int groupSize) {
    TinyModel model = TinyModel.gptq(directory, bits, groupSize).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      GptqMatrix matrix = (GptqMatrix) checkpoint.matrix(Q_PROJ);
      assertThat(matrix.bits()).isEqualTo(bits);
      assertThat(matrix.groups()).isEqualTo(groupSize == -1 ? 1 : 2);
      assertThat(matrix.zero(0, 0)).isEqualTo(1 << (bits - 1));
      assertThat(checkpoint.bias(Q_PROJ)).contains(new float[DIM]);
      assertThat(checkpoint.totalBytes())
          .isEqualTo(
              GptqStorage.totalBytes(checkpoint.config(), checkpoint.quantisation().orElseThrow()));
    }
  }

  @Test
  void aRealSmallModelIsRead() {
    Optional<Path> stories = GoldenData.shared("stories260K_hf");
    Assumptions.assumeTrue(stories.isPresent(), "no shared data: stories260K_hf is not here");
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(stories.get(), true)) {
      assertThat(checkpoint.config())
          .isEqualTo(
              new LlamaConfig(
                  512,
                  64,
                  172,
                  5,
                  8,
                  4,
                  8,
                  512,
                  1e-5f,
                  10000,
                  new RopeScaling.None(),
                  true,
                  false,
                  false,
                  1,
                  List.of(2)));
      assertThat(checkpoint.matrix("lm_head")).isSameAs(checkpoint.embedding());
      assertThat(checkpoint.generationDefaults().eosIds()).containsExactly(2);
      assertThat(checkpoint.totalBytes()).isEqualTo(4 * 260_032L);
    }
  }

  @Test
  @Tag("CKPT-11")
  void everyMissingTensorIsNamed() {
    TinyModel model = TinyModel.dense(directory);
    for (String name : List.copyOf(model.tensors.keySet())) {
      Tensor tensor = model.tensors.remove(name);
      model.write();
      assertFault(model, Fault.FORMAT, "model.safetensors: tensor '" + name + "': missing");
      model.put(tensor);
    }
  }

  @Test
  @Tag("CKPT-11")
  void everyTensorOfTheWrongShapeIsNamed() {
    TinyModel model = TinyModel.dense(directory);
    for (Tensor tensor : List.copyOf(model.tensors.values())) {
      List<Long> flat = List.of(tensor.elements(), 1L);
      model.put(new Tensor(tensor.name(), tensor.dtype(), flat, tensor.data())).write();
      assertFault(model, Fault.FORMAT, "'" + tensor.name() + "'", "shape [", "asks for");
      model.put(tensor);
    }
  }

  @Test
  void everyTensorOfTheWrongTypeIsNamed() {
    TinyModel model = TinyModel.dense(directory);
    for (Tensor tensor : List.copyOf(model.tensors.values())) {
      model.put(new Tensor(tensor.name(), DType.I16, tensor.shape(), tensor.data())).write();
      assertFault(
          model, Fault.FORMAT, "model.safetensors: tensor '" + tensor.name() + "': dtype I16");
      model.put(tensor);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void normsAreReadFromAnyFloatingType(DType dtype) {
    TinyModel model = TinyModel.dense(directory);
    byte[] zeros = new byte[DIM * dtype.bytes()];
    Tensor norm =
        new Tensor("model.norm.weight", dtype, List.of(64L), MemorySegment.ofArray(zeros));
    model.put(norm).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.gain("model.norm")).isEqualTo(new float[DIM]);
    }
  }

  @Test
  void tiedEmbeddingsNeedNoHead() {
    TinyModel model = TinyModel.dense(directory);
    model.tensors.remove("lm_head.weight");
    assertFault(model.write(), Fault.FORMAT, "'lm_head.weight'", "missing");
    model.config.put("tie_word_embeddings", true);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.matrix("lm_head")).isSameAs(checkpoint.embedding());
    }
  }

  @Test
  void tiedEmbeddingsMayBeStoredUnderTheHeadsName() {
    TinyModel model = TinyModel.dense(directory);
    model.tensors.remove("model.embed_tokens.weight");
    assertFault(model.write(), Fault.FORMAT, "'model.embed_tokens.weight'", "missing");
    model.config.put("tie_word_embeddings", true);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.matrix("lm_head")).isSameAs(checkpoint.embedding());
      assertThat(checkpoint.embedding().dequantise(1, 2))
          .isEqualTo(model.tensors.get("lm_head.weight").floatAt(DIM + 2));
    }
  }

  @Test
  void tiedEmbeddingsStoredTwiceAreReadOnceAndComparedToTheLastByte() {
    TinyModel model = TinyModel.dense(directory);
    model.config.put("tie_word_embeddings", true);
    Tensor embedding = model.tensors.get("model.embed_tokens.weight");
    byte[] copy = embedding.data().toArray(ValueLayout.JAVA_BYTE);
    Tensor head =
        new Tensor("lm_head.weight", DType.F16, embedding.shape(), MemorySegment.ofArray(copy));
    model.put(head).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.matrix("lm_head")).isSameAs(checkpoint.embedding());
    }
    copy[copy.length - 1] ^= 1;
    model.write();
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(checkpoint.warnings()).singleElement().asString().contains("'lm_head.weight'");
      assertThat(checkpoint.embedding().dequantise(VOCAB - 1, DIM - 1))
          .isEqualTo(embedding.floatAt(VOCAB * DIM - 1));
    }
    assertThatThrownBy(model::openStrictly).hasMessageContaining("differs from model.embed_tokens");
  }

  @Test
  void storedFrequenciesAreIgnored() {
    TinyModel model = TinyModel.dense(directory);
    model.put(model.floats("model.layers.0.self_attn.rotary_emb.inv_freq", 8));
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.tensors()).hasSize(model.tensors.size());
    }
  }

  @Test
  @Tag("CKPT-12")
  void tensorsThatNothingUsesAreReportedInOneLine() {
    TinyModel model = TinyModel.dense(directory);
    for (int i = 0; i < 7; i++) {
      model.put(model.floats("model.layers.9.extra\n" + i, 8));
    }
    model.write();
    try (CheckpointDirectory checkpoint = model.open()) {
      assertThat(checkpoint.warnings())
          .singleElement()
          .asString()
          .contains(
              "model.safetensors: tensor '",
              "one of 7 tensors",
              "model.layers.9.extra\\u000a0",
              ", ...")
          .doesNotContain("extra\\u000a5", "\n");
    }
    assertThatThrownBy(model::openStrictly).hasMessageContaining("7 tensors");
  }

  @Test
  void theModelOfMoreLayersThanConfiguredIsReported() {
    TinyModel model = TinyModel.dense(directory);
    model.config.put("num_hidden_layers", 1);
    model.write();
    assertThatThrownBy(model::openStrictly).hasMessageContaining("9 tensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model", "gptq_model-4bit-32g", "Xwin-LM-70B-GPTQ-4bit-32g.act.order", "other"})
  @Tag("CKPT-6")
  void theOnlyWeightsAreFoundUnderAnyName(String name) {
    TinyModel model = TinyModel.gptq(directory, 4, 32);
    model.weightsName = name + ".safetensors";
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.tensors().getFirst().file())
          .isEqualTo(directory.resolve(model.weightsName));
    }
  }

  @Test
  @Tag("CKPT-6")
  void theNamedWeightsWinOverAllOthers() throws IOException {
    TinyModel model = TinyModel.gptq(directory, 4, 32);
    model.weightsName = "chosen.safetensors";
    model.quantizeConfig.orElseThrow().put("model_file_base_name", "chosen");
    Files.write(directory.resolve("model.safetensors"), new byte[3]);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.tensors().getFirst().file()).hasFileName("chosen.safetensors");
    }
  }

  @Test
  void aNameThatLeadsNowhereIsPassedOver() {
    TinyModel model = TinyModel.gptq(directory, 4, 32);
    model.quantizeConfig.orElseThrow().put("model_file_base_name", "gptq_model-4bit-128g");
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.warnings()).isEmpty();
    }
  }

  @Test
  void theUsualNameOfTheParametersWinsOverOtherCandidates() throws IOException {
    TinyModel model = TinyModel.gptq(directory, 4, -1);
    model.weightsName = "gptq_model-4bit--1g.safetensors";
    Files.write(directory.resolve("gptq_model-3bit--1g.safetensors"), new byte[3]);
    try (CheckpointDirectory checkpoint = model.write().openStrictly()) {
      assertThat(checkpoint.warnings()).isEmpty();
    }
  }

  @Test
  @Tag("CKPT-6")
  void severalCandidatesAreListed() throws IOException {
    TinyModel model = TinyModel.dense(directory);
    model.weightsName = "one.safetensors";
    model.write();
    Files.write(directory.resolve("two.safetensors"), new byte[3]);
    assertFault(model, Fault.FORMAT, "one.safetensors, two.safetensors", "keep one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pytorch_model.bin", "model.pt", "x.Q4_K_M.gguf", "consolidated.00.pth", "a.GGUF"})
  void weightsInAnotherFormatAreNamed(String name) throws IOException {
    TinyModel model = TinyModel.dense(directory).write();
    model.delete("model.safetensors");
    assertFault(model, Fault.MISSING, "no weights");
    Files.write(directory.resolve(name), new byte[3]);
    assertFault(model, Fault.UNSUPPORTED, name, "only safetensors is read");
  }

  @Test
  void whatIsNotAModelDirectoryIsRefused() throws IOException {
    assertThatThrownBy(() -> CheckpointDirectory.open(directory.resolve("none"), false))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.MISSING));
    assertThatThrownBy(() -> CheckpointDirectory.open(directory, false))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.MISSING))
        .hasMessageContaining("config.json");
    Path file = Files.write(directory.resolve("model.safetensors"), new byte[3]);
    assertThatThrownBy(() -> CheckpointDirectory.open(file, false))
        .isInstanceOf(TouchstoneException.class);
    Files.createDirectory(directory.resolve("config.json"));
    assertThatThrownBy(() -> CheckpointDirectory.open(directory, false))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORMAT))
        .hasMessageContaining("not a regular file");
  }

  @Test
  @Tag("CKPT-13")
  void aChangeOfTheWeightsIsNoticed() throws IOException {
    TinyModel model = TinyModel.dense(directory).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      checkpoint.verifyUnchanged();
      Files.setLastModifiedTime(
          directory.resolve("model.safetensors"), FileTime.from(Instant.EPOCH));
      assertThatThrownBy(checkpoint::verifyUnchanged)
          .isInstanceOfSatisfying(
              TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CHANGED))
          .hasMessageContaining("model.safetensors");
    }
  }

  @Test
  void anUnknownModuleIsAMistakeOfTheCaller() {
    try (CheckpointDirectory checkpoint = TinyModel.dense(directory).write().openStrictly()) {
      assertThatThrownBy(() -> checkpoint.matrix("model.layers.2.mlp.up_proj"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> checkpoint.bias("x")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> checkpoint.gain("x")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void everyTensorIsListedWithItsFile() {
    TinyModel model = TinyModel.dense(directory).write();
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.tensors())
          .extracting(stored -> stored.tensor().name())
          .containsExactlyInAnyOrderElementsOf(model.tensors.keySet());
      assertThat(checkpoint.tensors())
          .allSatisfy(
              stored -> {
                assertThat(stored.file()).hasFileName("model.safetensors");
                assertThat(stored.bytes()).isEqualTo(2 * stored.tensor().elements());
              });
    }
  }
}
