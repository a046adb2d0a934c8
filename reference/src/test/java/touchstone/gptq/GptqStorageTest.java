package touchstone.gptq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;

@Tag("GPTQ-11")
class GptqStorageTest {
  private static LlamaConfig llama70b(boolean tied) {
    return new LlamaConfig(
        32000,
        8192,
        28672,
        80,
        64,
        8,
        128,
        4096,
        1e-5f,
        10000,
        new RopeScaling.None(),
        tied,
        false,
        false,
        1,
        List.of(2));
  }

  private static GptqConfig gptq(int bits, int groupSize) {
    return new GptqConfig(
        bits,
        groupSize,
        true,
        true,
        ZeroPointFormat.V1,
        OptionalDouble.empty(),
        false,
        true,
        Optional.empty());
  }

  /** The sizes that the card of the 70B model gives in GB, to the byte. */
  @ParameterizedTest
  @CsvSource({
    "4,  -1, 35331866624",
    "4, 128, 36652007424",
    "4,  64, 37988941824",
    "4,  32, 40662810624",
    "3,  -1, 26774646784",
    "3, 128, 28028780544",
    "3,  64, 29298868224",
    "3,  32, 31839043584",
    "8,  -1, 69560745984",
    "8, 128, 71144914944",
  })
  void seventyBillionParametersTakeTheBytesOfTheirFiles(int bits, int groupSize, long bytes) {
    assertThat(GptqStorage.totalBytes(llama70b(false), gptq(bits, groupSize))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"4, 128", "3, -1"})
  void tiedEmbeddingsAreCountedOnce(int bits, int groupSize) {
    long both = GptqStorage.totalBytes(llama70b(false), gptq(bits, groupSize));
    assertThat(GptqStorage.totalBytes(llama70b(true), gptq(bits, groupSize)))
        .isEqualTo(both - 2L * 32000 * 8192);
  }
}
