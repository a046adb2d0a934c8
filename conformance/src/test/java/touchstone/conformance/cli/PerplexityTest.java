package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.evaluate.Comparison;
import touchstone.evaluate.Convention;
import touchstone.evaluate.Evaluation;
import touchstone.evaluate.Perplexity;
import touchstone.evaluate.Samples;
import touchstone.evaluate.TextSize;
import touchstone.evaluate.TokenisedText;
import touchstone.golden.GoldenData;
import touchstone.json.StrictJson;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Llama;
import touchstone.tokenizer.Tokenizer;

/**
 * Perplexities and divergences are those that Transformers gives in fp64, from windows that were cut by
 * another program (golden-data/generate/perplexity.py).
 *
 * <p>A mean moves no further than the number that moves most. What moves most between fp64 and
 * Transformers' own fp32 is recorded as distance; ours may move {@value #FACTOR} times as far, as for
 * the golden logits.
 */
class PerplexityTest {
  private static final int FACTOR = 8;
  private static final Evaluation.Listener QUIET = (_, _, _) -> {};
  private static final Path TEXT = GoldenData.path("vectors/perplexity/pebble.txt");
  private static final Path DENSE = GoldenData.path("models/pebble");
  private static final Path QUANTISED = GoldenData.path("models/pebble-gptq-4bit-32g");

  @TempDir static Path folder;
  private static JsonNode golden;
  private static String text;

  @BeforeAll
  static void read() throws IOException {
    golden = golden("perplexity.json");
    text = Files.readString(TEXT);
  }

  private static JsonNode golden(String name) {
    return StrictJson.read(
        GoldenData.path("vectors/perplexity").resolve(name), StrictJson.TOKENIZER_BYTES);
  }

  private static Path directory(String model) throws IOException {
    if (!model.equals("stories260K")) {
      return GoldenData.path("models").resolve(model);
    }
    Path stories = folder.resolve(model);
    if (!Files.exists(stories)) {
      Models.copy(shared("stories260K_hf"), stories);
      StoriesTokenizer.write(shared("tok512.bin"), stories.resolve("tokenizer.model"));
    }
    return stories;
  }

  private static Path shared(String name) {
    assumeTrue(GoldenData.shared(name).isPresent(), "needs " + name + " in the shared data");
    return GoldenData.shared(name).orElseThrow();
  }

  private static Convention convention(JsonNode c) {
    int block = c.get("block").intValue();
    return switch (c.get("convention").textValue()) {
      case "gptq" -> new Convention.Gptq(block);
      case "llama.cpp" -> new Convention.LlamaCpp(block);
      case "lm-eval" -> new Convention.LmEval(block);
      default -> new Convention.Transformers(block, c.get("stride").intValue());
    };
  }

  private static void requireMean(Samples found, JsonNode expected, double distance) {
    double bound = FACTOR * distance;
    assertThat(found.mean()).isCloseTo(expected.get("mean").doubleValue(), within(bound));
    assertThat(found.standardError())
        .isCloseTo(expected.get("stderr").doubleValue(), within(bound));
    assertThat(found.sum())
        .isCloseTo(expected.get("sum").doubleValue(), within(bound * found.count()));
  }

  @ParameterizedTest
  @CsvSource({
    "pebble, perplexity.json",
    "pebble-gptq-4bit-32g, perplexity.json",
    "stories260K, stories260K.json"
  })
  @Tag("PPL-2")
  @Tag("PPL-3")
  @Tag("PPL-4")
  @Tag("PPL-5")
  void everyConventionGivesTheOraclesNumber(String model, String file) throws IOException {
    Path directory = directory(model);
    JsonNode expected = golden(file);
    String name = expected.at("/text/file").textValue();
    String read = Files.readString(TEXT.resolveSibling(name));
    TokenisedText tokens = TokenisedText.of(name, read, Tokenizer.load(directory));
    assertThat(tokens.marked()).hasSize(expected.at("/text/tokens").intValue());
    int cases = 0;
    try (CheckpointDirectory checkpoint = CheckpointDirectory.open(directory, true);
        Kernels kernels = KernelSets.open("simd", Numerics.F32, 2)) {
      Llama llama = Llama.load(checkpoint, kernels);
      for (JsonNode c : expected.get("cases")) {
        if (c.get("model").textValue().equals(model)) {
          Perplexity found = new Evaluation(convention(c).windows(tokens), QUIET).perplexity(llama);
          assertThat(found.nll().count()).as("%s", c).isEqualTo(c.get("targets").intValue());
          requireMean(found.nll(), c, c.get("distance").doubleValue());
          cases++;
        }
      }
    }
    assertThat(cases).isEqualTo(12);
  }

  @Test
  @Tag("PPL-3")
  void wordsAndBytesAreTheOracles() {
    assertThat(TextSize.of(text))
        .isEqualTo(
            new TextSize(
                golden.at("/text/words").longValue(), golden.at("/text/bytes").longValue()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pebble-gptq-4bit-32g", "pebble-gptq-4bit-128g", "pebble-gptq-3bit-128g"})
  @Tag("PPL-7")
  void divergenceOfAQuantisedModelIsTheOracles(String name) throws IOException {
    int cases = 0;
    try (CheckpointDirectory quantised = CheckpointDirectory.open(directory(name), true);
        CheckpointDirectory dense = CheckpointDirectory.open(DENSE, true);
        Kernels kernels = KernelSets.open("simd", Numerics.F32, 2)) {
      TokenisedText tokens = TokenisedText.of("text", text, Tokenizer.load(DENSE));
      Llama model = Llama.load(quantised, kernels);
      Llama base = Llama.load(dense, kernels);
      for (JsonNode c : golden.get("comparisons")) {
        if (c.get("model").textValue().equals(name)) {
          Convention blocks = new Convention.Gptq(c.get("block").intValue());
          requireClose(new Evaluation(blocks.windows(tokens), QUIET).compare(model, base), c);
          cases++;
        }
      }
    }
    assertThat(cases).isEqualTo(2);
  }

  private static void requireClose(Comparison found, JsonNode expected) {
    for (Map.Entry<String, Samples> part :
        Map.of(
                "kld", found.divergence(),
                "logRatio", found.logRatio(),
                "change", found.probabilityChange())
            .entrySet()) {
      JsonNode wanted = expected.get(part.getKey());
      requireMean(part.getValue(), wanted, wanted.get("distance").doubleValue());
    }
    JsonNode kld = expected.get("kld");
    double bound = FACTOR * kld.get("distance").doubleValue();
    assertThat(found.divergence().quantile(1))
        .isCloseTo(kld.get("max").doubleValue(), within(bound));
    double[] quantiles = found.divergence().quantiles(0.999, 0.99, 0.95, 0.5);
    for (int i = 0; i < quantiles.length; i++) {
      assertThat(quantiles[i]).isCloseTo(kld.get("quantiles").get(i).doubleValue(), within(bound));
    }
    JsonNode change = expected.get("change");
    assertThat(found.rmsChange())
        .isCloseTo(
            change.get("rms").doubleValue(), within(FACTOR * change.get("distance").doubleValue()));
    assertThat(found.sameTop().mean()).isEqualTo(expected.get("sameTop").doubleValue());
  }

  /** The command with the quantised model. */
  private static String[] command(String file, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("perplexity", "-m", QUANTISED.toString()));
    arguments.addAll(List.of("-f", file));
    arguments.addAll(List.of(flags));
    return arguments.toArray(String[]::new);
  }

  private static JsonNode run(String... flags) {
    List<String> further = new ArrayList<>(List.of(flags));
    further.add("--json");
    String[] line = command(TEXT.toString(), further.toArray(String[]::new));
    return Models.json(Launched.in(folder).run(line).requireResult());
  }

  @Test
  void jsonSaysWhatWasMeasuredAndHow() {
    JsonNode found =
        run("--block", "256", "--against", DENSE.toString(), "--blocks", "2", "--threads", "1");
    assertThat(found.propertyStream().map(Map.Entry::getKey))
        .containsExactly(
            "convention",
            "block",
            "windows",
            "text_tokens",
            "text_words",
            "text_bytes",
            "scored_tokens",
            "nll_sum",
            "nll_mean",
            "nll_stderr",
            "perplexity",
            "perplexity_stderr",
            "against");
    assertThat(found.get("convention").textValue()).isEqualTo("gptq");
    assertThat(found.get("windows").intValue()).isEqualTo(2);
    assertThat(found.get("scored_tokens").intValue()).isEqualTo(2 * 255);
    assertThat(found.get("text_tokens").intValue()).isEqualTo(1568);
    assertThat(found.get("perplexity").doubleValue())
        .isEqualTo(StrictMath.exp(found.get("nll_mean").doubleValue()));
    assertThat(found.get("against").propertyStream().map(Map.Entry::getKey))
        .containsExactly(
            "perplexity",
            "perplexity_stderr",
            "ln_perplexity_ratio",
            "ln_perplexity_ratio_stderr",
            "perplexity_ratio",
            "kld_mean",
            "kld_stderr",
            "kld_max",
            "kld_p99_9",
            "kld_p99",
            "kld_p95",
            "kld_median",
            "delta_p_mean",
            "delta_p_stderr",
            "delta_p_rms",
            "delta_p_rms_stderr",
            "same_top",
            "same_top_stderr");
  }

  @Test
  void strideAsksForTransformersAndWordsAreLmEvals() {
    JsonNode strided = run("--stride", "64", "--block", "128", "--max-tokens", "300");
    assertThat(strided.get("convention").textValue()).isEqualTo("transformers");
    assertThat(strided.get("stride").intValue()).isEqualTo(64);
    assertThat(strided.get("scored_tokens").intValue()).isEqualTo(299);
    JsonNode words = run("--convention", "lm-eval");
    double sum = words.get("nll_sum").doubleValue();
    assertThat(words.get("block").intValue()).isEqualTo(1024);
    assertThat(words.get("word_perplexity").doubleValue()).isEqualTo(StrictMath.exp(sum / 741));
    assertThat(words.get("byte_perplexity").doubleValue()).isEqualTo(StrictMath.exp(sum / 4537));
    assertThat(words.get("bits_per_byte").doubleValue())
        .isCloseTo(sum / 4537 / Math.log(2), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "79 | --block 2000 | --block: 2000 tokens (this model's context holds 1024; give --block 1024 or less)",
        "79 | --convention gptq | --block: 2048 tokens (this model's context holds 1024; give --block 1024 or less)",
        "79 | --block 512 --max-tokens 300 | standard input: 300 tokens (at least 512 are needed; give a longer text or a smaller --block)",
        "2 | --stride 300 --block 200 | --stride: 300 (between 1 and the block of 200)",
        "2 | --stride 8 --convention gptq | --stride: given with the convention gptq (only windows of transformers have one)",
        "2 | --convention lm-eval --blocks 3 | --blocks: given with the convention lm-eval (it counts the words of the whole text; cut the file instead)",
        "2 | --convention lm-eval --max-tokens 3 | --max-tokens: given with the convention lm-eval (it counts the words of the whole text; cut the file instead)",
        "2 | --max-tokens 1 | --max-tokens: 1 (at least 2)",
        "2 | --blocks 0 | --blocks: 0 (at least 1)",
        "2 | --convention webui | --convention: 'webui' (one of gptq, lm-eval, transformers, llama.cpp)",
        "66 | --against nowhere | nowhere: no such directory (--against takes a folder with a config.json)",
      })
  void whatCannotBeMeasuredIsOneLine(int code, String flags, String message) {
    String[] line = command("-", flags.split(" "));
    assertThat(Launched.in(folder).input(text).run(line).requireFault(code))
        .isEqualTo("error: " + message);
  }

  @Test
  void emptyTextAndTextThatIsNoTextAreRefused() {
    assertThat(Launched.in(folder).run("perplexity", "-f", "-").requireFault(65))
        .isEqualTo("error: standard input: an empty text (there is nothing to predict in it)");
    assertThat(
            Launched.in(folder)
                .input(new byte[] {(byte) 0xff})
                .run("perplexity", "-f", "-")
                .requireFault(65))
        .startsWith("error: standard input: not UTF-8");
    assertThat(Launched.in(folder).run("perplexity", "-f", "nofile").requireFault(66))
        .startsWith("error: nofile: no such file");
  }

  @Test
  void modelsWithOtherTokenizersAreNotCompared() throws IOException {
    Path swapped = Models.copy(DENSE, folder.resolve("swapped"));
    Files.delete(swapped.resolve("tokenizer.model"));
    Models.change(
        swapped.resolve("tokenizer.json"),
        json -> {
          ObjectNode vocab = (ObjectNode) json.at("/model/vocab");
          JsonNode french = vocab.get("\u2581French");
          vocab.set("\u2581French", vocab.get("W"));
          vocab.set("W", french);
        });
    assertThat(against(swapped))
        .endsWith(
            "swapped: another tokenizer: id 494 is 'W', not '\u2581French' (only models with the same tokenizer can be compared)");

    Path bare = Models.copy(DENSE, folder.resolve("bare"));
    Models.change(
        bare.resolve("tokenizer_config.json"), config -> config.put("add_bos_token", false));
    assertThat(against(bare))
        .contains("bare: another tokenizer: it makes other ids of this text (");
  }

  private static String against(Path other) {
    return Launched.in(folder)
        .input(text)
        .run(command("-", "--block", "64", "--against", other.toString()))
        .requireFault(65);
  }

  @Test
  void tableForPeopleAligns() {
    String table =
        Launched.in(folder)
            .input(text)
            .run(command("-", "--block", "256", "--against", DENSE.toString()))
            .requireResult();
    assertThat(table.lines().filter(line -> !line.isEmpty()).map(line -> line.indexOf("  ")))
        .allSatisfy(end -> assertThat(end).isPositive());
    assertThat(table)
        .startsWith("convention       gptq: blocks of 256, all but the first token of each\n")
        .contains("\nscored           1530 tokens in 6 windows\n", "\nsame top         ");
  }
}
