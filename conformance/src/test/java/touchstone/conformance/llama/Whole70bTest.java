package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.conformance.suite.Vector;
import touchstone.tensor.Activations;

/**
 * All 80 layers of a 70B, on both kernel sets, in the memory of one layer. Minutes, so it runs only
 * with {@code mvn verify -Pfull-70b}.
 */
@Tag("full-70b")
class Whole70bTest {
  private static final String WHOLE = "llama2-70b-4bit-128g-actorder";

  /** SHA-256 of the logits after every token of the prompt, of both kernel sets. */
  private static final String SHA256 =
      "8ddd668578307a1dbfd702ea0dc8885606ecf4623441966489a66ddf162ad052";

  @ParameterizedTest
  @ValueSource(strings = {"simd", "scalar"})
  @Tag("TOL-1")
  @Tag("TOL-3")
  void theForwardPassHasTheLogitsOfTheTruthAndTheCommittedBits(String set) {
    Vector golden = SyntheticGoldens.vector(WHOLE, "three");
    long start = System.nanoTime();
    SyntheticGoldens.stream(
        golden,
        set,
        model -> {
          Activations logits = SyntheticGoldens.requireGolden(model, golden);
          System.out.printf(
              "70B on %s: %d tokens in %s%n",
              set, logits.rows(), Duration.ofNanos(System.nanoTime() - start));
          assertThat(SyntheticGoldens.sha256(logits)).isEqualTo(SHA256);
        });
  }
}
