package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import touchstone.error.Fault;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** Every damaged model gives one line that names the file and the place, and the documented code. */
class BadModelTest {
  private static final String QUANTISED = "pebble-gptq-4bit-32g";
  private static final String MODULE = "model.layers.2.mlp.up_proj";

  @TempDir Path directory;

  private BentModel quantised() {
    return BentModel.copyOf(QUANTISED, directory);
  }

  @Test
  void directoryThatDoesNotExist() {
    Outcome outcome = Outcome.of("inspect", "-m", directory.resolve("no\u001bsuch").toString());
    assertThat(outcome.requireFault(Fault.MISSING).err()).contains("no\\u001bsuch: no such dir");
  }

  @Test
  void fileInPlaceOfADirectory() {
    String file = quantised().directory().resolve("config.json").toString();
    assertThat(Outcome.of("inspect", "-m", file).requireFault(Fault.FORMAT).err())
        .contains("not a directory");
    assertThat(Outcome.of("tokenize", "-m", file).requireFault(Fault.FORMAT).err())
        .contains("not a directory");
  }

  @Test
  void emptyDirectory() {
    assertThat(Outcome.of("inspect", "-m", directory.toString()).requireFault(Fault.MISSING).err())
        .contains("config.json: no such file");
  }

  @Test
  void directoryThatMayNotBeRead() throws IOException {
    Path config = quantised().directory().resolve("config.json");
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(config), "this user (root?) may read everything");
    assertThat(Outcome.of("inspect", "-m", directory.toString()).requireFault(Fault.PERMISSION))
        .extracting(Outcome::err)
        .asString()
        .contains("config.json: may not be read");
  }

  @Test
  void missingTokenizer() {
    quantised().delete("tokenizer.model").delete("tokenizer.json");
    assertThat(Outcome.withInput("a\n", "tokenize", "-m", directory.toString()))
        .satisfies(outcome -> outcome.requireFault(Fault.MISSING))
        .extracting(Outcome::err)
        .asString()
        .contains("tokenizer.model");
  }

  @Test
  void tokenizerThatIsNone() {
    quantised().write("tokenizer.model", "nonsense");
    Outcome.withInput("a\n", "tokenize", "-m", directory.toString()).requireFault(Fault.FORMAT);
  }

  static Stream<Arguments> configs() {
    return Stream.of(
        config("hidden_size", Fault.CONFIG, c -> c.remove("hidden_size")),
        config("hidden_size", Fault.CONFIG, c -> c.put("hidden_size", -1)),
        config("vocab_size", Fault.CONFIG, c -> c.put("vocab_size", 0)),
        config("num_attention_heads", Fault.CONFIG, c -> c.put("num_attention_heads", "eight")),
        config("num_key_value_heads", Fault.CONFIG, c -> c.put("num_key_value_heads", 3)),
        config("rms_norm_eps", Fault.CONFIG, c -> c.put("rms_norm_eps", "small")),
        config("rope_theta", Fault.CONFIG, c -> c.put("rope_theta", -5)),
        config("hidden_act", Fault.UNSUPPORTED, c -> c.put("hidden_act", "gelu")),
        config(
            "MambaForCausalLM",
            Fault.UNSUPPORTED,
            c -> c.withArray("architectures").removeAll().add("MambaForCausalLM")),
        config(
            "rope_scaling",
            Fault.UNSUPPORTED,
            c -> c.putObject("rope_scaling").put("type", "yarn").put("factor", 2)),
        config(
            "max_position_embeddings",
            Fault.CONFIG,
            c -> c.put("max_position_embeddings", 1L << 40)),
        config("num_hidden_layers", Fault.CONFIG, c -> c.put("num_hidden_layers", 1.5)),
        config("num_hidden_layers", Fault.CONFIG, c -> c.putNull("num_hidden_layers")));
  }

  private static Arguments config(String named, Fault fault, Consumer<ObjectNode> change) {
    return Arguments.of(named, fault, change);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("configs")
  void configurationOutOfOrder(String named, Fault fault, Consumer<ObjectNode> change) {
    Outcome outcome = quantised().json("config.json", change).inspect();
    assertThat(outcome.requireFault(fault).err()).contains("config.json").contains(named);
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        Arguments.of("empty", ""),
        Arguments.of("cut off", "{\"hidden_size\": 12"),
        Arguments.of("two documents", "{} {}"),
        Arguments.of("a key twice", "{\"hidden_size\": 1, \"hidden_size\": 1}"),
        Arguments.of("a million levels", "[".repeat(1 << 19)),
        Arguments.of("a number without end", "{\"vocab_size\": " + "9".repeat(10_000) + "}"),
        Arguments.of("NaN", "{\"rms_norm_eps\": NaN}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void configurationThatIsNoJson(String name, String text) {
    assertThat(quantised().write("config.json", text).inspect().requireFault(Fault.FORMAT).err())
        .as(name)
        .contains("config.json");
  }

  @Test
  void configurationThatIsNoObject() {
    quantised().write("config.json", "[1, 2]").inspect().requireFault(Fault.CONFIG);
  }

  @Test
  void truncatedWeights() {
    assertThat(quantised().cut("model.safetensors", 1).inspect().requireFault(Fault.FORMAT).err())
        .contains("model.safetensors");
  }

  @Test
  void emptyWeights() throws IOException {
    long size = Files.size(quantised().directory().resolve("model.safetensors"));
    BentModel empty = new BentModel(directory).cut("model.safetensors", size);
    assertThat(empty.inspect().requireFault(Fault.FORMAT).err()).contains("model.safetensors");
  }

  @Test
  void missingWeights() {
    quantised().delete("model.safetensors").inspect().requireFault(Fault.MISSING);
  }

  @Test
  void truncatedShard() {
    String shard = "model-00002-of-00003.safetensors";
    BentModel model = BentModel.copyOf("tiny-bf16-sharded", directory).cut(shard, 2);
    assertThat(model.inspect().requireFault(Fault.FORMAT).err()).contains(shard);
  }

  @Test
  void missingShard() {
    String shard = "model-00003-of-00003.safetensors";
    BentModel model = BentModel.copyOf("tiny-bf16-sharded", directory).delete(shard);
    assertThat(model.inspect().requireFault(Fault.MISSING).err()).contains(shard);
  }

  @Test
  void missingTensor() {
    assertThat(quantised().without(MODULE + ".qzeros").inspect().requireFault(Fault.FORMAT).err())
        .contains(MODULE + ".qzeros");
  }

  @Test
  void tensorOfAnotherType() {
    BentModel model =
        quantised()
            .tensor(
                MODULE + ".qweight",
                words -> new Tensor(words.name(), DType.F32, words.shape(), words.data()));
    assertThat(model.inspect().requireFault(Fault.FORMAT).err()).contains(MODULE + ".qweight");
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(ints = {-1, 16, Integer.MAX_VALUE})
  void groupIndexOutOfRange(int group) {
    BentModel model =
        quantised()
            .tensor(
                MODULE + ".g_idx",
                index -> {
                  index.data().set(ValueLayout.JAVA_INT_UNALIGNED, 4 * 77, group);
                  return index;
                });
    assertThat(model.inspect().requireFault(Fault.FORMAT).err())
        .contains(MODULE + ".g_idx")
        .contains("77")
        .contains(String.valueOf(group));
  }

  @Test
  void scaleThatIsNoNumber() {
    BentModel model =
        quantised()
            .tensor(
                MODULE + ".scales",
                scales -> {
                  scales.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * 5, (short) 0x7e00);
                  return scales;
                });
    assertThat(model.inspect().requireFault(Fault.FORMAT).err()).contains(MODULE + ".scales");
  }
}
