package touchstone.conformance.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The bits do not depend on how wide the vectors are or on who runs the code: the interpreter, C1 or
 * C2. Each setting needs a virtual machine of its own.
 */
final class VirtualMachineTest {
  private static final String MODULE = "touchstone.conformance";
  private static final int[] VECTOR_BYTES = {16, 32, 64};

  /** C2 alone and early, so that a few rounds run its code. */
  private static final List<String> COMPILED =
      List.of("-Xbatch", "-XX:-TieredCompilation", "-XX:CompileThresholdScaling=0.1");

  private static final int UNTIL_COMPILED = 8;

  @Test
  @Tag("NUM-1")
  @Tag("EXP-1")
  @Tag("TOL-1")
  void everySettingOfTheVirtualMachineReturnsTheSameBits() throws Exception {
    Set<String> digests = new TreeSet<>();
    for (int bytes : VECTOR_BYTES) {
      if (bytes * Byte.SIZE <= ResultDigest.vectorBits()) {
        List<String> options = new ArrayList<>(COMPILED);
        options.add("-XX:MaxVectorSize=" + bytes);
        digests.addAll(digests(bytes * Byte.SIZE, UNTIL_COMPILED, options));
      } else {
        System.out.println("not tested: this machine has no vectors of " + bytes + " bytes");
      }
    }
    int widest = ResultDigest.vectorBits();
    digests.addAll(digests(widest, 1, List.of("-Xint")));
    digests.addAll(digests(widest, 4, List.of("-XX:TieredStopAtLevel=1")));
    assertThat(digests).hasSize(1);
  }

  /** The digests of both sets under some options, once it is sure that they ran at that width. */
  private static Set<String> digests(int vectorBits, int rounds, List<String> options)
      throws Exception {
    List<String> command = new ArrayList<>(options);
    command.addAll(
        List.of(
            "-p",
            System.getProperty("jdk.module.path"),
            "--patch-module",
            MODULE + "=" + testClasses(),
            "-m",
            MODULE + "/" + ResultDigest.class.getName(),
            Integer.toString(rounds)));
    List<String> lines = run(command);
    assertThat(lines).as("%s", options).hasSize(1 + EverySet.NAMES.length);
    assertThat(lines.getFirst()).isEqualTo("vectors: " + vectorBits);
    Set<String> digests = new TreeSet<>();
    for (int set = 0; set < EverySet.NAMES.length; set++) {
      String[] words = lines.get(set + 1).split(" ");
      assertThat(words).startsWith("digest:", EverySet.NAMES[set]);
      digests.add(words[2]);
    }
    return digests;
  }

  @Test
  void withoutTheVectorModuleAutoMeansTheScalarSet() throws Exception {
    String classPath = System.getProperty("jdk.module.path") + File.pathSeparator + testClasses();
    List<String> lines = run(List.of("-cp", classPath, OpenAuto.class.getName()));
    assertThat(lines).containsExactly("scalar");
  }

  private static Path testClasses() throws URISyntaxException {
    Path here = Path.of(ResultDigest.class.getResource("ResultDigest.class").toURI());
    return here.resolve("../../../..").normalize();
  }

  private static List<String> run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    Process java =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as("%s%n%s", command, output).isZero();
    return output.lines().toList();
  }
}
