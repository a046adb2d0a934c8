package touchstone.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.StoredTensor;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.json.StrictJson;
import touchstone.tensor.TensorSpec;

class SyntheticDirectoryTest {
  private static final SyntheticModel MODEL = Tiny.model(4, 32, true);

  @TempDir Path folder;

  private static void write(Path directory, SyntheticModel model, int threads, LongConsumer told) {
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, threads)) {
      SyntheticDirectory.write(directory, checkpoint, Map.of(), told);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 32, false",
    "3, 40, true",
    "4, 32, true",
    "4, 128, false",
    "4, -1, true",
    "8, 32, true",
    "8, -1, false"
  })
  void whatIsWrittenIsReadBackByteForByte(int bits, int groupSize, boolean actOrder) {
    SyntheticModel model = Tiny.model(bits, groupSize, actOrder);
    Path directory = folder.resolve("model");
    long[] told = {0};
    write(directory, model, 2, done -> told[0] = done);
    try (CheckpointDirectory read = CheckpointDirectory.open(directory, true)) {
      assertThat(read.config()).isEqualTo(model.config());
      assertThat(read.quantisation()).contains(model.quantisation());
      assertThat(read.totalBytes())
          .isEqualTo(GptqStorage.totalBytes(model.config(), model.quantisation()))
          .isEqualTo(told[0]);
      assertThat(read.tensors().stream().map(stored -> TensorSpec.of(stored.tensor())))
          .containsExactlyInAnyOrderElementsOf(model.tensors());
      for (StoredTensor stored : read.tensors()) {
        String name = stored.tensor().name();
        assertThat(Tiny.bytes(stored.tensor()))
            .as(name)
            .isEqualTo(Tiny.bytes(Tiny.tensor(model, name)));
      }
    }
  }

  @Test
  void theCheckpointAnswersAsItsDirectoryDoes() {
    write(folder.resolve("model"), MODEL, 1, _ -> {});
    try (CheckpointDirectory read = CheckpointDirectory.open(folder.resolve("model"), true);
        SyntheticCheckpoint made = new SyntheticCheckpoint(MODEL, 2)) {
      assertThat(Tiny.bytes(made.embedding().tensor()))
          .isEqualTo(Tiny.bytes(read.embedding().tensor()));
      assertThat(made.gain("model.norm")).isEqualTo(read.gain("model.norm"));
      assertThat(made.bias(Tiny.DOWN).orElseThrow()).isEqualTo(read.bias(Tiny.DOWN).orElseThrow());
      assertThat(made.bias("lm_head")).isEqualTo(read.bias("lm_head")).isEmpty();
      assertThat(made.matrix(Tiny.DOWN).dequantise(63, 287))
          .isEqualTo(read.matrix(Tiny.DOWN).dequantise(63, 287));
      assertThat(made.matrix("lm_head").storedBytes())
          .isEqualTo(read.matrix("lm_head").storedBytes());
    }
  }

  @Test
  void twoWritesGiveTheSameFiles() throws IOException {
    write(folder.resolve("one"), MODEL, 1, _ -> {});
    Files.createDirectory(folder.resolve("two"));
    write(folder.resolve("two"), MODEL, 3, _ -> {});
    assertThat(entries(folder.resolve("one")))
        .containsExactly("config.json", "model.safetensors", "quantize_config.json");
    for (String name : entries(folder.resolve("one"))) {
      assertThat(folder.resolve("one").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("two").resolve(name));
    }
  }

  @Test
  void transformersFindsHowItIsQuantisedInItsConfiguration() {
    Path directory = folder.resolve("model");
    write(directory, MODEL, 1, _ -> {});
    JsonNode config =
        StrictJson.read(directory.resolve("config.json"), StrictJson.CONFIG_BYTES)
            .get("quantization_config");
    assertThat(config.get("quant_method").textValue()).isEqualTo("gptq");
    assertThat(config.get("bits").intValue()).isEqualTo(4);
    assertThat(config.get("group_size").intValue()).isEqualTo(32);
    assertThat(config.get("desc_act").booleanValue()).isTrue();
  }

  @Test
  void furtherFilesLieBesideTheWeights() {
    Path directory = folder.resolve("model");
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(MODEL, 1)) {
      SyntheticDirectory.write(
          directory, checkpoint, Map.of("tokenizer.model", new byte[] {1, 2}), _ -> {});
    }
    assertThat(directory.resolve("tokenizer.model")).hasBinaryContent(new byte[] {1, 2});
  }

  @Test
  void aDirectoryThatIsNotEmptyIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("mine"), "x");
    requireOutputFault(folder, "not empty");
    requireOutputFault(file, "not a directory");
    requireOutputFault(folder.resolve("none/model"), "cannot be created");
    assertThat(entries(folder)).containsExactly("mine");
    assertThat(file).hasContent("x");
  }

  private static void requireOutputFault(Path directory, String found) {
    assertThatThrownBy(() -> write(directory, MODEL, 1, _ -> {}))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.OUTPUT))
        .hasMessageStartingWith(directory + ": " + found);
  }

  @Test
  void aFailureHalfWayLeavesNothingBehind() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (Path directory : List.of(folder.resolve("new"), empty)) {
      assertThatThrownBy(
              () ->
                  write(
                      directory,
                      MODEL,
                      1,
                      done -> {
                        if (done > 100_000) {
                          throw new UncheckedIOException(new IOException("No space left"));
                        }
                      }))
          .isInstanceOf(UncheckedIOException.class);
    }
    assertThat(entries(folder)).containsExactly("empty");
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void anInterruptLeavesNothingBehind() throws IOException {
    try {
      assertThatThrownBy(
              () ->
                  write(folder.resolve("model"), MODEL, 2, _ -> Thread.currentThread().interrupt()))
          .isInstanceOfSatisfying(
              TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.IO));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(entries(folder)).isEmpty();
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedWithTheBytesNeeded() throws IOException {
    ModelShape shape = new ModelShape("huge", 32768, 57344, 512, 256, 256, 32000, 128);
    SyntheticModel model = new SyntheticModel(shape, 8, 128, false, 0);
    long total = GptqStorage.totalBytes(model.config(), model.quantisation());
    Assumptions.assumeTrue(
        Files.getFileStore(folder).getUsableSpace() < total, "this disk holds " + total);
    assertThatThrownBy(() -> write(folder.resolve("model"), model, 1, _ -> {}))
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DISK_FULL))
        .hasMessageMatching(".*model.safetensors: needs \\d{13} bytes, \\d+ are free .*");
    assertThat(entries(folder)).isEmpty();
  }

  private static List<String> entries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
