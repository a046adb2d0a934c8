package touchstone.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.llama.Llama;
import touchstone.llama.ProbePoint;
import touchstone.tensor.Activations;

/** One forward pass: its logits and, on request, everything in between. */
@Command(
    name = "logits",
    customSynopsis = "touchstone logits (-t 1,2,3 | -p TEXT) [OPTIONS]",
    description = "Compute the logits of a text or of token ids, exactly.")
final class LogitsCommand implements Runnable {
  @Mixin CheckpointOptions model;

  @ArgGroup(multiplicity = "1")
  Input input;

  /** Where the tokens come from. */
  static final class Input {
    @Option(
        names = {"-t", "--tokens"},
        paramLabel = "1,2,3",
        description = "Token ids, taken as they are.")
    String tokens;

    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "Text, with the special tokens that the checkpoint adds.")
    String prompt;
  }

  @Option(
      names = "--all-positions",
      description = "Logits after every token instead of after the last one.")
  boolean allPositions;

  @Option(
      names = "--probes",
      paramLabel = "NAME",
      split = ",",
      description =
          "Intermediates to keep: embed, attnNorm, q, k, v, qRope, kRope, scores, attn, attnOut, ffnNorm, gate, up, act, ffnOut, finalNorm, logits; or all.")
  List<String> probes = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = {
        "Write to FILE.safetensors, FILE.npy (logits only: little-endian float32 [positions, vocab])",
        "or FILE.json. Without it the most likely tokens are shown."
      })
  Path out;

  @Option(names = "--json", description = "Print the JSON that --out FILE.json would hold.")
  boolean json;

  @ArgGroup(validate = false, heading = KernelOptions.HEADING)
  KernelOptions kernels = new KernelOptions();

  private final Terminal terminal;

  LogitsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Set<ProbePoint> points = points();
    LogitsFormat format = out == null ? LogitsFormat.JSON : LogitsFormat.of(out);
    format.requireProbes(points);
    requireFolder();
    try (LoadedModel loaded = LoadedModel.open(model, kernels, terminal)) {
      int[] tokens = tokens(loaded);
      Llama llama = loaded.llama();
      ProbeRecorder recorder = new ProbeRecorder(points);
      Llama.Rows rows = allPositions ? Llama.Rows.ALL : Llama.Rows.LAST;
      Activations logits =
          loaded.computeUnchanged(
              () -> llama.forward(tokens, llama.newCache(tokens.length), rows, recorder));
      ForwardRecord pass = new ForwardRecord(tokens, logits, recorder.recorded());
      if (out != null) {
        format.write(pass, out);
        terminal.note("wrote " + out);
      }
      if (json) {
        terminal.println(LogitsFormat.json(pass).toString());
      } else if (out == null) {
        LogitsTable.print(pass, loaded.vocabulary(), terminal);
      }
    }
  }

  /** Says so before a long computation when its result would have no place. */
  private void requireFolder() {
    if (out != null && !Files.isDirectory(out.toAbsolutePath().getParent())) {
      throw TouchstoneException.of(
          Fault.OUTPUT, out, "cannot be created: no such folder", "create the folder first");
    }
  }

  private Set<ProbePoint> points() {
    Set<ProbePoint> points = EnumSet.noneOf(ProbePoint.class);
    for (String probe : probes) {
      if (probe.equals("all")) {
        return EnumSet.allOf(ProbePoint.class);
      }
      points.add(
          ProbePoint.of(probe)
              .orElseThrow(
                  () ->
                      TouchstoneException.of(
                          Fault.USAGE,
                          "--probes",
                          "no intermediate is called '" + probe + "'",
                          "one of "
                              + String.join(
                                  ", ",
                                  Arrays.stream(ProbePoint.values())
                                      .map(ProbePoint::label)
                                      .toList()))));
    }
    return points;
  }

  private int[] tokens(LoadedModel loaded) {
    int[] tokens =
        input.tokens != null
            ? TokenIds.requireIn(
                TokenIds.parse(input.tokens, "--tokens", Fault.USAGE),
                loaded.llama().config().vocab(),
                "--tokens",
                Fault.USAGE)
            : loaded.tokenizer().encode(input.prompt);
    if (tokens.length == 0) {
      throw TouchstoneException.of(
          Fault.USAGE, "--tokens", "none", "give at least one token id, e.g. --tokens 1");
    }
    int context = loaded.llama().config().contextLength();
    if (tokens.length > context) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          "prompt",
          tokens.length + " tokens",
          "at most the %d of this model's context; shorten it".formatted(context));
    }
    return tokens;
  }
}
