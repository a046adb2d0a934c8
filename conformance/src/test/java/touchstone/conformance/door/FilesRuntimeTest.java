package touchstone.conformance.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.Request;
import touchstone.conformance.suite.Value;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

final class FilesRuntimeTest {
  private static final Request LOGITS = Asked.of("logits", "{\"tokens\": [1]}");
  private static final Request TOKENIZE = Asked.of("tokenize", "{\"text\": \"a\"}");
  private static final Request GENERATE = Asked.of("generate", "{\"tokens\": [1]}");

  @TempDir Path folder;

  @BeforeEach
  void manifest() throws IOException {
    write(
        "manifest.json",
        "{\"runtime\": {\"name\": \"dump\", \"version\": \"3\", \"language\": \"C\"}, \"profile\": \"f16\"}");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Reply run(Request request) {
    try (FilesRuntime runtime = FilesRuntime.open(folder)) {
      return runtime.run(request);
    }
  }

  /** As numpy.save lays it out; NumPy pads the header with blanks to a multiple of 64. */
  private void npy(String name, int version, String header, String elements) throws IOException {
    byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
    HexFormat hex = HexFormat.of();
    String length =
        version == 1
            ? "%02x%02x".formatted(text.length & 255, text.length >> 8)
            : "%02x%02x0000".formatted(text.length & 255, text.length >> 8);
    String all =
        "934e554d5059" + "%02x00".formatted(version) + length + hex.formatHex(text) + elements;
    Files.write(folder.resolve(name), hex.parseHex(all));
  }

  private static Tensor only(Reply reply, String name) {
    return ((Value.Numbers) ((Reply.Result) reply).outputs().get(name)).tensor();
  }

  @Test
  void manifestSaysWhichRuntimeItIsAndEveryCallMayBeThere() {
    try (FilesRuntime runtime = FilesRuntime.open(folder)) {
      assertThat(runtime.description().name()).isEqualTo("dump");
      assertThat(runtime.description().capabilities()).contains("logits", "tokenize", "op.rope");
    }
  }

  @Test
  void folderWithoutManifestIsNoRuntime() throws IOException {
    Files.delete(folder.resolve("manifest.json"));
    assertThatThrownBy(() -> FilesRuntime.open(folder).close())
        .isInstanceOfSatisfying(
            TouchstoneException.class, e -> assertThat(e.fault()).isEqualTo(Fault.MISSING));
  }

  @Test
  void vectorWithoutFileIsSkipped() {
    assertThat(run(LOGITS))
        .isEqualTo(
            new Reply.Skipped(
                "not dumped: there is no test__logits__one.safetensors, .npy or .json"));
  }

  @Test
  void tensorsOfASafetensorsFileAreTheOutputs() {
    SafetensorsWriter.write(
        folder.resolve("test__logits__one.safetensors"),
        Map.of(),
        List.of(SafetensorsWriter.floats("logits", List.of(1L, 2L), new float[] {-0f, Float.NaN})));
    Tensor logits = only(run(LOGITS), "logits");
    assertThat(logits.shape()).containsExactly(1L, 2L);
    assertThat(Float.floatToRawIntBits(logits.floatAt(0))).isEqualTo(0x80000000);
    assertThat(logits.floatAt(1)).isNaN();
  }

  @Test
  void idsInATensorAreAListOfNumbers() {
    byte[] ids = {1, 0, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0};
    SafetensorsWriter.write(
        folder.resolve("test__tokenize__one.safetensors"),
        Map.of(),
        List.of(new Tensor("ids", DType.I64, List.of(2L), MemorySegment.ofArray(ids))));
    assertThat(((Value.Data) ((Reply.Result) run(TOKENIZE)).outputs().get("ids")).json())
        .hasToString("[1,261]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | <f4 | F32 | 0000803f000000400000404000008040",
        "2 | <f2 | F16 | 003c004000420044",
        "1 | <f8 | F64 | 000000000000f03f000000000000004000000000000008400000000000001040",
        "2 | <i4 | I32 | 01000000020000000300000004000000",
      })
  void arrayOfNumpyIsTheOneOutput(int version, String descr, DType type, String elements)
      throws IOException {
    npy(
        "test__logits__one.npy",
        version,
        "{'descr': '%s', 'fortran_order': False, 'shape': (2, 2), }     ".formatted(descr),
        elements);
    Tensor logits = only(run(LOGITS), "logits");
    assertThat(logits.dtype()).isEqualTo(type);
    assertThat(logits.shape()).containsExactly(2L, 2L);
    assertThat(HexFormat.of().formatHex(logits.data().toArray(ValueLayout.JAVA_BYTE)))
        .isEqualTo(elements);
  }

  @Test
  void idsInAnArrayOfNumpyAreAListOfNumbers() throws IOException {
    npy(
        "test__tokenize__one.npy",
        1,
        "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
        "01000000000000000501000000000000");
    assertThat(((Value.Data) ((Reply.Result) run(TOKENIZE)).outputs().get("ids")).json())
        .hasToString("[1,261]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Fortran order | {'descr': '<f4', 'fortran_order': True, 'shape': (1,), } | 0000803f",
        "type >f4 | {'descr': '>f4', 'fortran_order': False, 'shape': (1,), } | 0000803f",
        "needs 8 bytes, got 4 | {'descr': '<f4', 'fortran_order': False, 'shape': (2,), } | 0000803f",
        "needs 4 bytes, got 8 | {'descr': '<f4', 'fortran_order': False, 'shape': (), } | 0000803f0000803f",
        "header {'descr' | {'descr': '<f4', 'shape': (1,), } | 0000803f",
        "overflow | {'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999, 999999999999999999), } | 00",
      })
  void arrayThatIsNotAsAgreedIsBroken(String because, String header, String elements)
      throws IOException {
    npy("test__logits__one.npy", 1, header, elements);
    assertThat(run(LOGITS))
        .isInstanceOfSatisfying(
            Reply.Broken.class, broken -> assertThat(broken.what()).contains(because));
  }

  @Test
  void fileThatIsCutShortIsBroken() throws IOException {
    for (String bytes : List.of("", "934e554d5059", "934e554d50590100ffff7b")) {
      Files.write(folder.resolve("test__logits__one.npy"), HexFormat.of().parseHex(bytes));
      assertThat(run(LOGITS)).isInstanceOf(Reply.Broken.class);
    }
  }

  @Test
  void oneArrayIsNotSeveralOutputs() throws IOException {
    npy(
        "test__generate__one.npy",
        1,
        "{'descr': '<i4', 'fortran_order': False, 'shape': (0,), }",
        "");
    assertThat(run(GENERATE)).isInstanceOf(Reply.Broken.class);
  }

  @Test
  void jsonHoldsWhatAProcessWouldAnswer() throws IOException {
    write("test__generate__one.json", "{\"result\": {\"ids\": [4, 2], \"finish\": \"stop\"}}");
    assertThat(((Reply.Result) run(GENERATE)).outputs()).containsOnlyKeys("ids", "finish");
    write("test__generate__one.json", "{\"error\": {\"class\": \"range\", \"message\": \"no\"}}");
    assertThat(run(GENERATE)).isEqualTo(new Reply.Refused("range", "no"));
    write("test__generate__one.json", "{\"ids\": [4, 2]}");
    assertThat(run(GENERATE)).isInstanceOf(Reply.Broken.class);
    write(
        "test__generate__one.json",
        "{\"result\": {\"ids\": {\"file\": \"/etc/passwd\", \"tensor\": \"x\"}}}");
    assertThat(run(GENERATE)).isInstanceOf(Reply.Broken.class);
  }

  @Test
  void twoFilesForOneVectorAreNoAnswer() throws IOException {
    write("test__generate__one.json", "{\"result\": {\"ids\": []}}");
    write("test__generate__one.npy", "");
    assertThat(run(GENERATE)).isInstanceOf(Reply.Broken.class);
  }
}
