package touchstone.app.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.generate.VicunaConversation;

/** A conversation, line by line. */
@Command(
    name = "chat",
    description = {
      "Talk with a model in the Vicuna 1.1 conversation format.",
      "In the conversation: /help lists the commands, /exit ends it."
    })
final class ChatCommand implements Runnable {
  @Mixin ModelOptions model;

  @Option(names = "--system", paramLabel = "TEXT", description = "System text.")
  String system = VicunaConversation.DEFAULT_SYSTEM;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Most tokens in the conversation. Default: what the model was trained for.")
  Integer context;

  @Mixin SamplingOptions sampling;
  @Mixin KernelOptions kernels;

  @Option(names = "--json", description = "Print each answer as one JSON object per line.")
  boolean json;

  private final Terminal terminal;

  ChatCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (LoadedModel loaded = LoadedModel.open(model, kernels, terminal)) {
      int positions = context != null ? context : loaded.llama().config().contextLength();
      Session session = new Session(loaded, sampling, Optional.of(positions), true);
      new ChatLoop(terminal, session, sampling, VicunaConversation.start(system), json).run();
    }
  }
}
