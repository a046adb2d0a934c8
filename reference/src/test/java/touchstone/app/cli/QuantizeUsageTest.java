package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.Fault;
import touchstone.golden.GoldenData;

/** The command quantize, up to where it would compute. */
class QuantizeUsageTest {
  private static final String PEBBLE = GoldenData.path("models/pebble").toString();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--out x | --model: not given (give a model that is not quantised)",
        "--model m | --out: not given (give the directory to write)",
        "--model m --out x --bits 5 | --bits: 5 (2, 3, 4 or 8)",
        "--model m --out x --group-size 0 | --group-size: 0 (-1 for one group, or at least 1)",
        "--model m --out x --damp 1 | --damp: 1.0 (more than 0 and less than 1)",
        "--model m --out x --method awq | --method: 'awq' (one of GPTQ, RTN)",
        "--model m --out x --method rtn --act-order | --method: rtn (it has neither --act-order nor --static-groups)",
        "--model m --out x --all-six --bits 4 | --all-six: with --bits or --group-size (it takes both in turn)",
        "--model m --out x --threads 0 | --threads: 0 (between 1 and 1024)",
        "--model m --out x --sym --asym | --sym: with --asym (one of them)",
      })
  void mistypedCommandLine(String line, String message) {
    assertThat(Outcome.of(("quantize " + line).split(" ")).requireFault(Fault.USAGE).err())
        .isEqualTo("error: " + message + "\n");
    assertThat(Path.of("x")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "USAGE | --dataset: not given (give a text, or --method rtn) | ",
        "USAGE | --samples: 0 (at least 1) | --dataset T --samples 0",
        "USAGE | --seq-len: 0 (at least 1) | --dataset T --seq-len 0",
        "LIMIT | --seq-len: 1025 (at most the 1024 of this model's context) | --dataset T --seq-len 1025",
        "LIMIT | T: 7 tokens (samples of 10 need at least 11; take a longer text or a shorter --seq-len) | --dataset T --seq-len 10",
        "MISSING | none.txt: no such file (check the name; - reads standard input) | --dataset none.txt",
      })
  void badCalibrationData(Fault fault, String message, String options) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "Hello world");
    String line = "quantize --model M --out O " + (options == null ? "" : options);
    String[] arguments = line.strip().split(" ");
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          switch (arguments[i]) {
            case "M" -> PEBBLE;
            case "O" -> folder.resolve("out").toString();
            case "T" -> text.toString();
            default -> arguments[i];
          };
    }
    assertThat(Outcome.of(arguments).requireFault(fault).err())
        .isEqualTo("error: " + message.replaceAll("^T:", text + ":") + "\n");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void quantisedModelIsRefused() {
    String model = PEBBLE + "-gptq-4bit-32g";
    String out = folder.resolve("out").toString();
    assertThat(
            Outcome.of("quantize", "--model", model, "--out", out, "--method", "rtn")
                .requireFault(Fault.UNSUPPORTED)
                .err())
        .startsWith("error: " + model + ": a model that is already quantised (");
  }

  @Test
  void directoryThatIsNotEmptyIsRefusedBeforeTheTextIsRead() throws IOException {
    Files.writeString(folder.resolve("mine"), "x");
    assertThat(
            Outcome.of("quantize", "--model", PEBBLE, "--out", folder.toString())
                .requireFault(Fault.OUTPUT)
                .err())
        .isEqualTo("error: " + folder + ": not empty (give a new directory or an empty one)\n");
  }
}
