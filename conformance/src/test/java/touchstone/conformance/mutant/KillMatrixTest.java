package touchstone.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import touchstone.golden.GoldenData;

/**
 * The suite tells every known mistake from what is none. By default each mutant is run as far as the
 * first vector that it fails, and each variant over all but those of the trained models; with {@code
 * -Dtouchstone.mutants.write=true} both over all, which takes minutes, and docs/mutants.md, its table
 * and its picture are written instead of compared.
 */
class KillMatrixTest {
  private static final boolean WRITE = Boolean.getBoolean("touchstone.mutants.write");
  private static final Path DOCS = GoldenData.root().resolveSibling("docs");
  private static final Path TABLE = DOCS.resolve("data/kill-matrix.csv");
  private static final Path PICTURE = DOCS.resolve("images/kill-matrix.svg");
  private static final Path PAGE = DOCS.resolve("mutants.md");
  private static final String CURE =
      "%s; run KillMatrixTest with -Dtouchstone.mutants.write=true to bring it up to date";
  private static final KillMatrix MATRIX = new KillMatrix();

  @AfterAll
  static void close() {
    MATRIX.close();
  }

  @Test
  void everyMutantFailsARequiredVectorAndThePageSaysWhich() throws IOException {
    List<KillMatrix.Row> rows = MATRIX.rows(WRITE ? Integer.MAX_VALUE : 1);
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.failures()).as(row.mutant().id()).isNotEmpty());
    if (WRITE) {
      Files.writeString(TABLE, KillTable.of(MATRIX.required(), rows).csv());
    }
    KillTable table = KillTable.read(Files.readString(TABLE));
    assertThat(firsts(table))
        .as(CURE, TABLE)
        .isEqualTo(firsts(KillTable.of(MATRIX.required(), rows)));
    requireUpToDate(PICTURE, picture -> KillPicture.of(table));
    requireUpToDate(PAGE, page -> MutantsPage.of(page, table));
  }

  private static List<String> firsts(KillTable table) {
    return table.lines().stream()
        .map(line -> line.mutant() + " fails first " + line.first())
        .collect(Collectors.toList());
  }

  private static void requireUpToDate(Path file, Function<String, String> content)
      throws IOException {
    String found = Files.exists(file) ? Files.readString(file) : "";
    String expected = content.apply(found);
    if (WRITE) {
      Files.writeString(file, expected);
    } else {
      assertThat(found).as(CURE, file).isEqualTo(expected);
    }
  }

  @Test
  void everyVariantPassesEveryVectorOfItsProfile() {
    List<String> wolves =
        KillMatrix.inParallel(Catalogue.variants(), variant -> MATRIX.failures(variant, WRITE))
            .stream()
            .flatMap(List::stream)
            .toList();
    assertThat(wolves).isEmpty();
  }

  @Test
  void noVariantIsTheReferenceItself() {
    assertThat(Catalogue.variants())
        .allSatisfy(variant -> assertThat(MATRIX.differs(variant)).as(variant.id()).isTrue());
  }
}
