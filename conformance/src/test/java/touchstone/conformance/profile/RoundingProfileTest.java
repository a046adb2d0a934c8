package touchstone.conformance.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Suite;
import touchstone.golden.GoldenData;
import touchstone.gptq.GptqMatrix;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.LinearModule;
import touchstone.llama.Probe;
import touchstone.tensor.Activations;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/**
 * The profiles against what Transformers computed. From recorded values every step gives numbers that
 * its exact result, its rounding points and the error bound of binary32 sums leave possible, as
 * Transformers does; and without any one rounding point it does not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoundingProfileTest {
  private static final Set<RoundingPoint> ALL = EnumSet.allOf(RoundingPoint.class);
  private static final int FEWEST_PASSES = 14;
  private static final String QUANTISED = "models/tiny-gptq-4bit-32g-asym-flood";

  private Suite suite;
  private Kernels base;
  private List<RecordedPass> passes;
  private List<PossibleValues> judged; // the passes whose every step can be judged

  @BeforeAll
  void open() {
    suite = Suite.open(GoldenData.root());
    base = KernelSets.open("scalar", Numerics.F32, 1);
    passes = RecordedPass.of(suite);
    assertThat(passes).hasSizeGreaterThanOrEqualTo(FEWEST_PASSES);
    judged =
        passes.stream()
            .filter(pass -> pass.hasProbes() || pass.isAttention())
            .map(RoundingProfileTest::possible)
            .toList();
  }

  @AfterAll
  void close() {
    base.close();
    suite.close();
  }

  private static PossibleValues possible(RecordedPass pass) {
    return pass.hasProbes() ? PossibleValues.ofProbes(pass) : PossibleValues.ofAttention(pass);
  }

  /** What the rules say is what Transformers does, and it is said so sharply that it means something. */
  @TestFactory
  Stream<DynamicTest> everyValueOfTransformersIsPossible() {
    return judged.stream()
        .map(
            values ->
                DynamicTest.dynamicTest(
                    values.pass().vector().id(),
                    () -> {
                      assertThat(values.impossible(values.recorded())).isEmpty();
                      assertThat(values.decided()).isGreaterThan(decided(values.pass()));
                    }));
  }

  /** What docs/results/profiles.md says of whole passes; of attention, most. */
  private static double decided(RecordedPass pass) {
    return pass.isAttention() ? 0.5 : pass.profile() == RoundingProfile.HF_FP16 ? 0.84 : 0.97;
  }

  /** So the profile and Transformers differ only where either of two numbers is right. */
  @TestFactory
  @Tag("PROFILE-1")
  @Tag("PROFILE-4")
  @Tag("PROFILE-5")
  @Tag("PROFILE-6")
  @Tag("PROFILE-7")
  @Tag("PROFILE-8")
  @Tag("PROFILE-9")
  @Tag("PROFILE-10")
  Stream<DynamicTest> everyStepFromRecordedValuesIsPossible() {
    return judged.stream()
        .map(
            values ->
                DynamicTest.dynamicTest(
                    values.pass().vector().id(),
                    () -> assertThat(values.impossible(values.own(base))).isEmpty()));
  }

  /** All but one that is only about quantised weights, which have a test of their own. */
  @TestFactory
  @Tag("PROFILE-1")
  Stream<DynamicTest> aRoundingPointThatIsLeftOutIsSeen() {
    return Stream.of(RoundingProfile.values())
        .flatMap(
            profile ->
                EnumSet.complementOf(EnumSet.of(RoundingPoint.DEQUANTISED)).stream()
                    .map(
                        point ->
                            DynamicTest.dynamicTest(
                                profile.label() + " without " + point,
                                () -> requireSeen(profile, point))));
  }

  private void requireSeen(RoundingProfile profile, RoundingPoint left) {
    Set<RoundingPoint> others = EnumSet.complementOf(EnumSet.of(left));
    assertThat(judged.stream().filter(values -> values.pass().profile() == profile))
        .anySatisfy(values -> assertThat(values.impossible(values.own(base, others))).isNotEmpty());
  }

  /** The distance that the library itself shows when its sums have other orders. */
  @TestFactory
  @Tag("PROFILE-1")
  Stream<DynamicTest> resultsAreAsFarFromTransformersAsItsOwnInOtherOrders() {
    return passes.stream()
        .filter(pass -> !pass.isAttention())
        .map(
            pass ->
                DynamicTest.dynamicTest(
                    pass.vector().id(),
                    () -> assertThat(distance(pass)).isLessThanOrEqualTo(allowed(pass, "logits"))));
  }

  private double distance(RecordedPass pass) {
    Activations found = pass.forward(base, ALL, Probe.NONE);
    Tensor expected = pass.values().get("logits");
    double largest = 0;
    for (int i = 0; i < expected.elements(); i++) {
      largest = Math.max(largest, Math.abs(expected.floatAt(i) - (double) found.values()[i]));
    }
    return largest;
  }

  private static double allowed(RecordedPass pass, String output) {
    Expectation.Valid valid = (Expectation.Valid) pass.vector().expectation();
    Accept.Spread spread = (Accept.Spread) valid.outputs().get(output).accept();
    return spread.factor() * spread.spread().get(pass.profile().judgedAs().label());
  }

  @ParameterizedTest
  @EnumSource(RoundingProfile.class)
  @Tag("PROFILE-2")
  @Tag("PROFILE-3")
  void quantisedWeightsAreRoundedToBinary16AndThenToTheType(RoundingProfile profile) {
    try (CheckpointDirectory stored = CheckpointDirectory.open(GoldenData.path(QUANTISED), true)) {
      assertThat(unlike(profile, stored, ALL)).isZero();
      Set<RoundingPoint> once = EnumSet.complementOf(EnumSet.of(RoundingPoint.DEQUANTISED));
      if (profile == RoundingProfile.HF_FP16) {
        assertThat(unlike(profile, stored, once)).isZero(); // the second rounding is the first
      } else {
        assertThat(unlike(profile, stored, once)).isPositive();
      }
      assertThat(unlike(profile, stored, EnumSet.noneOf(RoundingPoint.class))).isPositive();
    }
  }

  /** How many weights are not what the rules say. */
  private static long unlike(
      RoundingProfile profile, CheckpointDirectory stored, Set<RoundingPoint> points) {
    return LinearModule.ofAllLayers(stored.config())
        .mapToLong(
            module -> {
              GptqMatrix quantised = (GptqMatrix) stored.matrix(module.name());
              WeightMatrix held = profile.checkpoint(stored, points).matrix(module.name());
              long unlike = 0;
              for (int n = 0; n < quantised.rows(); n++) {
                for (int k = 0; k < quantised.columns(); k++) {
                  double exact = quantised.dequantise(n, k); // binary16 scales: no rounding
                  double twice = Grid.round(profile.type(), Grid.round(HalfType.F16, exact));
                  unlike += held.dequantise(n, k) == twice ? 0 : 1;
                }
              }
              return unlike;
            })
        .sum();
  }

  @Test
  void aProfileIsFoundByItsLabel() {
    assertThat(RoundingProfile.of("hf-bf16")).contains(RoundingProfile.HF_BF16);
    assertThat(RoundingProfile.of("f16")).isEmpty();
  }

  @Test
  void aProfileRoundsWhatModeF32Computes() {
    try (Kernels int8 = KernelSets.open("scalar", Numerics.INT8, 1)) {
      assertThatThrownBy(() -> RoundingProfile.HF_FP16.kernels(int8)).hasMessageContaining("int8");
    }
  }
}
