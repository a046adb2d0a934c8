package touchstone.conformance.mutant;

import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/** Mistakes in the rotary position embedding: what is rotated, and which way. */
final class RopeMutants {
  private RopeMutants() {}

  static List<Mutant> all() {
    return List.of(
        ropeInterleaved(),
        ropeBackwards(),
        ropeUnsigned(),
        ropeHalfOfHead(),
        ropeMissing(),
        ropeQueriesOnly(),
        ropeValuesToo());
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
        Rotations.of((x, table) -> rotate(x, table, Pairs.neighbours(table), RopeMutants::turn)));
  }

  private static Mutant ropeBackwards() {
    return new Mutant(
        "rope-backwards",
        Group.ARITHMETIC,
        "rotated by the negative angle",
        "Only what a token says of itself is exact: wrong from position 1 on.",
        "The sign in rotate_half on the other half.",
        List.of(),
        Rotations.of((x, table) -> rotate(x, table, Pairs.halves(table), RopeMutants::backwards)));
  }

  private static Mutant ropeUnsigned() {
    return new Mutant(
        "rope-unsigned",
        Group.ARITHMETIC,
        "both elements of a pair get the sum, neither the difference",
        "Position 0 is exact, all later ones are not.",
        "The minus in rotate_half forgotten.",
        List.of(),
        Rotations.of((x, table) -> rotate(x, table, Pairs.halves(table), RopeMutants::unsigned)));
  }

  private static Mutant ropeHalfOfHead() {
    return new Mutant(
        "rope-half-of-head",
        Group.ARITHMETIC,
        "half of every head rotated, as a head of half the width",
        "Wrong from position 1 on.",
        "A fixed number of rotated dimensions, or a share of the head as in other models.",
        IssueLinks.of("ggml-org/llama.cpp#4889"),
        Rotations.of((x, table) -> rotate(x, table, Pairs.ofHalfHead(table), RopeMutants::turn)));
  }

  private static Mutant ropeMissing() {
    return new Mutant(
        "rope-missing",
        Group.ARITHMETIC,
        "nothing rotated",
        "Tokens know what came before them and not where.",
        "Rotation belongs to no weight; a model without it loads.",
        List.of(),
        Deviations.kernels((right, _) -> Rotations.rotating(right, (x, table) -> {})));
  }

  private static Mutant ropeQueriesOnly() {
    return new Mutant(
        "rope-queries-only",
        Group.ARITHMETIC,
        "queries rotated, keys not",
        "Wrong from position 1 on, the more so the farther.",
        "Keys are rotated where the cache is read, and nothing reads it so.",
        List.of(),
        Deviations.inModels((right, _) -> queriesOnly(right)));
  }

  private static Mutant ropeValuesToo() {
    return new Mutant(
        "rope-values-too",
        Group.ARITHMETIC,
        "values rotated as keys are",
        "Wrong from position 1 on.",
        "q, k and v are one tensor, and rotated together.",
        List.of(),
        Deviations.inModels((right, _) -> valuesToo(right)));
  }

  /**
   * The pairs of a head.
   *
   * @param count how many
   * @param apart the distance of a pair's elements
   * @param first where in the head a pair begins
   * @param step which of the table's frequencies a pair has: this times its number
   */
  private record Pairs(int count, int apart, IntUnaryOperator first, int step) {
    static Pairs halves(RopeTable table) {
      return new Pairs(table.halfDim(), table.halfDim(), j -> j, 1);
    }

    static Pairs neighbours(RopeTable table) {
      return new Pairs(table.halfDim(), 1, j -> 2 * j, 1);
    }

    /** Pair j of a head of half the width has the frequency of pair 2j. */
    static Pairs ofHalfHead(RopeTable table) {
      return new Pairs(table.halfDim() / 2, table.halfDim() / 2, j -> j, 2);
    }
  }

  /** What becomes of a pair; a and b are places. */
  @FunctionalInterface
  private interface Turn {
    void apply(float[] values, int a, int b, float cos, float sin);
  }

  private static void turn(float[] values, int a, int b, float cos, float sin) {
    float x = values[a];
    float y = values[b];
    values[a] = x * cos - y * sin;
    values[b] = y * cos + x * sin;
  }

  private static void backwards(float[] values, int a, int b, float cos, float sin) {
    turn(values, a, b, cos, -sin);
  }

  private static void unsigned(float[] values, int a, int b, float cos, float sin) {
    float x = values[a];
    float y = values[b];
    values[a] = x * cos + y * sin;
    values[b] = y * cos + x * sin;
  }

  private static void rotate(Activations x, RopeTable table, Pairs pairs, Turn turn) {
    int headDim = 2 * table.halfDim();
    for (int row = 0; row < x.rows(); row++) {
      for (int head = x.start(row); head < x.start(row) + x.columns(); head += headDim) {
        for (int j = 0; j < pairs.count(); j++) {
          int angle = row * table.halfDim() + pairs.step() * j;
          int a = head + pairs.first().applyAsInt(j);
          turn.apply(x.values(), a, a + pairs.apart(), table.cos()[angle], table.sin()[angle]);
        }
      }
    }
  }

  /** A layer rotates its queries, then its keys. */
  private static Kernels queriesOnly(Kernels right) {
    return new KernelsView(right) {
      private boolean keys;

      @Override
      public void rope(Activations x, RopeTable table) {
        if (!keys) {
          right.rope(x, table);
        }
        keys = !keys;
      }
    };
  }

  /** Before a layer rotates its queries, its values are the last product. */
  private static Kernels valuesToo(Kernels right) {
    return new KernelsView(right) {
      private Activations values;
      private boolean keys;

      @Override
      public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
        Linear product = right.linear(weight, bias);
        return (x, y) -> {
          product.apply(x, y);
          values = y;
        };
      }

      @Override
      public void rope(Activations x, RopeTable table) {
        right.rope(x, table);
        if (keys) {
          right.rope(values, table);
        }
        keys = !keys;
      }
    };
  }
}
