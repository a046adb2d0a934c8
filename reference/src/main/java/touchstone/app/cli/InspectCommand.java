package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.checkpoint.StoredTensor;
import touchstone.gptq.GptqConfig;
import touchstone.llama.LlamaConfig;

/** What a model directory holds. */
@Command(
    name = "inspect",
    description = "Show what a model directory holds, and what is wrong with it.")
final class InspectCommand implements Runnable {
  @Mixin CheckpointOptions model;

  @Option(names = "--all", description = "List every tensor instead of one line per kind.")
  boolean all;

  @Option(names = "--json", description = "Print one JSON object with everything.")
  boolean json;

  private final Terminal terminal;

  InspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (CheckpointDirectory checkpoint =
        CheckpointDirectory.open(model.directory(), model.strict)) {
      if (json) {
        terminal.println(json(checkpoint).toString());
      } else {
        print(checkpoint);
      }
    }
  }

  private void print(CheckpointDirectory checkpoint) {
    LlamaConfig config = checkpoint.config();
    Table facts = new Table(false, false);
    facts.row("directory", checkpoint.directory().toString());
    facts.row(
        "shape",
        "%d layers, dim %d, hidden %d, %d heads of %d, %d kv heads, vocab %d"
            .formatted(
                config.layers(),
                config.dim(),
                config.hiddenDim(),
                config.heads(),
                config.headDim(),
                config.kvHeads(),
                config.vocab()));
    facts.row("context", "%d positions".formatted(config.contextLength()));
    facts.row("rope", "theta %s, scaling %s".formatted(config.ropeTheta(), describe(config)));
    facts.row("norm", "epsilon " + config.epsilon());
    facts.row("embeddings", config.tiedEmbeddings() ? "tied to the output head" : "untied");
    facts.row("quantisation", quantisation(checkpoint));
    facts.row("tensors", "%d".formatted(checkpoint.tensors().size()));
    facts.row("bytes", "%,d".formatted(checkpoint.totalBytes()));
    facts.lines().forEach(terminal::println);
    terminal.println("");
    tensors(checkpoint.tensors()).lines().forEach(terminal::println);
    terminal.println("");
    if (checkpoint.warnings().isEmpty()) {
      terminal.println("no problems found");
    }
    checkpoint.warnings().forEach(warning -> terminal.println("problem: " + warning));
  }

  private Table tensors(Collection<StoredTensor> tensors) {
    Table table = new Table(false, false, false, true, true);
    table.row("tensor", "dtype", "shape", "count", "bytes");
    TensorKind.group(tensors, all)
        .forEach(
            kind ->
                table.row(
                    kind.name(),
                    kind.dtype().toString(),
                    kind.shape().toString(),
                    String.valueOf(kind.count()),
                    "%,d".formatted(kind.bytes())));
    return table;
  }

  private static String describe(LlamaConfig config) {
    return switch (config.ropeScaling()) {
      case touchstone.llama.RopeScaling.None() -> "none";
      case touchstone.llama.RopeScaling.Linear(double factor) -> "linear, factor " + factor;
      case touchstone.llama.RopeScaling.Dynamic(double factor, int trained) ->
          "dynamic, factor " + factor + " beyond " + trained;
    };
  }

  private static String quantisation(CheckpointDirectory checkpoint) {
    return LoadedModel.describe(checkpoint.quantisation())
        + checkpoint
            .quantisation()
            .map(
                gptq ->
                    ", %s, zero points as in %s, damp %s"
                        .formatted(
                            gptq.symmetric() ? "symmetric" : "asymmetric",
                            gptq.zeroPoints().label(),
                            gptq.dampPercent().isPresent()
                                ? String.valueOf(gptq.dampPercent().getAsDouble())
                                : "unknown"))
            .orElse("");
  }

  private ObjectNode json(CheckpointDirectory checkpoint) {
    LlamaConfig config = checkpoint.config();
    ObjectNode root = JsonOutput.object().put("directory", checkpoint.directory().toString());
    root.putObject("config")
        .put("vocab", config.vocab())
        .put("dim", config.dim())
        .put("hidden_dim", config.hiddenDim())
        .put("layers", config.layers())
        .put("heads", config.heads())
        .put("kv_heads", config.kvHeads())
        .put("head_dim", config.headDim())
        .put("context_length", config.contextLength())
        .put("epsilon", config.epsilon())
        .put("rope_theta", config.ropeTheta())
        .put("rope_scaling", describe(config))
        .put("tied_embeddings", config.tiedEmbeddings());
    checkpoint.quantisation().ifPresent(gptq -> root.set("quantisation", json(gptq)));
    root.put("bytes", checkpoint.totalBytes());
    ArrayNode tensors = root.putArray("tensors");
    for (StoredTensor stored : checkpoint.tensors()) {
      ObjectNode tensor =
          tensors
              .addObject()
              .put("name", stored.tensor().name())
              .put("dtype", stored.tensor().dtype().toString())
              .put("bytes", stored.bytes())
              .put("file", stored.file().getFileName().toString());
      ArrayNode shape = tensor.putArray("shape");
      stored.tensor().shape().forEach(extent -> shape.add(extent));
    }
    ArrayNode problems = root.putArray("problems");
    checkpoint.warnings().forEach(problems::add);
    return root;
  }

  private static ObjectNode json(GptqConfig gptq) {
    ObjectNode node =
        JsonOutput.object()
            .put("bits", gptq.bits())
            .put("group_size", gptq.groupSize())
            .put("act_order", gptq.actOrder())
            .put("symmetric", gptq.symmetric())
            .put("checkpoint_format", gptq.zeroPoints().label());
    gptq.dampPercent().ifPresent(damp -> node.put("damp_percent", damp));
    return node;
  }
}
