package touchstone.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import touchstone.checkpoint.ConfigReader;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqStorage;
import touchstone.gptq.Permutation;
import touchstone.llama.LlamaConfig;
import touchstone.synthetic.ModelShape;

/** The table of a model card: what a model can be quantised to, and how large that is. */
@Command(
    name = "branches",
    customSynopsis = "touchstone branches [-m DIR | --shape NAME] [OPTIONS]",
    description = {
      "List the permutations of a GPTQ model card with the branches they lie in.",
      "Sizes are computed from the shape, to the byte."
    })
final class BranchesCommand implements Runnable {
  private static final String SHAPE = "llama2-70b";
  private static final double GIGA = 1e9;

  @ArgGroup Model model = new Model();

  /** Whose sizes. */
  static final class Model {
    @Option(
        names = {"-m", "--model"},
        paramLabel = "DIR",
        description = "A directory with the config.json of a Llama.")
    Path directory;

    @Option(
        names = "--shape",
        paramLabel = "NAME",
        description = "tinyllama-1.1b, llama2-7b, llama2-13b or llama2-70b. Default: llama2-70b.")
    String shape;

    LlamaConfig config() {
      return directory == null
          ? ModelShape.named(shape == null ? SHAPE : shape).config()
          : ConfigReader.read(ModelOptions.require("--model", directory).resolve("config.json"));
    }
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "md, json or csv. Default: md.")
  TableFormat output = TableFormat.MD;

  private final Terminal terminal;

  BranchesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A permutation and the bytes of its tensors. */
  private record Branch(Permutation permutation, long bytes) {}

  @Override
  public void run() {
    LlamaConfig config = model.config();
    TableFormat.Output<Branch> results =
        output.to(terminal, BranchesCommand::fields, BranchesCommand::table);
    branches(config).forEach(results::add);
    results.end();
  }

  private static List<Branch> branches(LlamaConfig config) {
    try {
      return Permutation.card().stream()
          .map(p -> new Branch(p, GptqStorage.totalBytes(config, p.quantisation())))
          .toList();
    } catch (IllegalArgumentException e) {
      throw TouchstoneException.because(
          Fault.UNSUPPORTED,
          "config.json",
          "a model whose matrices cannot be packed: " + e.getMessage(),
          "inputs and outputs come in multiples of 32",
          e);
    }
  }

  private static ObjectNode fields(Branch branch) {
    Permutation permutation = branch.permutation();
    return JsonOutput.object()
        .put("branch", permutation.branch())
        .put("bits", permutation.bits())
        .put("group_size", permutation.groupSize())
        .put("act_order", permutation.actOrder())
        .put("damp_percent", Permutation.DAMP_PERCENT)
        .put("dataset", Permutation.DATASET)
        .put("sequence_length", Permutation.SEQUENCE_LENGTH)
        .put("size_bytes", branch.bytes())
        .put("exllama", permutation.readByExLlama())
        .put("description", permutation.description());
  }

  private static List<String> table(List<Branch> branches) {
    Table table = new Table(false, true, true, false, true, false, true, true, false, false);
    table.row(
        "Branch",
        "Bits",
        "GS",
        "Act Order",
        "Damp %",
        "GPTQ Dataset",
        "Seq Len",
        "Size",
        "ExLlama",
        "Desc");
    for (Branch branch : branches) {
      Permutation permutation = branch.permutation();
      table.row(
          permutation.branch(),
          String.valueOf(permutation.bits()),
          permutation.groupSize() == GptqConfig.NO_GROUPS
              ? "None"
              : String.valueOf(permutation.groupSize()),
          yesNo(permutation.actOrder()),
          String.valueOf(Permutation.DAMP_PERCENT),
          Permutation.DATASET,
          String.valueOf(Permutation.SEQUENCE_LENGTH),
          "%.2f GB".formatted(branch.bytes() / GIGA),
          yesNo(permutation.readByExLlama()),
          permutation.description());
    }
    return table.markdown();
  }

  private static String yesNo(boolean value) {
    return value ? "Yes" : "No";
  }
}
