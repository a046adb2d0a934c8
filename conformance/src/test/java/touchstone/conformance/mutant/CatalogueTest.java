package touchstone.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import touchstone.conformance.own.Seams;

/** The catalogue is in order. */
class CatalogueTest {
  private static final int FEWEST = 60;

  @Test
  void namesAreSlugsAndBelongToOneMutantOrVariant() {
    List<String> names =
        Stream.concat(
                Catalogue.mutants().stream().map(Mutant::id),
                Catalogue.variants().stream().map(Variant::id))
            .toList();
    assertThat(names).hasSizeGreaterThan(FEWEST).doesNotHaveDuplicates();
    assertThat(names).allMatch(name -> name.matches("[a-z0-9]+(-[a-z0-9]+)*"));
  }

  @Test
  void everyMutantSaysWhatHowAndWhy() {
    assertThat(Catalogue.mutants())
        .allSatisfy(
            mutant -> {
              assertThat(mutant.title()).isNotBlank().doesNotEndWith(".");
              assertThat(mutant.symptom()).isNotBlank().endsWith(".");
              assertThat(mutant.cause()).isNotBlank().endsWith(".");
              assertThat(mutant.links()).allMatch(link -> link.startsWith("https://"));
            });
  }

  /** Whether {@code Seams} grew a seam that a deviation forgot is seen where nothing is replaced. */
  @Test
  void everyMutantReplacesASeam() {
    assertThat(Catalogue.mutants())
        .allSatisfy(
            mutant ->
                assertThat(
                        Arrays.stream(mutant.seams().getClass().getDeclaredMethods())
                            .filter(method -> isSeam(method.getName())))
                    .as(mutant.id())
                    .isNotEmpty());
  }

  private static boolean isSeam(String method) {
    return Arrays.stream(Seams.class.getDeclaredMethods())
        .anyMatch(seam -> seam.getName().equals(method));
  }
}
