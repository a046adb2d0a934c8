package touchstone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables and the picture of docs/pebble.md are made of what was measured. With {@code
 * -Dtouchstone.pebble.write=true} they are written instead of compared.
 */
class PebbleTest {
  private static final MeasuredPage PAGE =
      new MeasuredPage("docs/pebble.md", "touchstone.pebble.write");
  private static final MeasuredPage PICTURE =
      new MeasuredPage("docs/images/pebble-divergence.svg", "touchstone.pebble.write");
  private static final Path DATA = Repository.path("docs/data/pebble.csv");
  private static final Path CATEGORIES = Repository.path("docs/data/pebble-categories.csv");

  private static List<MeasuredModel> quantised() {
    return MeasuredModel.read(DATA).stream().filter(MeasuredModel::isQuantised).toList();
  }

  private static MeasuredModel rounded(MeasuredModel gptq) {
    return quantised().stream()
        .filter(model -> model.method().equals("rtn"))
        .filter(model -> model.settings().equals(gptq.settings()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void thirteenModelsWereAskedTheSame() {
    List<MeasuredModel> models = MeasuredModel.read(DATA);
    assertThat(models).hasSize(13);
    assertThat(models).extracting(model -> model.count("asked")).containsOnly(807L);
    assertThat(models)
        .extracting(model -> model.count("tokens"))
        .hasSize(13)
        .containsOnly(models.getFirst().count("tokens"));
    assertThat(models.getFirst().number("kld")).isZero();
  }

  /** What the page says of every row; the measured exceptions would have to be named there. */
  @Test
  void gptqIsNearerThanRoundToNearestInEveryRow() {
    List<MeasuredModel> gptq =
        quantised().stream().filter(model -> model.method().equals("gptq")).toList();
    assertThat(gptq).hasSize(6);
    for (String field : List.of("kld", "text_kld")) {
      assertThat(gptq)
          .allSatisfy(
              model ->
                  assertThat(model.number(field))
                      .as("%s, %s", field, model.settings())
                      .isLessThan(rounded(model).number(field)));
    }
  }

  @Test
  void tablesSayWhatWasMeasured() throws IOException {
    PAGE.requireTables(Map.of("models", models(), "text", text(), "categories", categories()));
  }

  @Test
  void pictureShowsWhatWasMeasured() throws IOException {
    PICTURE.require(DivergencePlot.of(quantised()));
  }

  private static Stream<String> models() {
    return Stream.concat(
        Stream.of(
            "| bits / group | method | bytes | perplexity | KL to fp16, 10^-3 nats | same top, % | right of 807 |",
            "|---|---|--:|--:|--:|--:|--:|"),
        MeasuredModel.read(DATA).stream()
            .map(
                model ->
                    Numbers.print(
                        "| %s | %s | %d | %.5f | %s | %.3f | %d |",
                        model.isQuantised() ? model.settings() : "16",
                        name(model),
                        model.count("bytes"),
                        model.number("perplexity"),
                        divergence(model, ""),
                        100 * model.number("same_top"),
                        model.count("right"))));
  }

  private static Stream<String> text() {
    return Stream.concat(
        Stream.of(
            "| bits / group | method | perplexity | KL to fp16, 10^-3 nats | same top, % |",
            "|---|---|--:|--:|--:|"),
        MeasuredModel.read(DATA).stream()
            .map(
                model ->
                    Numbers.print(
                        "| %s | %s | %.1f | %s | %.2f |",
                        model.isQuantised() ? model.settings() : "16",
                        name(model),
                        model.number("text_perplexity"),
                        divergence(model, "text_"),
                        100 * model.number("text_same_top"))));
  }

  private static String name(MeasuredModel model) {
    return switch (model.method()) {
      case "gptq" -> "GPTQ";
      case "rtn" -> "nearest";
      default -> model.method();
    };
  }

  private static String divergence(MeasuredModel model, String prefix) {
    return model.isQuantised()
        ? Numbers.print(
            "%.3f ± %.3f",
            1000 * model.number(prefix + "kld"), 1000 * model.number(prefix + "kld_stderr"))
        : "0";
  }

  private static Stream<String> categories() {
    Map<String, List<MeasuredModel>> byCategory =
        MeasuredModel.read(CATEGORIES).stream()
            .collect(
                Collectors.groupingBy(
                    model -> model.fields().get("category"),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<String> rows = new ArrayList<>();
    rows.add("| category | asked | fp16 | GPTQ 4 / 32 | GPTQ 3 / 128 | nearest 3 / 128 |");
    rows.add("|---|--:|--:|--:|--:|--:|");
    byCategory.forEach(
        (category, models) ->
            rows.add(
                "| %s | %d | %d | %d | %d | %d |"
                    .formatted(
                        category,
                        models.getFirst().count("asked"),
                        right(models, "fp16", "16 / 0"),
                        right(models, "gptq", "4 / 32"),
                        right(models, "gptq", "3 / 128"),
                        right(models, "rtn", "3 / 128"))));
    return rows.stream();
  }

  private static long right(List<MeasuredModel> models, String method, String settings) {
    return models.stream()
        .filter(model -> model.method().equals(method))
        .filter(model -> model.settings().equals(settings))
        .findFirst()
        .orElseThrow()
        .count("right");
  }
}
