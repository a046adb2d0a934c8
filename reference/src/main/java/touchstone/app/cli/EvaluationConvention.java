package touchstone.app.cli;

import java.util.Objects;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.evaluate.Convention;

/** The conventions by the names of the programs that they come from, and their usual sizes. */
enum EvaluationConvention {
  /** Blocks side by side. */
  GPTQ("gptq"),
  /** Every token once, told per word. */
  LM_EVAL("lm-eval"),
  /** Windows that overlap. */
  TRANSFORMERS("transformers"),
  /** The second half of each block. */
  LLAMA_CPP("llama.cpp");

  private static final int GPTQ_BLOCK = 2048;
  private static final int LLAMA_CPP_BLOCK = 512;
  private static final int STRIDE = 512;

  private final String label;

  EvaluationConvention(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }

  /**
   * The convention with the sizes asked for, or with its own.
   *
   * @param block null for its own
   * @param stride null for its own
   * @param context what the model holds; a block may not be larger
   */
  Convention of(Integer block, Integer stride, int context) {
    if (stride != null && this != TRANSFORMERS) {
      throw TouchstoneException.of(
          Fault.USAGE,
          "--stride",
          "given with the convention " + this,
          "only windows of " + TRANSFORMERS + " have one");
    }
    Convention convention =
        switch (this) {
          case GPTQ -> new Convention.Gptq(Objects.requireNonNullElse(block, GPTQ_BLOCK));
          case LM_EVAL -> new Convention.LmEval(Objects.requireNonNullElse(block, context));
          case TRANSFORMERS -> strided(Objects.requireNonNullElse(block, context), stride);
          case LLAMA_CPP ->
              new Convention.LlamaCpp(Objects.requireNonNullElse(block, LLAMA_CPP_BLOCK));
        };
    if (convention.block() > context) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          "--block",
          "%d tokens".formatted(convention.block()),
          "this model's context holds %d; give --block %d or less".formatted(context, context));
    }
    return convention;
  }

  private static Convention strided(int block, Integer stride) {
    return new Convention.Transformers(block, stride == null ? Math.min(STRIDE, block) : stride);
  }
}
