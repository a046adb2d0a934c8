package touchstone.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.kernels.KernelSets;
import touchstone.kernels.KernelSettings;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.LlamaConfig;
import touchstone.synthetic.SyntheticModel;

/** How fast a model runs here, and how fast it could. */
@Command(
    name = "bench",
    customSynopsis = "touchstone bench [-m DIR | --shape NAME] [OPTIONS]",
    description = {
      "Time prompts and generation, next to what the machine can do at most.",
      "Lists such as 128,512 give several tests: every combination."
    })
final class BenchCommand implements Runnable {
  /** The kernel set that uses weights as they are stored. */
  private static final String STORED = "scalar";

  private static final int PROMPT = 512;
  private static final int GENERATED = 128;
  private static final int MOST_SEQUENCES = 1024;
  private static final int MOST_REPETITIONS = 1000;
  private static final double MOST_WARM_UP = 3600;

  @Mixin CheckpointOptions directory;

  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "N,...",
      split = ",",
      description = "Tokens of a prompt; 0 for no such test. Default: 512.")
  List<Integer> prompts;

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "N,...",
      split = ",",
      description = "Tokens to generate; 0 for no such test. Default: 128.")
  List<Integer> generated;

  @Option(
      names = {"-b", "--n-sequences"},
      paramLabel = "N,...",
      split = ",",
      description = "Sequences that generate together. Default: 1.")
  List<Integer> sequences = List.of(1);

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "Runs of each test that count. Default: 5.")
  Integer repetitions = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "Run this long before runs count, at least once. Default: 3.")
  Double warmUp = 3.0;

  @Option(names = "--no-limits", description = "Do not measure what the machine can do at most.")
  boolean noLimits;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "md, json or csv. Default: md.")
  TableFormat output = TableFormat.MD;

  @ArgGroup(validate = false, heading = SyntheticOptions.HEADING)
  SyntheticOptions synthetic = new SyntheticOptions();

  @ArgGroup(validate = false, heading = KernelOptions.HEADING)
  KernelLists kernels = new KernelLists();

  /** How to compute, several times over. */
  static final class KernelLists {
    @Option(
        names = "--kernels",
        paramLabel = "SET,...",
        split = ",",
        description = "scalar, simd or auto. Default: auto.")
    List<String> sets = List.of(KernelSets.AUTO);

    @Option(
        names = "--numerics",
        paramLabel = "MODE,...",
        split = ",",
        description = "f32 or int8. Default: f32.")
    List<Numerics> numerics = List.of(Numerics.F32);

    @Option(
        names = "--threads",
        paramLabel = "N,...",
        split = ",",
        description = "Threads that compute. Default: all processors.")
    List<Integer> threads;

    @Option(
        names = "--prepared-memory",
        paramLabel = "SIZE",
        converter = MemorySize.Converter.class,
        description = {
          "Memory for weights rearranged for speed, such as 20g; 0 for none.",
          "Default: half of what is free."
        })
    MemorySize preparedMemory;

    /** Whether a test uses weights as they are stored. */
    boolean stored() {
      return preparedMemory != null || sets.contains(STORED);
    }

    List<Integer> teams() {
      return threads == null
          ? List.of(ThreadOptions.team(null))
          : threads.stream().map(ThreadOptions::team).toList();
    }
  }

  private final Terminal terminal;

  BenchCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    requireSense();
    List<Integer> teams = kernels.teams();
    TableFormat.Output<BenchResult> results =
        output.to(terminal, BenchFields::of, BenchTable::lines);
    try (BenchModel model = model(teams)) {
      List<BenchTest> tests = tests(model.checkpoint().config());
      for (String set : kernels.sets) {
        for (Numerics numerics : kernels.numerics) {
          for (int threads : teams) {
            System.gc(); // the weights of the combination before
            KernelSettings settings =
                new KernelSettings(
                    numerics, threads, KernelOptions.prepared(kernels.preparedMemory));
            run(model, KernelSets.open(set, settings), tests, results);
          }
        }
      }
    }
    results.end();
  }

  private void run(
      BenchModel model,
      Kernels opened,
      List<BenchTest> tests,
      TableFormat.Output<BenchResult> results) {
    try (opened) {
      terminal.note("%s: %s".formatted(model.type(), LoadedModel.describe(opened)));
      BenchRunner runner = new BenchRunner(model, opened, timing(), terminal);
      for (BenchTest test : tests) {
        BenchResult result = runner.run(test);
        results.add(result);
        terminal.note(
            "%s: %s tokens/s in %d runs after %d to warm up"
                .formatted(test.label(), BenchTable.speed(result), repetitions, result.warmUps()));
      }
    }
  }

  private BenchRunner.Timing timing() {
    return new BenchRunner.Timing(repetitions, warmUp, !noLimits);
  }

  private BenchModel model(List<Integer> teams) {
    if (!synthetic.asked()) {
      return BenchModel.of(directory, terminal);
    }
    if (directory.model != null) {
      throw TouchstoneException.of(
          Fault.USAGE, "--shape", "given with --model", "give one of them");
    }
    SyntheticModel model = synthetic.model();
    BenchMemory.here().require(model, tests(model.config()), kernels.stored());
    return BenchModel.of(model, teams.stream().mapToInt(i -> i).max().orElseThrow());
  }

  private List<BenchTest> tests(LlamaConfig config) {
    List<BenchTest> tests = new ArrayList<>();
    lengths("--n-prompt", prompts, PROMPT, config)
        .forEach(length -> tests.add(new BenchTest.Prompt(length)));
    lengths("--n-gen", generated, GENERATED, config)
        .forEach(
            length ->
                sequences.forEach(count -> tests.add(new BenchTest.Generation(length, count))));
    if (tests.isEmpty()) {
      throw TouchstoneException.of(
          Fault.USAGE, "touchstone bench", "no test is left", "give --n-prompt or --n-gen");
    }
    return tests;
  }

  /** The lengths asked for, which fit the context, or the usual one as far as it does. */
  private static Stream<Integer> lengths(
      String option, List<Integer> asked, int usual, LlamaConfig config) {
    int context = config.contextLength();
    if (asked == null) {
      return Stream.of(Math.min(usual, context));
    }
    for (int length : asked) {
      if (length > context) {
        throw TouchstoneException.of(
            Fault.LIMIT, option, length + " tokens", "this model's context holds " + context);
      }
    }
    return asked.stream().filter(length -> length > 0);
  }

  private void requireSense() {
    requireAll("--n-prompt", prompts, 0, Integer.MAX_VALUE);
    requireAll("--n-gen", generated, 0, Integer.MAX_VALUE);
    requireAll("--n-sequences", sequences, 1, MOST_SEQUENCES);
    requireAll("--repetitions", List.of(repetitions), 1, MOST_REPETITIONS);
    if (!(warmUp >= 0 && warmUp <= MOST_WARM_UP)) {
      throw outside("--warm-up", String.valueOf(warmUp), "0 to 3600 seconds");
    }
  }

  private static void requireAll(String option, List<Integer> values, int least, int most) {
    for (int value : values == null ? List.<Integer>of() : values) {
      if (value < least || value > most) {
        throw outside(
            option,
            String.valueOf(value),
            most == Integer.MAX_VALUE
                ? "at least " + least
                : "between %d and %d".formatted(least, most));
      }
    }
  }

  private static TouchstoneException outside(String option, String value, String allowed) {
    return TouchstoneException.of(Fault.USAGE, option, value, allowed);
  }
}
