package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.golden.GoldenData;
import touchstone.synthetic.ModelShape;

/** The command synth, up to where it would write hundreds of megabytes. */
class SynthTest {
  private static final Path PEBBLE = GoldenData.path("models/pebble-gptq-4bit-32g");
  private static final ModelShape OF_640 = new ModelShape("tiny", 64, 96, 1, 2, 2, 640, 128);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "synth | --shape: not given (one of tinyllama-1.1b, llama2-7b, llama2-13b, llama2-70b)",
        "synth --shape llama-2 --out x | shape: 'llama-2' is not known (one of tinyllama-1.1b, llama2-7b, llama2-13b, llama2-70b)",
        "synth --shape llama2-7b | --out: not given (give the directory to write)",
        "synth --shape llama2-7b --layers 33 --out x | layers: 33 (llama2-7b has 1 to 32)",
        "synth --shape llama2-7b --bits 5 --out x | bits: 5 (2, 3, 4 or 8)",
        "synth --shape llama2-7b --group-size 0 --out x | group size: 0 (-1 for one group, or at least 1)",
        "synth --shape llama2-7b --threads 0 --out x | --threads: 0 (between 1 and 1024)",
        "synth --shape llama2-7b --seed x --out x | --seed: 'x' (a whole number)",
      })
  void mistypedCommandLine(String line, String message) {
    assertThat(Outcome.of(line.split(" ")).requireFault(Fault.USAGE).err())
        .isEqualTo("error: " + message + "\n");
    assertThat(Path.of("x")).doesNotExist();
  }

  @Test
  void directoryThatIsNotEmptyIsRefused() throws IOException {
    Files.writeString(folder.resolve("mine"), "x");
    Outcome outcome =
        Outcome.of(
            "synth",
            "--shape",
            "llama2-70b",
            "--group-size",
            "-1",
            "--act-order",
            "--out",
            folder.toString());
    assertThat(outcome.requireFault(Fault.OUTPUT).err())
        .isEqualTo("error: " + folder + ": not empty (give a new directory or an empty one)\n");
    assertThat(folder.resolve("mine")).hasContent("x");
  }

  @Test
  void tokenizerOfAnotherModelIsRefusedBeforeAnythingIsWritten() {
    Path out = folder.resolve("model");
    for (String tokenizer : new String[] {"", "tokenizer.model", "tokenizer.json"}) {
      Path path = PEBBLE.resolve(tokenizer);
      Outcome outcome =
          Outcome.of(
              "synth",
              "--shape",
              "llama2-7b",
              "--tokenizer",
              path.toString(),
              "--out",
              out.toString());
      assertThat(outcome.requireFault(Fault.FORMAT).err())
          .isEqualTo("error: " + path + ": a tokenizer of 640 ids (llama2-7b has 32000)\n");
    }
    Outcome missing =
        Outcome.of(
            "synth", "--shape", "llama2-7b", "--tokenizer", "no/such", "--out", out.toString());
    missing.requireFault(Fault.MISSING);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void tokenizerFilesGetTheNamesThatAModelDirectoryNeeds() throws IOException {
    assertThat(TokenizerFiles.read(PEBBLE, OF_640))
        .containsOnlyKeys("tokenizer.model", "tokenizer.json", "tokenizer_config.json");
    Path other = folder.resolve("llama.tok");
    Files.copy(PEBBLE.resolve("tokenizer.model"), other);
    Map<String, byte[]> renamed = TokenizerFiles.read(other, OF_640);
    assertThat(renamed).containsOnlyKeys("tokenizer.model");
    assertThat(other).hasBinaryContent(renamed.get("tokenizer.model"));
    assertThat(TokenizerFiles.read(PEBBLE.resolve("tokenizer.json"), OF_640))
        .containsOnlyKeys("tokenizer.json");
  }

  @Test
  void tokenizerThatIsNoneIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), "{}");
    assertThatThrownBy(() -> TokenizerFiles.read(file, OF_640))
        .isInstanceOf(TouchstoneException.class)
        .hasMessageContaining(file.toString());
  }
}
