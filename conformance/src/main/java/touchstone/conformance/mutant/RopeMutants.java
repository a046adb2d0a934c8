package touchstone.conformance.mutant;

import java.util.List;
import java.util.function.UnaryOperator;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.kernels.Kernels;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;

/** Mistakes in the rotary position embedding. */
final class RopeMutants {
  private static final double LLAMA_THETA = 10_000;
  private static final int TABLE_LENGTH = 2048;

  private RopeMutants() {}

  static List<Mutant> all() {
    return List.of(
        ropeInterleaved(),
        ropeBackwards(),
        ropeThetaIgnored(),
        ropeHalfOfHead(),
        ropeExponentHalved(),
        ropeFrequenciesOfDim(),
        ropeTableHalf(),
        ropeFrequenciesBfloat16(),
        ropeFrequenciesHalf(),
        ropePositionsBfloat16(),
        ropeTableShort(),
        ropeScalingIgnored(),
        ropeNtkAlways(),
        ropeDynamicAsLinear());
  }

  private static Mutant ropeInterleaved() {
    return new Mutant(
        "rope-interleaved",
        Group.ARITHMETIC,
        "neighbouring elements rotated as pairs",
        "Position 0 is exact, all later ones are not: fluent at first, then gibberish.",
        "Meta's order of rows taken for that of Hugging Face.",
        IssueLinks.of(
            "huggingface/transformers#25199",
            "Dao-AILab/flash-attention#288",
            "InternLM/lmdeploy#547",
            "InternLM/lmdeploy#2639",
            "rasbt/LLMs-from-scratch#747",
            "rasbt/LLMs-from-scratch#750"),
        rotation(RopeMutants::interleaved));
  }

  private static Mutant ropeBackwards() {
    return new Mutant(
        "rope-backwards",
        Group.ARITHMETIC,
        "rotated by the negative angle",
        "Only what a token says of itself is exact: wrong from position 1 on.",
        "The sign in rotate_half on the other half.",
        List.of(),
        tables(
            table ->
                new RopeTable(table.cos(), negated(table.sin()), table.tokens(), table.halfDim())));
  }

  private static Mutant ropeThetaIgnored() {
    return new Mutant(
        "rope-theta-ignored",
        Group.ARITHMETIC,
        "rope_theta taken to be 10000",
        "Llama-2 passes, CodeLlama and later models do not.",
        "A constant; or the name of the field in another file.",
        IssueLinks.of("karpathy/llama2.c#356", "lyogavin/airllm#369", "intel/ipex-llm#10787"),
        Deviations.config(config -> Configs.withTheta(config, LLAMA_THETA)));
  }

  private static Mutant ropeHalfOfHead() {
    return new Mutant(
        "rope-half-of-head",
        Group.ARITHMETIC,
        "half of every head rotated, as a head of half the width",
        "Wrong from position 1 on.",
        "A fixed number of rotated dimensions, or a share of the head as in other models.",
        IssueLinks.of("ggml-org/llama.cpp#4889"),
        rotation(RopeMutants::halfOfHead));
  }

  private static Mutant ropeExponentHalved() {
    return new Mutant(
        "rope-exponent-halved",
        Group.ARITHMETIC,
        "frequencies theta^(-j / headDim)",
        "Wrong from position 1 on, most in the slow pairs.",
        "The step of 2 in arange(0, headDim, 2) lost.",
        List.of(),
        Deviations.config(
            config -> Configs.withTheta(config, StrictMath.sqrt(config.ropeTheta()))));
  }

  private static Mutant ropeFrequenciesOfDim() {
    return new Mutant(
        "rope-frequencies-of-dim",
        Group.ARITHMETIC,
        "frequencies theta^(-2j / dim)",
        "Wrong from position 1 on in models with more than one head.",
        "hidden_size for the width of a head.",
        List.of(),
        Deviations.config(RopeMutants::frequenciesOfDim));
  }

  private static Mutant ropeTableHalf() {
    return new Mutant(
        "rope-table-half",
        Group.ARITHMETIC,
        "cosines and sines rounded to F16",
        "A small error everywhere, of half a unit of F16.",
        "A table in the type of the weights.",
        IssueLinks.of("vllm-project/vllm#4835"),
        tables(
            table ->
                new RopeTable(
                    halves(table.cos()), halves(table.sin()), table.tokens(), table.halfDim())));
  }

  private static Mutant ropeFrequenciesBfloat16() {
    return new Mutant(
        "rope-frequencies-bfloat16",
        Group.ARITHMETIC,
        "frequencies rounded to bfloat16",
        "An error that grows with the position: plain from 100 on.",
        "model.bfloat16() after the frequencies were made.",
        IssueLinks.of(
            "huggingface/transformers#25681",
            "huggingface/transformers#24262",
            "huggingface/transformers#29496",
            "EleutherAI/gpt-neox#1003",
            "microsoft/Megatron-DeepSpeed#206"),
        angles(
            angles ->
                (position, j) -> position * HalfType.BF16.round((float) angles.frequency(j))));
  }

  private static Mutant ropeFrequenciesHalf() {
    return new Mutant(
        "rope-frequencies-half",
        Group.ARITHMETIC,
        "frequencies rounded to F16",
        "An error that grows with the position: plain from 1000 on.",
        "model.half() after the frequencies were made.",
        IssueLinks.of("huggingface/transformers#25681", "huggingface/transformers#24262"),
        angles(
            angles -> (position, j) -> position * HalfType.F16.round((float) angles.frequency(j))));
  }

  private static Mutant ropePositionsBfloat16() {
    return new Mutant(
        "rope-positions-bfloat16",
        Group.ARITHMETIC,
        "positions rounded to bfloat16",
        "Exact up to position 256, then several tokens share one.",
        "arange in the type of the weights.",
        IssueLinks.of("huggingface/transformers#29496"),
        angles(
            angles ->
                (position, j) -> HalfType.BF16.round((float) position) * angles.frequency(j)));
  }

  private static Mutant ropeTableShort() {
    return new Mutant(
        "rope-table-short",
        Group.ARITHMETIC,
        "a table that ends at %d".formatted(TABLE_LENGTH),
        "Wrong from position 2048 on.",
        "The length of Llama-1 as a constant.",
        IssueLinks.of("huggingface/text-generation-inference#1571", "vllm-project/vllm#2164"),
        angles(
            angles -> (position, j) -> Math.min(position, TABLE_LENGTH - 1) * angles.frequency(j)));
  }

  private static Mutant ropeScalingIgnored() {
    return new Mutant(
        "rope-scaling-ignored",
        Group.ARITHMETIC,
        "rope_scaling not read",
        "Linear: wrong from position 1 on. Dynamic: wrong beyond the trained length.",
        "A field that came later.",
        IssueLinks.of(
            "huggingface/text-generation-inference#783",
            "huggingface/text-generation-inference#822"),
        Deviations.config(config -> Configs.withScaling(config, new RopeScaling.None())));
  }

  private static Mutant ropeNtkAlways() {
    return new Mutant(
        "rope-ntk-always",
        Group.ARITHMETIC,
        "dynamic scaling at every length, by the full factor",
        "Short texts are wrong too.",
        "The base computed once, for the longest text.",
        IssueLinks.of("huggingface/text-generation-inference#822"),
        Deviations.config(RopeMutants::ntkAlways));
  }

  private static Mutant ropeDynamicAsLinear() {
    return new Mutant(
        "rope-dynamic-as-linear",
        Group.ARITHMETIC,
        "dynamic scaling done as linear",
        "Wrong from position 1 on in models with dynamic scaling.",
        "Only the factor of rope_scaling is read.",
        IssueLinks.of("huggingface/text-generation-inference#783"),
        Deviations.config(RopeMutants::dynamicAsLinear));
  }

  /** Rotates all heads of all rows in place. */
  @FunctionalInterface
  private interface Rotation {
    void rotate(Activations x, RopeTable table);
  }

  private static Seams rotation(Rotation rotation) {
    return Deviations.kernels((right, _) -> rotating(right, rotation));
  }

  /** A kernel set that rotates otherwise. */
  private static Kernels rotating(Kernels right, Rotation rotation) {
    return new KernelsView(right) {
      @Override
      public void rope(Activations x, RopeTable table) {
        rotation.rotate(x, table);
      }
    };
  }

  private static Seams tables(UnaryOperator<RopeTable> deviant) {
    return Deviations.kernels(
        (right, _) -> rotating(right, (x, table) -> right.rope(x, deviant.apply(table))));
  }

  /** Other angles for a model. */
  @FunctionalInterface
  private interface OtherAngles {
    Angles.Angle of(Angles right);
  }

  private static Seams angles(OtherAngles deviant) {
    return Deviations.kernels(
        (right, config) -> {
          Angles angles = new Angles(config);
          Angles.Angle angle = deviant.of(angles);
          return rotating(
              right, (x, table) -> right.rope(x, angles.table(angles.positions(table), angle)));
        });
  }

  private static float[] negated(float[] values) {
    float[] negated = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      negated[i] = -values[i];
    }
    return negated;
  }

  private static float[] halves(float[] values) {
    float[] halves = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = HalfType.F16.round(values[i]);
    }
    return halves;
  }

  private static void interleaved(Activations x, RopeTable table) {
    rotate(x, table, 2 * table.halfDim(), table.halfDim(), 1, (j, pairs) -> 2 * j, 1);
  }

  /** Pair j of a head of half the width has the frequency of pair 2j. */
  private static void halfOfHead(Activations x, RopeTable table) {
    int pairs = table.halfDim() / 2;
    rotate(x, table, 2 * table.halfDim(), pairs, pairs, (j, _) -> j, 2);
  }

  /** Where in a head a pair begins. */
  @FunctionalInterface
  private interface First {
    int of(int j, int pairs);
  }

  private static void rotate(
      Activations x, RopeTable table, int headDim, int pairs, int apart, First first, int step) {
    float[] values = x.values();
    for (int row = 0; row < x.rows(); row++) {
      for (int head = x.start(row); head < x.start(row) + x.columns(); head += headDim) {
        for (int j = 0; j < pairs; j++) {
          int angle = row * table.halfDim() + step * j;
          int at = head + first.of(j, pairs);
          float a = values[at];
          float b = values[at + apart];
          values[at] = a * table.cos()[angle] - b * table.sin()[angle];
          values[at + apart] = b * table.cos()[angle] + a * table.sin()[angle];
        }
      }
    }
  }

  private static LlamaConfig frequenciesOfDim(LlamaConfig config) {
    double exponent = (double) config.headDim() / config.dim();
    return Configs.withTheta(config, StrictMath.pow(config.ropeTheta(), exponent));
  }

  private static LlamaConfig ntkAlways(LlamaConfig config) {
    return switch (config.ropeScaling()) {
      case RopeScaling.Dynamic(double factor, _) -> {
        double exponent = config.headDim() / (config.headDim() - 2.0);
        double theta = config.ropeTheta() * StrictMath.pow(factor, exponent);
        yield Configs.withScaling(Configs.withTheta(config, theta), new RopeScaling.None());
      }
      case RopeScaling.Linear _, RopeScaling.None _ -> config;
    };
  }

  private static LlamaConfig dynamicAsLinear(LlamaConfig config) {
    return switch (config.ropeScaling()) {
      case RopeScaling.Dynamic(double factor, _) ->
          Configs.withScaling(config, new RopeScaling.Linear(factor));
      case RopeScaling.Linear _, RopeScaling.None _ -> config;
    };
  }
}
