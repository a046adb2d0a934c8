package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import touchstone.error.Fault;
import touchstone.golden.GoldenData;

/**
 * What a command did, run in this process on byte arrays. There are no kernels here, so what computes
 * is tested in the conformance module.
 */
record Outcome(int code, byte[] outBytes, String out, String err) {

  static Outcome of(String... arguments) {
    return withInput(new byte[0], arguments);
  }

  static Outcome withInput(String input, String... arguments) {
    return withInput(input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  static Outcome withInput(byte[] input, String... arguments) {
    System.setProperty("touchstone.home", GoldenData.root().getParent().toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal = new Terminal(new ByteArrayInputStream(input), out, err, false, false);
    int code = Main.run(terminal, arguments);
    return new Outcome(
        code,
        out.toByteArray(),
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }

  /** Nothing on the error stream, exit code 0; gives the results. */
  String requireResult() {
    assertThat(err).isEmpty();
    assertThat(code).isZero();
    return out;
  }

  /** One line {@code error: where: found (cure)}, no result and the fault's exit code. */
  Outcome requireFault(Fault fault) {
    assertThat(err).matches("error: [^\\n]+: [^\\n]+ \\([^\\n]+\\)\\n");
    assertThat(code).as(err).isEqualTo(fault.exitCode());
    assertThat(out).isEmpty();
    return this;
  }
}
