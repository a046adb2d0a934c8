package touchstone.conformance.contract;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;

/**
 * What every implementation of {@link Kernels} keeps: each operation gives the bits of the definition,
 * which is kernel set {@code scalar}, for awkward sizes, for arrays that begin anywhere, for NaN,
 * infinities, zeros of both signs and subnormals, and for packed codes at both ends; it writes its
 * results and nothing around them, leaves its arguments alone, and refuses shapes that do not fit.
 *
 * <pre>
 * final class MyKernelsTest extends KernelsContract {
 *   {@literal @}Override protected Kernels open() { return new MyKernels(); }
 * }
 * </pre>
 *
 * A failure names set, mode, operation, case and element. Needs JUnit 5 and the module or class path of
 * kernel set {@code scalar}.
 *
 * @rules TOL-1
 */
@SuppressWarnings("exports") // who extends this has JUnit
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class KernelsContract {
  private final Map<Numerics, AgreeingSets> sets = new EnumMap<>(Numerics.class);

  /** Nothing to prepare: the sets are opened before the first test. */
  protected KernelsContract() {}

  /** Opens the kernel set; closed after the last test. */
  protected abstract Kernels open();

  /**
   * Opens it in every way in which it is to be tested: numeric modes, numbers of threads (1, 2, 3 and 7
   * divide work unevenly), memory. All are closed after the last test.
   *
   * @return by what messages are to call each; at least one in mode f32
   */
  protected Map<String, Kernels> openAll() {
    Kernels kernels = open();
    return Map.of("%s on %d threads".formatted(kernels.name(), kernels.threads()), kernels);
  }

  @BeforeAll
  final void openSets() {
    Map<Numerics, Map<String, Kernels>> byMode = new EnumMap<>(Numerics.class);
    openAll()
        .forEach(
            (name, set) ->
                byMode.computeIfAbsent(set.numerics(), _ -> new LinkedHashMap<>()).put(name, set));
    byMode.forEach((mode, named) -> sets.put(mode, new AgreeingSets(mode, named)));
    if (!sets.containsKey(Numerics.F32)) {
      throw new IllegalStateException("a kernel set is tested in mode f32, at least");
    }
  }

  @AfterAll
  final void closeSets() {
    sets.values().forEach(AgreeingSets::close);
    sets.clear();
  }

  private DenseCases dense() {
    return new DenseCases(sets.get(Numerics.F32));
  }

  private ElementwiseCases elementwise() {
    return new ElementwiseCases(sets.get(Numerics.F32));
  }

  private AttentionCases attention() {
    return new AttentionCases(sets.get(Numerics.F32));
  }

  private RefusalCases refusals() {
    return new RefusalCases(sets.get(Numerics.F32));
  }

  /** Products with quantised matrices are what the modes differ in. */
  private void inEveryMode(Consumer<GptqCases> test) {
    sets.values().forEach(agreeing -> test.accept(new GptqCases(agreeing)));
  }

  @Test
  final void denseProductEqualsItsDefinition() {
    dense().productEqualsItsDefinition();
  }

  @Test
  final void denseProductEqualsItsDefinitionForEveryNumberOfRowsAndOutputs() {
    dense().productEqualsItsDefinitionForEveryNumberOfRowsAndOutputs();
  }

  @Test
  final void denseEveryFiniteHalfEqualsItsDefinition() {
    dense().everyFiniteHalfEqualsItsDefinition();
  }

  @Test
  final void denseOneInfiniteWeightAmongFiniteOnesShows() {
    dense().oneInfiniteWeightAmongFiniteOnesShows();
  }

  @Test
  final void denseLongRowsEqualTheirDefinition() {
    dense().longRowsEqualTheirDefinition();
  }

  @Test
  final void denseBiasEqualsItsDefinition() {
    dense().biasEqualsItsDefinition();
  }

  @Test
  final void denseAProductForgetsTheOneBefore() {
    dense().aProductForgetsTheOneBefore();
  }

  @Test
  final void rmsNormEqualsItsDefinition() {
    elementwise().rmsNormEqualsItsDefinition();
  }

  @Test
  final void rmsNormMayOverwriteItsInput() {
    elementwise().rmsNormMayOverwriteItsInput();
  }

  @Test
  final void ropeEqualsItsDefinition() {
    elementwise().ropeEqualsItsDefinition();
  }

  @Test
  final void swiGluEqualsItsDefinition() {
    elementwise().swiGluEqualsItsDefinition();
  }

  @Test
  final void exponentialsOfAStrideOfAllFloatsAgree() {
    elementwise().exponentialsOfAStrideOfAllFloatsAgree();
  }

  @Test
  final void swiGluMayOverwriteItsInputs() {
    elementwise().swiGluMayOverwriteItsInputs();
  }

  @Test
  final void addEqualsItsDefinition() {
    elementwise().addEqualsItsDefinition();
  }

  @Test
  final void scoresEqualTheirDefinition() {
    attention().scoresEqualTheirDefinition();
  }

  @Test
  final void softmaxEqualsItsDefinition() {
    attention().softmaxEqualsItsDefinition();
  }

  @Test
  final void softmaxAgreesWhereverNanAndZerosStand() {
    attention().softmaxAgreesWhereverNanAndZerosStand();
  }

  @Test
  final void exponentialsOfAStrideOfAllNegativeFloatsAgree() {
    attention().exponentialsOfAStrideOfAllNegativeFloatsAgree();
  }

  @Test
  final void mixEqualsItsDefinition() {
    attention().mixEqualsItsDefinition();
  }

  @Test
  final void attendEqualsItsDefinition() {
    attention().attendEqualsItsDefinition();
  }

  @Test
  final void aProductNeedsAsManyInputsAndOutputsAsTheWeight() {
    refusals().aProductNeedsAsManyInputsAndOutputsAsTheWeight();
  }

  @Test
  final void elementwiseOperationsNeedEqualShapes() {
    refusals().elementwiseOperationsNeedEqualShapes();
  }

  @Test
  final void aRotationNeedsOneAngleRowPerTokenAndWholeHeads() {
    refusals().aRotationNeedsOneAngleRowPerTokenAndWholeHeads();
  }

  @Test
  final void scoresNeedAHeadThatIsThereAndPositionsThatAreCached() {
    refusals().scoresNeedAHeadThatIsThereAndPositionsThatAreCached();
  }

  @Test
  final void aMixNeedsAHeadThatIsThereAndPositionsThatAreCached() {
    refusals().aMixNeedsAHeadThatIsThereAndPositionsThatAreCached();
  }

  @Test
  final void attentionNeedsWholeHeadsEqualRowsAndPositionsThatAreCached() {
    refusals().attentionNeedsWholeHeadsEqualRowsAndPositionsThatAreCached();
  }

  @Test
  final void headsThatDoNotShareEvenlyAreRefused() {
    refusals().headsThatDoNotShareEvenlyAreRefused();
  }

  @Test
  final void quantisedEveryLayoutEqualsItsDefinition() {
    inEveryMode(GptqCases::everyLayoutEqualsItsDefinition);
  }

  @Test
  final void quantisedEveryNumberOfRowsAndKindOfNumberEqualsItsDefinition() {
    inEveryMode(GptqCases::everyNumberOfRowsAndKindOfNumberEqualsItsDefinition);
  }

  @Test
  final void quantisedEveryNumberOfOutputsEqualsItsDefinition() {
    inEveryMode(GptqCases::everyNumberOfOutputsEqualsItsDefinition);
  }

  @Test
  final void quantisedGroupsOfAnySizeEqualTheirDefinition() {
    inEveryMode(GptqCases::groupsOfAnySizeEqualTheirDefinition);
  }

  @Test
  final void quantisedAZeroPointOfZeroShowsWhereASumIsInfinite() {
    for (GptqCase.Codes fill :
        new GptqCase.Codes[] {GptqCase.Codes.CENTRED, GptqCase.Codes.NEARLY_CENTRED}) {
      new GptqCases(sets.get(Numerics.F32)).aZeroPointOfZeroShowsWhereASumIsInfinite(fill);
    }
  }

  @Test
  final void quantisedAProductForgetsTheOneBefore() {
    inEveryMode(GptqCases::aProductForgetsTheOneBefore);
  }
}
