package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.cli.Launched.Finished;
import touchstone.generate.VicunaConversation;
import touchstone.tokenizer.LeadingSpace;
import touchstone.tokenizer.StreamingDetokenizer;
import touchstone.tokenizer.Tokenizer;

/** The command generate, started as the launcher starts it. */
class GenerateTest {
  private static final String PROMPT = "The lantern was";
  private static final Tokenizer TOKENIZER = Tokenizer.load(Models.PEBBLE);

  @TempDir static Path folder;
  private static JsonNode greedy;

  @BeforeAll
  static void generateOnce() {
    greedy = json("-p", PROMPT, "--no-do-sample", "--max-new-tokens", "10");
  }

  private static Finished generate(String... arguments) {
    List<String> all = new ArrayList<>(List.of("generate"));
    all.addAll(List.of(arguments));
    return Launched.in(folder).run(all.toArray(String[]::new));
  }

  private static JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return Models.json(generate(all.toArray(String[]::new)).requireResult());
  }

  @Test
  void jsonSaysEverythingAboutAGreedyRun() {
    assertThat(greedy.get("prompt").textValue()).isEqualTo(PROMPT);
    assertThat(greedy.get("finish_reason").textValue()).isEqualTo("length");
    assertThat(greedy.get("prompt_tokens").intValue()).isEqualTo(TOKENIZER.encode(PROMPT).length);
    assertThat(greedy.get("generated_tokens").intValue()).isEqualTo(10);
    assertThat(greedy.has("seed")).isFalse();
    StreamingDetokenizer stream = TOKENIZER.stream(LeadingSpace.KEPT);
    StringBuilder text = new StringBuilder();
    for (int id : Models.ints(greedy.get("tokens"))) {
      text.append(stream.append(id));
    }
    assertThat(text.append(stream.flush())).hasToString(greedy.get("text").textValue());
  }

  @Test
  void textIsStreamedToTheResultsAndNotesGoElsewhere() {
    Finished finished = generate("-p", PROMPT, "--no-do-sample", "--max-new-tokens", "10");
    assertThat(finished.requireResult()).isEqualTo(greedy.get("text").textValue() + "\n");
    assertThat(finished.notes())
        .contains("pebble-gptq-4bit-32g: GPTQ 4-bit")
        .contains("10 generated")
        .contains("ended by --max-new-tokens")
        .doesNotContain("\u001b");
    assertThat(finished.notes().lines()).hasSize(2);
  }

  @Test
  void everyKernelSetAndNumberOfThreadsGivesTheSameTokens() {
    String[][] ways = {{"scalar", "2"}, {"simd", "1"}, {"simd", "3"}};
    for (String[] way : ways) {
      JsonNode answer =
          json(
              "-p",
              PROMPT,
              "--no-do-sample",
              "--max-new-tokens",
              "10",
              "--kernels",
              way[0],
              "--threads",
              way[1]);
      assertThat(answer.get("tokens"))
          .as("%s, %s threads", way[0], way[1])
          .isEqualTo(greedy.get("tokens"));
    }
  }

  @Test
  void integerModeIsTheSameOnBothKernelSets() {
    String[] arguments = {
      "-p",
      PROMPT,
      "--no-do-sample",
      "--max-new-tokens",
      "8",
      "--numerics",
      "int8",
      "--kernels",
      "simd"
    };
    JsonNode simd = json(arguments);
    arguments[8] = "scalar";
    assertThat(json(arguments).get("tokens")).isEqualTo(simd.get("tokens")).hasSize(8);
  }

  @Test
  void seedDecidesTheText() {
    String[] arguments = {
      "-p",
      PROMPT,
      "--max-new-tokens",
      "8",
      "--kernels",
      "simd",
      "--seed",
      "7",
      "--temperature",
      "3"
    };
    JsonNode simd = json(arguments);
    assertThat(simd.get("seed").longValue()).isEqualTo(7);
    arguments[5] = "scalar";
    assertThat(json(arguments).get("tokens")).isEqualTo(simd.get("tokens"));
    arguments[7] = "8";
    assertThat(json(arguments).get("tokens")).isNotEqualTo(simd.get("tokens"));
  }

  @Test
  void promptFileAndStandardInputAreTakenToTheLastByte() throws IOException {
    String text = "It was late.\r\nThe wind — söft — rose.\n";
    Path file = Files.writeString(folder.resolve("prompt.txt"), text);
    JsonNode fromFile =
        json("--prompt-file", file.toString(), "--chat", "--no-do-sample", "--max-new-tokens", "3");
    assertThat(fromFile.get("prompt").textValue()).isEqualTo(VicunaConversation.prompt(text));
    Finished finished =
        Launched.in(folder)
            .input(text)
            .run(
                "generate",
                "--prompt-file",
                "-",
                "--system",
                "Be brief.",
                "--json",
                "--max-new-tokens",
                "3",
                "--no-do-sample");
    assertThat(Models.json(finished.requireResult()).get("prompt").textValue())
        .isEqualTo(VicunaConversation.start("Be brief.").user(text).awaitAnswer().render());
  }

  @Test
  void stopStringEndsTheTextBeforeIt() {
    String whole = greedy.get("text").textValue();
    int from = whole.codePoints().limit(5).map(Character::charCount).sum();
    String stop = whole.substring(from, whole.offsetByCodePoints(from, 2));
    JsonNode answer =
        json(
            "-p",
            PROMPT,
            "--no-do-sample",
            "--max-new-tokens",
            "10",
            "--stop-strings",
            "never there",
            "--stop-strings",
            stop);
    assertThat(answer.get("text").textValue()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(answer.get("finish_reason").textValue()).isEqualTo("stop_string");
  }

  @Test
  void endTokenOfTheModelEndsTheTextWithoutItself() {
    int[] tokens = Models.ints(greedy.get("tokens"));
    int end = tokens[4];
    Path model = Models.copyOfPebble(folder.resolve("other-end"));
    Models.change(
        model.resolve("generation_config.json"),
        config -> config.putArray("eos_token_id").add(2).add(end));
    JsonNode answer =
        json("-m", model.toString(), "-p", PROMPT, "--no-do-sample", "--max-new-tokens", "10");
    assertThat(answer.get("finish_reason").textValue()).isEqualTo("eos");
    int[] until = Models.ints(answer.get("tokens"));
    assertThat(until).endsWith(end).isEqualTo(java.util.Arrays.copyOf(tokens, until.length));
    assertThat(greedy.get("text").textValue()).startsWith(answer.get("text").textValue());
  }
}
