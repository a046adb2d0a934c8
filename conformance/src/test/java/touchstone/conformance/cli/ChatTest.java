package touchstone.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import touchstone.conformance.cli.Launched.Finished;
import touchstone.generate.VicunaConversation;

/** The command chat with a script in place of a person. */
class ChatTest {
  private static final String SYSTEM = "You are a lamp.";

  @TempDir Path folder;

  private Finished chat(String script, String... flags) {
    List<String> arguments =
        new ArrayList<>(List.of("chat", "--no-do-sample", "--kernels", "scalar"));
    arguments.addAll(List.of(flags));
    return Launched.in(folder).input(script).run(arguments.toArray(String[]::new));
  }

  private String fresh(String prompt, int tokens) throws IOException {
    Path file = Files.writeString(folder.resolve("prompt.txt"), prompt);
    String line =
        Launched.in(folder)
            .run(
                "generate",
                "--kernels",
                "scalar",
                "--prompt-file",
                file.toString(),
                "--no-do-sample",
                "--json",
                "--max-new-tokens",
                String.valueOf(tokens))
            .requireResult();
    return Models.json(line).get("text").textValue().stripLeading();
  }

  @Test
  void scriptedSession() throws IOException {
    String script =
        """
        /help
        /system %s
        Who are you?

        And now?
        /save talk.json
        /params
        /params max_new_tokens 3
        /params temperature -1
        /params temperature
        /params nosuch 1
        /params top_k 1.5
        /params do_sample perhaps
        /params max_new_tokens 0
        /params
        /nosuch
        /load nosuch.json
        /load .
        /save
        /save no/such/talk.json
        /reset
        Who are you?
        /load talk.json
        Go on.
        /exit
        this is never read
        """
            .formatted(SYSTEM);
    Finished finished = chat(script, "--max-new-tokens", "5", "--json");
    String[] answers =
        finished
            .requireResult()
            .lines()
            .map(line -> Models.json(line).get("text").textValue())
            .toArray(String[]::new);
    assertThat(answers).hasSize(4);

    JsonNode saved = Models.json(Files.readString(folder.resolve("talk.json")));
    assertThat(saved.get("system").textValue()).isEqualTo(SYSTEM);
    assertThat(saved.get("messages")).hasSize(4);
    assertThat(saved.at("/messages/1/role").textValue()).isEqualTo("assistant");
    assertThat(saved.at("/messages/1/content").textValue()).isEqualTo(answers[0]);
    assertThat(saved.at("/messages/3/content").textValue()).isEqualTo(answers[1]);

    VicunaConversation first = VicunaConversation.start(SYSTEM).user("Who are you?");
    VicunaConversation second = first.assistant(answers[0]).user("And now?");
    assertThat(answers[1]).isEqualTo(fresh(second.awaitAnswer().render(), 5));
    assertThat(answers[0]).startsWith(answers[2]);
    VicunaConversation third = second.assistant(answers[1]).user("Go on.");
    assertThat(answers[3]).isEqualTo(fresh(third.awaitAnswer().render(), 3));

    assertThat(finished.notes())
        .contains("/reset               forget the conversation")
        .contains("system: " + SYSTEM)
        .containsPattern("\\d+ prompt tokens \\(\\d+ kept\\)")
        .contains("error: temperature: -1.0 is out of range (allowed: ")
        .contains("error: /params temperature: '' (it takes a number)")
        .contains("error: /params: no parameter 'nosuch' (/params lists them)")
        .contains("error: /params top_k: '1.5' (it takes a number)")
        .contains("error: /params do_sample: 'perhaps' (true or false)")
        .contains("error: max_new_tokens: 0 is out of range (allowed: ")
        .contains("error: /nosuch: no such command (/help lists them)")
        .contains("error: nosuch.json: no such file")
        .contains("error: /save: no file (for example: /save talk.json)")
        .contains("error: no/such/talk.json: cannot be created: ")
        .contains("loaded 4 messages")
        .doesNotContain("\tat ");
    List<String> parameters =
        finished.notes().lines().filter(line -> line.startsWith("do_sample false, ")).toList();
    assertThat(parameters).hasSize(3);
    assertThat(parameters.get(0)).endsWith("max_new_tokens 5");
    assertThat(parameters.get(1)).endsWith("max_new_tokens 3");
    assertThat(parameters.get(2)).isEqualTo(parameters.get(1));
  }

  @Test
  void overlongMessageAndBadBytesEndATurnAndNotTheConversation() {
    byte[] bad = {(byte) 0xc3, '\n'};
    String script = "word ".repeat(200) + "\n?" + "\nHi.\n";
    Finished finished =
        Launched.in(folder)
            .input(concat(bad, script))
            .run("chat", "--no-do-sample", "--max-new-tokens", "4", "--context", "200");
    assertThat(finished.requireResult().lines()).hasSize(2);
    assertThat(finished.notes())
        .contains("error: standard input: line 1: not UTF-8")
        .containsPattern("error: prompt: \\d+ tokens \\(at most 199, ")
        .contains("/reset forgets the conversation");
  }

  private static byte[] concat(byte[] start, String rest) {
    byte[] end = rest.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] both = java.util.Arrays.copyOf(start, start.length + end.length);
    System.arraycopy(end, 0, both, start.length, end.length);
    return both;
  }

  @Test
  void contextThatTheModelDoesNotHaveIsRefused() {
    assertThat(chat("", "--context", "1025").requireFault(2))
        .isEqualTo("error: --context: 1025 (between 2 and the 1024 of this model)");
  }
}
