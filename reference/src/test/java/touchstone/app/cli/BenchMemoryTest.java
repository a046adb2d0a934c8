package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticModel;

/** A model that does not fit is refused before it is made. */
class BenchMemoryTest {
  private static final long GIGA = 1L << 30;
  private static final BenchMemory SMALL = new BenchMemory(4 * GIGA, 16 * GIGA);
  private static final List<BenchTest> TESTS =
      List.of(new BenchTest.Prompt(512), new BenchTest.Generation(64, 8));

  private static SyntheticModel model(int layers) {
    return new SyntheticModel(ModelShape.named("llama2-70b").withLayers(layers), 4, 128, false, 0);
  }

  private static TouchstoneException refusal(BenchMemory memory, int layers, boolean inHeap) {
    TouchstoneException refusal =
        catchThrowableOfType(
            TouchstoneException.class, () -> memory.require(model(layers), TESTS, inHeap));
    assertThat(refusal.fault()).isEqualTo(Fault.LIMIT);
    return refusal;
  }

  @Test
  void theRefusalNamesTheBytesAndTheFlagThatHelps() {
    assertThat(refusal(SMALL, 80, false).getMessage())
        .matches(
            "--shape: llama2-70b with 80 layers needs \\d{11} bytes \\([0-9.]+ GB\\) of memory, "
                + "this machine has room for 17179869184 bytes \\(17.2 GB\\) \\(take --layers \\d+ or fewer\\)");
    assertThat(refusal(SMALL, 20, true).getMessage())
        .contains("Java's heap may take 4294967296 bytes (4.3 GB) (take --layers ")
        .contains(" or fewer, or give Java more with TOUCHSTONE_JAVA_OPTIONS=-Xmx");
  }

  @Test
  void theLayersThatItNamesFitAndOneMoreDoesNot() {
    for (boolean inHeap : new boolean[] {true, false}) {
      String message = refusal(SMALL, 80, inHeap).getMessage();
      int layers = Integer.parseInt(message.replaceAll(".*--layers (\\d+) .*", "$1"));
      assertThatCode(() -> SMALL.require(model(layers), TESTS, inHeap)).doesNotThrowAnyException();
      refusal(SMALL, layers + 1, inHeap);
    }
  }

  @Test
  void theMemoryThatItNamesIsEnough() {
    String message = refusal(new BenchMemory(GIGA, 16 * GIGA), 20, true).getMessage();
    long heap = Long.parseLong(message.replaceAll(".*-Xmx(\\d+)m.*", "$1")) << 20;
    assertThatCode(() -> new BenchMemory(heap, 16 * GIGA).require(model(20), TESTS, true))
        .doesNotThrowAnyException();
  }

  @Test
  void whereNotEvenALayerFitsOnlyMoreMemoryHelps() {
    assertThat(refusal(new BenchMemory(GIGA / 2, 16 * GIGA), 80, false).getMessage())
        .contains("(give Java more with TOUCHSTONE_JAVA_OPTIONS=-Xmx")
        .doesNotContain("--layers");
  }

  @Test
  void everyByteOfTheWeightsCounts() {
    SyntheticModel whole = model(80);
    long stored = GptqStorage.totalBytes(whole.config(), whole.quantisation());
    long gains = 161 * 8192 * Short.BYTES;
    assertThatThrownBy(
            () -> new BenchMemory(stored, stored - gains).require(whole, List.of(), false))
        .isInstanceOf(TouchstoneException.class);
    assertThatCode(() -> new BenchMemory(2 * stored, stored + GIGA).require(whole, List.of(), true))
        .doesNotThrowAnyException();
  }
}
