package touchstone.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/** Checkpoints of several files: what the index may say and what must agree with it. */
class WeightFilesTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path directory;

  @Test
  @Tag("CKPT-4")
  void shardsGiveTheSameTensorsAsOneFile() {
    TinyModel model = TinyModel.gptq(directory, 4, 32).writeShards(3);
    try (CheckpointDirectory checkpoint = model.openStrictly()) {
      assertThat(checkpoint.tensors()).hasSize(model.tensors.size());
      for (StoredTensor stored : checkpoint.tensors()) {
        assertThat(TensorBytes.equal(stored.tensor(), model.tensors.get(stored.tensor().name())))
            .isTrue();
        assertThat(stored.file().getFileName().toString()).startsWith("model-0000");
      }
      assertThat(checkpoint.totalBytes())
          .isEqualTo(model.tensors.values().stream().mapToLong(t -> t.data().byteSize()).sum());
      checkpoint.verifyUnchanged();
    }
  }

  @Test
  void shardsBehindLinksAreRead() throws IOException {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    Path snapshot = Files.createDirectories(directory.resolve("snapshots/abc"));
    TinyModel.dense(blobs).writeShards(2);
    try (var files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        Path blob = Path.of("../../blobs").resolve(file.getFileName());
        Files.createSymbolicLink(snapshot.resolve(file.getFileName()), blob);
      }
    }
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(snapshot, true)) {
      assertThat(checkpoint.tensors()).hasSizeGreaterThan(10);
      checkpoint.verifyUnchanged();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.safetensors",
        "..",
        ".",
        "",
        "a/b.safetensors",
        "a\\\\b.safetensors",
        "/abs",
        "./x",
        "\\\\\\\\host\\\\share",
        "//host/share",
        "C:\\\\x",
        "C:/x",
        "D:x.safetensors",
        "x:stream",
        "\\\\\\\\?\\\\C:\\\\x",
        "/etc/passwd",
        "a\\u0000b",
        "a\\nb",
        "a\\u007fb",
        "a\\u202eb",
        "\\ufeff",
        "con",
        "NUL.safetensors",
        "aux.tar.safetensors",
        "COM1",
        "lpt9.safetensors",
        "con .x",
        "prn",
        "conin$",
        "x.",
        "x ",
        "x.safetensors.",
        "a*b",
        "a?b",
        "a<b",
        "a>b",
        "a|b",
        "a\\\"b",
        "~/../x",
        "..\\\\x",
        "%2e%2e/x",
        "file:///x",
        "\\u2028",
        "com\\u00b9",
        "a\\tb",
        "...",
        ".. "
      })
  @Tag("CKPT-5")
  void aShardNameThatLeavesTheFolderIsRefused(String name) {
    writeIndex("{\"weight_map\":{\"a\":\"" + name + "\"}}");
    assertFault(Fault.FORMAT, "a plain name in the same directory");
  }

  @Test
  void aShardNameThatIsTooLongIsRefused() {
    writeIndex("{\"weight_map\":{\"a\":\"" + "x".repeat(256) + "\"}}");
    assertFault(Fault.FORMAT, "a plain name");
    writeIndex("{\"weight_map\":{\"a\":\"" + "é".repeat(128) + "\"}}");
    assertFault(Fault.FORMAT, "a plain name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{}",
        "[]",
        "null",
        "{\"weight_map\":null}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":[]}",
        "{\"weight_map\":\"x\"}",
        "{\"weight_map\":{\"a\":1}}",
        "{\"weight_map\":{\"a\":null}}",
        "{\"weight_map\":{\"a\":[\"x\"]}}",
        "{\"weight_map\":{\"a\":{\"a\":\"x\"}}}",
        "{\"weight_map\":{\"a\":\"x\",\"a\":\"x\"}}",
        "{\"weight_map\":{\"a\":\"x\"},\"weight_map\":{}}",
        "{\"weight_map\":{\"a\":\"x\"}}{}",
        "{\"weight_map\":{\"a\":\"x\"}",
        "{\"weight_map\":{\"a\":\"x.safetensors\",\"b\":\"X.safetensors\"}}",
      })
  void anIndexThatIsNotOneIsRefused(String index) {
    writeIndex(index);
    assertFault(Fault.FORMAT, INDEX);
  }

  @Test
  void anEmptyIndexIsRefused() {
    writeIndex("");
    assertFault(Fault.FORMAT, INDEX);
  }

  @Test
  void moreThan1024ShardsAreRefused() {
    writeIndex(
        IntStream.range(0, 1025)
            .mapToObj(i -> "\"t%d\":\"s%d\"".formatted(i, i))
            .collect(Collectors.joining(",", "{\"weight_map\":{", "}}")));
    assertFault(Fault.LIMIT, "1025 shards");
  }

  @Test
  void aMissingShardIsNamed() {
    TinyModel.dense(directory).writeShards(3).delete(TinyModel.shardName(1, 3));
    assertFault(Fault.MISSING, TinyModel.shardName(1, 3));
  }

  @Test
  void aDamagedShardIsNamed() throws IOException {
    TinyModel.dense(directory).writeShards(3);
    Files.write(directory.resolve(TinyModel.shardName(2, 3)), new byte[20]);
    assertFault(Fault.FORMAT, TinyModel.shardName(2, 3));
  }

  @Test
  @Tag("CKPT-4")
  void aTensorThatIsMissingFromItsShardIsNamed() {
    TinyModel model = TinyModel.dense(directory).writeShards(2);
    rewriteIndex(map -> map.put("model.extra", TinyModel.shardName(0, 2)));
    assertThatThrownBy(model::open)
        .hasMessageContaining(TinyModel.shardName(0, 2))
        .hasMessageContaining("'model.extra' is missing");
  }

  @Test
  @Tag("CKPT-4")
  void aTensorThatTheIndexDoesNotListIsNamed() {
    TinyModel.dense(directory).writeShards(2);
    rewriteIndex(map -> map.remove("model.norm.weight"));
    assertFault(Fault.FORMAT, "'model.norm.weight'");
  }

  @Test
  @Tag("CKPT-4")
  void aTensorInAnotherShardThanAssignedIsNamed() {
    TinyModel.dense(directory).writeShards(2);
    rewriteIndex(
        map ->
            map.put(
                "model.norm.weight",
                map.get("model.norm.weight").textValue().equals(TinyModel.shardName(0, 2))
                    ? TinyModel.shardName(1, 2)
                    : TinyModel.shardName(0, 2)));
    assertFault(Fault.FORMAT, "'model.norm.weight'");
  }

  @Test
  void aTensorInTwoShardsIsNamed() {
    TinyModel model = TinyModel.dense(directory).writeShards(2);
    SafetensorsWriter.write(
        directory.resolve(TinyModel.shardName(1, 2)),
        Map.of(),
        List.copyOf(model.tensors.values()));
    assertFault(Fault.FORMAT, "the index assigns it to 'model-00001-of-00002.safetensors'");
  }

  @Test
  void anIndexBesideASingleFileIsAmbiguous() {
    TinyModel model = TinyModel.dense(directory).writeShards(2);
    SafetensorsWriter.write(
        directory.resolve("model.safetensors"), Map.of(), List.copyOf(model.tensors.values()));
    assertFault(Fault.FORMAT, "several files could be the weights: model.safetensors, " + INDEX);
  }

  private void writeIndex(String json) {
    TinyModel.dense(directory).writeText(INDEX, json);
  }

  private void rewriteIndex(Consumer<ObjectNode> change) {
    try {
      ObjectNode index = TinyModel.object(Files.readString(directory.resolve(INDEX)));
      change.accept(index.withObject("/weight_map"));
      Files.writeString(directory.resolve(INDEX), index.toString());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertFault(Fault fault, String message) {
    if (!Files.exists(directory.resolve("config.json"))) {
      TinyModel model = TinyModel.dense(directory);
      model.writeJson("config.json", model.config);
    }
    assertThatThrownBy(() -> CheckpointDirectory.open(directory, false))
        .isInstanceOfSatisfying(
            TouchstoneException.class,
            e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault))
        .hasMessageContaining(message);
  }
}
