package touchstone.app.cli;

import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.generate.VicunaConversation;

/** A conversation, line by line. */
@Command(
    name = "chat",
    description = {
      "Talk with a model in the Vicuna 1.1 conversation format.",
      "In the conversation: /help lists the commands, /exit ends it."
    })
final class ChatCommand implements Runnable {
  private static final int FEWEST_POSITIONS = 2; // a prompt of one token and an answer of one

  @Mixin CheckpointOptions model;

  @Option(names = "--system", paramLabel = "TEXT", description = "System text.")
  String system = VicunaConversation.DEFAULT_SYSTEM;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Most tokens in the conversation. Default: what the model was trained for.")
  Integer context;

  @ArgGroup(validate = false, heading = SamplingOptions.HEADING)
  SamplingOptions sampling = new SamplingOptions();

  @ArgGroup(validate = false, heading = KernelOptions.HEADING)
  KernelOptions kernels = new KernelOptions();

  @Option(names = "--json", description = "Print each answer as one JSON object per line.")
  boolean json;

  private final Terminal terminal;

  ChatCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (LoadedModel loaded = LoadedModel.open(model, kernels, terminal)) {
      loaded.tokenizer();
      int positions = positions(loaded.llama().config().contextLength());
      Session session = new Session(loaded, sampling, Optional.of(positions), true);
      new ChatLoop(terminal, session, VicunaConversation.start(system), json).run();
    }
  }

  private int positions(int trained) {
    if (context == null) {
      return trained;
    }
    if (context < FEWEST_POSITIONS || context > trained) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "--context",
          String.valueOf(context),
          "between %d and the %d of this model".formatted(FEWEST_POSITIONS, trained));
    }
    return context;
  }
}
