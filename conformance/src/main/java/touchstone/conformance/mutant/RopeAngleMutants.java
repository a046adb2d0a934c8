package touchstone.conformance.mutant;

import java.util.List;
import java.util.function.UnaryOperator;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.conformance.profile.HalfType;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.RopeTable;

/** Mistakes in the angles of the rotary position embedding. */
final class RopeAngleMutants {
  private static final double LLAMA_THETA = 10_000;
  private static final int TABLE_LENGTH = 2048;

  private RopeAngleMutants() {}

  static List<Mutant> all() {
    return List.of(
        ropeThetaIgnored(),
        ropeExponentHalved(),
        ropeFrequenciesOfDim(),
        ropeTableHalf(),
        ropeTableBfloat16(),
        ropeFrequenciesBfloat16(),
        ropeFrequenciesHalf(),
        ropePositionsBfloat16(),
        ropePositionsFromOne(),
        ropeTableShort());
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
        Deviations.config(RopeAngleMutants::frequenciesOfDim));
  }

  private static Mutant ropeTableHalf() {
    return new Mutant(
        "rope-table-half",
        Group.ARITHMETIC,
        "cosines and sines rounded to F16",
        "A small error everywhere, of half a unit of F16.",
        "A table in the type of the weights.",
        IssueLinks.of("vllm-project/vllm#4835"),
        tables(table -> rounded(table, HalfType.F16)));
  }

  private static Mutant ropeTableBfloat16() {
    return new Mutant(
        "rope-table-bfloat16",
        Group.ARITHMETIC,
        "cosines and sines rounded to bfloat16",
        "A small error everywhere, of half a unit of bfloat16.",
        "A table in the type of the weights.",
        List.of(),
        tables(table -> rounded(table, HalfType.BF16)));
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
        angles((position, frequency) -> position * HalfType.BF16.round((float) frequency)));
  }

  private static Mutant ropeFrequenciesHalf() {
    return new Mutant(
        "rope-frequencies-half",
        Group.ARITHMETIC,
        "frequencies rounded to F16",
        "An error that grows with the position: plain from 1000 on.",
        "model.half() after the frequencies were made.",
        IssueLinks.of("huggingface/transformers#25681", "huggingface/transformers#24262"),
        angles((position, frequency) -> position * HalfType.F16.round((float) frequency)));
  }

  private static Mutant ropePositionsBfloat16() {
    return new Mutant(
        "rope-positions-bfloat16",
        Group.ARITHMETIC,
        "positions rounded to bfloat16",
        "Exact up to position 256, then several tokens share one.",
        "arange in the type of the weights.",
        IssueLinks.of("huggingface/transformers#29496"),
        angles((position, frequency) -> HalfType.BF16.round((float) position) * frequency));
  }

  private static Mutant ropePositionsFromOne() {
    return new Mutant(
        "rope-positions-from-one",
        Group.ARITHMETIC,
        "the first token at position 1",
        "Scores and logits are exact, since only distances count; queries and keys are not.",
        "Positions counted as people do.",
        List.of(),
        angles((position, frequency) -> (position + 1) * frequency));
  }

  private static Mutant ropeTableShort() {
    return new Mutant(
        "rope-table-short",
        Group.ARITHMETIC,
        "a table that ends at %d".formatted(TABLE_LENGTH),
        "Wrong from position 2048 on.",
        "The length of Llama-1 as a constant.",
        IssueLinks.of("huggingface/text-generation-inference#1571", "vllm-project/vllm#2164"),
        angles((position, frequency) -> Math.min(position, TABLE_LENGTH - 1) * frequency));
  }

  private static Seams tables(UnaryOperator<RopeTable> deviant) {
    return Deviations.kernels(
        (right, _) -> Rotations.rotating(right, (x, table) -> right.rope(x, deviant.apply(table))));
  }

  private static Seams angles(Angles.Angle deviant) {
    return Deviations.kernels(
        (right, config) ->
            Rotations.rotating(
                right, (x, table) -> right.rope(x, Angles.of(table, config).table(deviant))));
  }

  private static RopeTable rounded(RopeTable table, HalfType type) {
    return new RopeTable(
        rounded(table.cos(), type), rounded(table.sin(), type), table.tokens(), table.halfDim());
  }

  private static float[] rounded(float[] values, HalfType type) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = type.round(values[i]);
    }
    return rounded;
  }

  private static LlamaConfig frequenciesOfDim(LlamaConfig config) {
    double exponent = (double) config.headDim() / config.dim();
    return Configs.withTheta(config, StrictMath.pow(config.ropeTheta(), exponent));
  }
}
