package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.golden.GoldenData;
import touchstone.kernels.KernelsProvider;

/**
 * A weight file that is cut short while compiled kernels read it ends a command with one line and the
 * documented code. A vector load from the mapping would end the virtual machine instead.
 */
@Tag("CKPT-13")
final class CutShortTest {
  private static final String COMPILED = "compiled";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scalar | f32  | GptqMatrix  | false | tiny-gptq-4bit-128g | 1 | kernels.scalar.GptqLinear::multiply",
        "simd   | f32  | DenseMatrix | false | tiny-fp16-tied      | 1 | kernels.simd.HalfDots::dots",
        "simd   | f32  | DenseMatrix | false | tiny-fp16-tied      | 1,2 | kernels.simd.WidenedRows::copy",
        "simd   | f32  | DenseMatrix | true  | tiny-fp16-tied      | 1 | kernels.simd.WidenedRows::isFinite",
        "simd   | f32  | GptqMatrix  | false | tiny-gptq-4bit-128g | 1 | kernels.simd.F32Row::multiply",
        "simd   | int8 | GptqMatrix  | false | tiny-gptq-3bit-32g-actorder-bias | 1,2,3,4 | kernels.simd.Int8Rows3::multiply",
        "simd   | int8 | GptqMatrix  | true  | tiny-gptq-4bit-128g | 1 | kernels.simd.TilePacker::packWords",
      })
  void endsWithOneLineWhileCompiledCodeReadsIt(
      String set,
      String numerics,
      String weight,
      boolean preparing,
      String model,
      String tokens,
      String reader)
      throws IOException, URISyntaxException {
    Path copy = Models.copy(GoldenData.path("models/" + model), folder.resolve(model));
    Launched.Finished finished =
        Launched.in(folder)
            .java("-cp", classPath())
            .java("-D" + CutShortKernels.FILE + "=" + copy.resolve("model.safetensors"))
            .java("-D" + CutShortKernels.SET + "=" + set)
            .java("-D" + CutShortKernels.WEIGHT + "=" + weight)
            .java("-D" + CutShortKernels.PREPARING + "=" + preparing)
            .java("-Xbatch", "-XX:-TieredCompilation")
            .java("-Xlog:jit+compilation=debug:file=" + folder.resolve(COMPILED))
            .run(
                "logits",
                "-m",
                copy.toString(),
                "--kernels",
                CutShortKernels.NAME,
                "--numerics",
                numerics,
                "--threads",
                "2",
                "--prepared-memory",
                preparing ? "1g" : "0",
                "-t",
                tokens);
    assertThat(finished.requireFault(82)).startsWith("error: model: a file was cut short");
    assertThat(folder.resolve(COMPILED)).content().contains("touchstone." + reader + " ");
  }

  /** The classes of the tests, and a folder that offers the kernel set among them as a service. */
  private String classPath() throws IOException, URISyntaxException {
    Path services = Files.createDirectories(folder.resolve("service/META-INF/services"));
    Files.writeString(
        services.resolve(KernelsProvider.class.getName()), CutShortKernels.class.getName());
    Path here = Path.of(CutShortKernels.class.getResource("CutShortKernels.class").toURI());
    return folder.resolve("service") + File.pathSeparator + here.resolve("../../../..").normalize();
  }
}
