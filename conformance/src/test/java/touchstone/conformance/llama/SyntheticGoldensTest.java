package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import touchstone.conformance.suite.Vector;
import touchstone.golden.GoldenData;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.tensor.Tensor;

/** Synthetic checkpoints are those of the specification, and so are their logits. */
class SyntheticGoldensTest {
  private static final String TWO_LAYERS = "llama2-70b-2layers-4bit-128g-actorder";

  /** SHA-256 of the logits after every token, of both kernel sets; TOL-1 fixes them. */
  private static final String TWO_LAYERS_SHA256 =
      "396cc86df774fbc7058d3c1ad0d60c6f9caef6d75bf75239b955c977e9fcfbc9";

  @TestFactory
  @Tag("SYNTH-1")
  @Tag("SYNTH-2")
  @Tag("SYNTH-3")
  @Tag("SYNTH-4")
  @Tag("SYNTH-5")
  Stream<DynamicTest> everyTensorIsTheOneThatAnotherProgramMade() {
    JsonNode draws = GoldenVectors.json(GoldenData.path("vectors/synthetic/draws.json"));
    assertThat(draws.get("tensors").size()).isGreaterThan(50);
    return StreamSupport.stream(draws.get("tensors").spliterator(), false)
        .filter(tensor -> !tensor.has("row"))
        .map(
            tensor ->
                DynamicTest.dynamicTest(
                    tensor.get("golden").asText() + " " + tensor.get("name").asText(),
                    () -> requireTensor(tensor)));
  }

  private static void requireTensor(JsonNode expected) {
    Vector golden = SyntheticGoldens.vectors(expected.get("golden").asText()).getFirst();
    try (SyntheticCheckpoint checkpoint =
        new SyntheticCheckpoint(SyntheticGoldens.model(golden), 2)) {
      Tensor tensor = checkpoint.tensor(expected.get("name").asText());
      assertThat(tensor.dtype().name()).isEqualTo(expected.get("dtype").asText());
      List<Long> shape =
          StreamSupport.stream(expected.get("shape").spliterator(), false)
              .map(JsonNode::asLong)
              .toList();
      assertThat(tensor.shape()).isEqualTo(shape);
      assertThat(SyntheticGoldens.sha256(tensor.data().toArray(ValueLayout.JAVA_BYTE)))
          .isEqualTo(expected.get("sha256").asText());
    }
  }

  @TestFactory
  @Tag("SYNTH-6")
  @Tag("TOL-3")
  @Tag("TOL-4")
  Stream<DynamicTest> everySmallCheckpointHasTheLogitsOfTheTruthOnBothSets() {
    List<Vector> small =
        GoldenVectors.of("synthetic").stream()
            .filter(vector -> vector.topic().startsWith("synthetic/tiny-"))
            .toList();
    assertThat(small.stream().map(Vector::topic).distinct()).hasSizeGreaterThanOrEqualTo(8);
    return small.stream()
        .flatMap(
            vector ->
                Stream.of("scalar", "simd")
                    .map(
                        set ->
                            DynamicTest.dynamicTest(
                                vector.id() + " " + set,
                                () ->
                                    SyntheticGoldens.stream(
                                        vector,
                                        set,
                                        model -> SyntheticGoldens.requireGolden(model, vector)))));
  }

  /** The layers of a 70B at full width, without their number. */
  @Test
  @Tag("TOL-1")
  @Tag("TOL-3")
  void twoLayersOfA70bHaveTheLogitsOfTheTruthAndTheSameBitsOnBothSets() {
    Vector golden = SyntheticGoldens.vector(TWO_LAYERS, "three");
    for (String set : List.of("simd", "scalar")) {
      SyntheticGoldens.stream(
          golden,
          set,
          model ->
              assertThat(SyntheticGoldens.sha256(SyntheticGoldens.requireGolden(model, golden)))
                  .as(set)
                  .isEqualTo(TWO_LAYERS_SHA256));
    }
  }
}
