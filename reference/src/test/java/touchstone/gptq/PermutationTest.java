package touchstone.gptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.synthetic.ModelShape;

class PermutationTest {
  @Test
  @Tag("BRANCH-1")
  void branchesAreCalledAsOnTheCard() {
    assertThat(Permutation.card())
        .extracting(Permutation::branch)
        .containsExactly(
            "main",
            "gptq-4bit-128g-actorder_True",
            "gptq-4bit-32g-actorder_True",
            "gptq-3bit--1g-actorder_True",
            "gptq-3bit-128g-actorder_True",
            "gptq-3bit-32g-actorder_True");
  }

  @Test
  @Tag("BRANCH-1")
  void theOneInMainHasANameTooAndOthersAreNotInMain() {
    assertThat(Permutation.card().getFirst().name()).isEqualTo("gptq-4bit--1g-actorder_True");
    assertThat(new Permutation(4, GptqConfig.NO_GROUPS, false).branch())
        .isEqualTo("gptq-4bit--1g-actorder_False");
    assertThat(new Permutation(8, 64, false).branch()).isEqualTo("gptq-8bit-64g-actorder_False");
  }

  /** Sizes in hundredths of a GB, as the card of the 70B rounds them. */
  @Test
  @Tag("GPTQ-11")
  void sizesAreThoseOfTheCard() {
    List<Long> hundredths =
        Permutation.card().stream()
            .map(
                permutation ->
                    GptqStorage.totalBytes(
                        ModelShape.named("llama2-70b").config(), permutation.quantisation()))
            .map(bytes -> Math.round(bytes / 1e7))
            .toList();
    assertThat(hundredths).containsExactly(3533L, 3665L, 4066L, 2677L, 2803L, 3184L);
  }

  @Test
  @Tag("BRANCH-2")
  void exLlamaReadsFourBitsOnly() {
    assertThat(Permutation.card())
        .extracting(Permutation::readByExLlama)
        .containsExactly(true, true, true, false, false, false);
    assertThat(new Permutation(8, 128, true).readByExLlama()).isFalse();
    assertThat(new Permutation(2, 128, true).readByExLlama()).isFalse();
  }

  @Test
  void quantisationHasTheParametersAndWhatAllOfThemShare() {
    GptqConfig gptq = new Permutation(3, 32, true).quantisation();
    assertThat(gptq.bits()).isEqualTo(3);
    assertThat(gptq.groupSize()).isEqualTo(32);
    assertThat(gptq.actOrder()).isTrue();
    assertThat(gptq.symmetric()).isTrue();
    assertThat(gptq.trueSequential()).isTrue();
    assertThat(gptq.dampPercent()).hasValue(0.1);
    assertThat(gptq.zeroPoints()).isEqualTo(ZeroPointFormat.V1);
  }

  @Test
  void descriptionsTellGroupsApart() {
    assertThat(Permutation.card())
        .extracting(Permutation::description)
        .doesNotHaveDuplicates()
        .element(4)
        .isEqualTo(
            "3-bit, a scale for every 128 inputs: closer to the original, little more memory");
  }

  @Test
  void widthsThatNobodyReadsAreRefused() {
    assertThatThrownBy(() -> new Permutation(5, 128, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bits must be 2, 3, 4 or 8, got 5");
    assertThatThrownBy(() -> new Permutation(4, 0, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("group_size must be -1 or > 0, got 0");
  }
}
