package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.generate.GenerationResult;
import touchstone.generate.GenerationStatistics;
import touchstone.generate.SamplingParameters;
import touchstone.generate.VicunaConversation;

/** Continues a prompt. */
@Command(
    name = "generate",
    customSynopsis = "touchstone generate (-p TEXT | --prompt-file F) [OPTIONS]",
    description = "Continue a prompt, or (--chat) answer it.")
final class GenerateCommand implements Runnable {
  @Mixin CheckpointOptions model;

  @ArgGroup(multiplicity = "1")
  Prompt prompt;

  /** Where the prompt comes from. */
  static final class Prompt {
    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "The prompt.")
    String text;

    @Option(
        names = "--prompt-file",
        paramLabel = "F",
        description = "A UTF-8 file with the prompt; - is standard input.")
    String file;
  }

  @Option(
      names = "--chat",
      description = "Wrap the prompt as a question in the Vicuna 1.1 conversation format.")
  boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "System text of the conversation; implies --chat.")
  String system;

  @ArgGroup(validate = false, heading = SamplingOptions.HEADING)
  SamplingOptions sampling = new SamplingOptions();

  @ArgGroup(validate = false, heading = KernelOptions.HEADING)
  KernelOptions kernels = new KernelOptions();

  @Option(
      names = "--json",
      description = "Print one JSON object at the end instead of streaming the text.")
  boolean json;

  private final Terminal terminal;

  GenerateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    String text = promptText();
    try (LoadedModel loaded = LoadedModel.open(model, kernels, terminal)) {
      Session session = new Session(loaded, sampling, Optional.empty(), isChat());
      GenerationResult result = session.generate(text, new TextStream(terminal, !json));
      print(text, result, session.parameters());
      terminal.note(TextStream.summary(result, session.parameters()));
    }
  }

  private boolean isChat() {
    return chat || system != null;
  }

  private String promptText() {
    String text = prompt.text != null ? prompt.text : LineOptions.text(prompt.file, terminal);
    if (!isChat()) {
      return text;
    }
    VicunaConversation conversation =
        system == null ? VicunaConversation.start() : VicunaConversation.start(system);
    return conversation.user(text).awaitAnswer().render();
  }

  private void print(String text, GenerationResult result, SamplingParameters parameters) {
    if (!json) {
      terminal.println("");
      terminal.flush();
      return;
    }
    GenerationStatistics statistics = result.statistics();
    ObjectNode answer =
        JsonOutput.object()
            .put("prompt", text)
            .put("text", result.text())
            .put("finish_reason", result.reason().name().toLowerCase(Locale.ROOT))
            .put("prompt_tokens", statistics.promptTokens())
            .put("generated_tokens", statistics.generatedTokens());
    answer.set("tokens", JsonOutput.array(result.tokens().stream().mapToInt(i -> i).toArray()));
    if (parameters.doSample()) {
      answer.put("seed", parameters.seed());
    }
    statistics
        .promptTokensPerSecond()
        .ifPresent(rate -> answer.put("prompt_tokens_per_second", rate));
    statistics
        .generatedTokensPerSecond()
        .ifPresent(rate -> answer.put("generated_tokens_per_second", rate));
    terminal.println(answer.toString());
    terminal.flush();
  }
}
