package touchstone.conformance.mutant;

import java.util.List;
import java.util.Optional;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.QuantisedModule;
import touchstone.conformance.own.Seams;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.llama.Checkpoint;
import touchstone.tensor.Activations;
import touchstone.tensor.WeightMatrix;

/** Mistakes in which inputs share a scale and a zero point. */
final class GroupMutants {
  /** Rows that a scratch buffer for reordered inputs holds; 2048 in the runtimes that had it. */
  private static final int BUFFER_ROWS = 16;

  private static final int USUAL_GROUP = 128;

  private GroupMutants() {}

  static List<Mutant> all() {
    return List.of(
        gIdxIgnored(),
        gIdxZerosLiteral(),
        actOrderInputInOrder(),
        actOrderSortedTwice(),
        actOrderOfQForKAndV(),
        actOrderBufferShort(),
        noGroupsAs128(),
        groupSize128(),
        lastGroupMissing());
  }

  private static Mutant gIdxIgnored() {
    return new Mutant(
        "g-idx-ignored",
        Group.WEIGHTS,
        "inputs in groups by their number, whatever g_idx says",
        "Files with act-order get other groups' scales: fluent nonsense; others pass.",
        "A kernel chosen by the flag desc_act, or g_idx dropped when layers are fused.",
        IssueLinks.of(
            "AutoGPTQ/AutoGPTQ#201",
            "oobabooga/text-generation-webui#1884",
            "NVIDIA/TensorRT-LLM#503",
            "turboderp/exllama#32"),
        groups((module, input) -> input / module.groupSize()));
  }

  private static Mutant gIdxZerosLiteral() {
    return new Mutant(
        "g-idx-zeros-literal",
        Group.WEIGHTS,
        "a g_idx of zeros taken at its word",
        "Every input gets the scale of group 0 where g_idx is a place-holder.",
        "The place-holder of writers without act-order is not known.",
        IssueLinks.of("turboderp/exllama#44"),
        groups(
            (module, input) ->
                module
                    .groupIndices()
                    .map(stored -> stored.intAt(input))
                    .orElseGet(() -> module.matrix().groupOf(input))));
  }

  private static Mutant actOrderInputInOrder() {
    return new Mutant(
        "act-order-input-in-order",
        Group.WEIGHTS,
        "rows sorted by group, inputs not",
        "Files with act-order give noise; without groups they pass.",
        "The permutation of the weights is kept from the kernel.",
        IssueLinks.of("AutoGPTQ/AutoGPTQ#305"),
        Deviations.weight(new Sorted(false)));
  }

  private static Mutant actOrderSortedTwice() {
    return new Mutant(
        "act-order-sorted-twice",
        Group.WEIGHTS,
        "rows and inputs sorted by group, each with a sort of its own",
        "Files with act-order give noise within groups.",
        "Two sorts, of which one is not stable.",
        IssueLinks.of("ModelCloud/GPTQModel#1973"),
        Deviations.weight(new Sorted(true)));
  }

  private static Mutant actOrderOfQForKAndV() {
    return new Mutant(
        "act-order-of-q-for-k-and-v",
        Group.WEIGHTS,
        "the groups of q used for k and v",
        "k and v get other groups' scales where their g_idx is not that of q.",
        "q, k and v joined into one matrix with one g_idx.",
        IssueLinks.of("AutoGPTQ/AutoGPTQ#305"),
        Deviations.checkpoint(GroupMutants::groupsOfQuery));
  }

  private static Mutant actOrderBufferShort() {
    return new Mutant(
        "act-order-buffer-short",
        Group.WEIGHTS,
        "a buffer for reordered inputs that holds %d rows".formatted(BUFFER_ROWS),
        "Prompts longer than the buffer give garbage or a crash.",
        "The buffer is sized for 2048 tokens and not checked.",
        IssueLinks.of("turboderp/exllama#128", "AutoGPTQ/AutoGPTQ#386"),
        Deviations.inModels((right, _) -> bufferShort(right)));
  }

  private static Mutant noGroupsAs128() {
    return new Mutant(
        "no-groups-as-128",
        Group.WEIGHTS,
        "a group size of -1 taken for 128",
        "Inputs from 128 on read behind the scales.",
        "A default in the place of -1.",
        IssueLinks.of(
            "huggingface/text-generation-inference#1358",
            "vllm-project/vllm#37331",
            "ModelCloud/GPTQModel#1298"),
        Deviations.weight(new NoGroupsAs128()));
  }

  private static Mutant groupSize128() {
    return new Mutant(
        "group-size-128",
        Group.WEIGHTS,
        "the group size taken to be 128, whatever it is",
        "Files with groups of 128 in order pass, others get other groups' scales.",
        "group_size is not read.",
        List.of(),
        groups((module, input) -> Math.min(input / USUAL_GROUP, module.matrix().groups() - 1)));
  }

  private static Mutant lastGroupMissing() {
    return new Mutant(
        "last-group-missing",
        Group.WEIGHTS,
        "the number of groups rounded down",
        "Where the group size does not divide the inputs, the last ones get other scales.",
        "in / groupSize as a whole number.",
        IssueLinks.of("ModelCloud/GPTQModel#2950"),
        groups(
            (module, input) -> {
              int whole = module.matrix().columns() / module.groupSize();
              return Math.min(module.matrix().groupOf(input), Math.max(whole - 1, 0));
            }));
  }

  /** The group of an input. */
  @FunctionalInterface
  private interface GroupOf {
    int group(QuantisedModule module, int input);
  }

  private static Seams groups(GroupOf deviant) {
    return Deviations.weight(
        new Reading() {
          @Override
          public boolean concerns(QuantisedModule module) {
            return module.matrix().groups() > 1;
          }

          @Override
          public int group(QuantisedModule module, int input) {
            return deviant.group(module, input);
          }
        });
  }

  /**
   * Rows in the order of their groups, against inputs that are in their own order, or sorted so that
   * the inputs of a group run backwards.
   */
  private record Sorted(boolean inputsToo) implements Reading {
    @Override
    public boolean concerns(QuantisedModule module) {
      return !module.matrix().order().isSequential();
    }

    @Override
    public WeightMatrix read(QuantisedModule module) {
      GptqMatrix matrix = module.matrix();
      if (!concerns(module)) {
        return matrix;
      }
      SummationOrder order = matrix.order();
      int[] row = new int[matrix.columns()]; // [inputs], the row that an input meets
      for (int block = 0; block < order.blocks(); block++) {
        int from = order.start(block);
        int to = order.start(block + 1);
        for (int place = from; place < to; place++) {
          int input = inputsToo ? order.input(from + to - 1 - place) : place;
          row[input] = order.input(place);
        }
      }
      return Dense.of(
          matrix.rows(),
          matrix.columns(),
          (output, input) -> matrix.dequantise(output, row[input]));
    }
  }

  private static Checkpoint groupsOfQuery(Checkpoint right) {
    return new CheckpointView(right) {
      @Override
      public WeightMatrix matrix(String module) {
        String query = module.replace(".k_proj", ".q_proj").replace(".v_proj", ".q_proj");
        WeightMatrix own = right.matrix(module);
        return !query.equals(module)
                && own instanceof GptqMatrix matrix
                && right.matrix(query) instanceof GptqMatrix other
            ? withGroupsOf(matrix, other)
            : own;
      }
    };
  }

  private static WeightMatrix withGroupsOf(GptqMatrix matrix, GptqMatrix other) {
    return Dense.of(
        matrix.rows(),
        matrix.columns(),
        (output, input) -> {
          int group = other.groupOf(input);
          return matrix.scale(group, output)
              * (matrix.code(input, output) - matrix.zero(group, output));
        });
  }

  private static Kernels bufferShort(Kernels right) {
    return new KernelsView(right) {
      @Override
      public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
        Linear product = right.linear(weight, bias);
        boolean reordered = weight instanceof GptqMatrix gptq && !gptq.order().isSequential();
        return reordered ? (x, y) -> product.apply(overwritten(x), y) : product;
      }
    };
  }

  /** Rows that do not fit lie where the first ones were. */
  private static Activations overwritten(Activations x) {
    Activations buffer = Activations.zeros(x.rows(), x.columns());
    for (int row = 0; row < x.rows(); row++) {
      int last = row + (x.rows() - 1 - row) / BUFFER_ROWS * BUFFER_ROWS;
      System.arraycopy(x.values(), x.start(last), buffer.values(), buffer.start(row), x.columns());
    }
    return buffer;
  }

  /** What lies behind the scales and zero points is taken to be zeros. */
  private record NoGroupsAs128() implements Reading {
    @Override
    public boolean concerns(QuantisedModule module) {
      return module.config().groupSize() == GptqConfig.NO_GROUPS;
    }

    @Override
    public int group(QuantisedModule module, int input) {
      return input / USUAL_GROUP;
    }

    @Override
    public int zero(QuantisedModule module, int group, int output) {
      return group == 0 ? module.matrix().zero(group, output) : 0;
    }

    @Override
    public float scale(QuantisedModule module, int group, int output) {
      return group == 0 ? module.matrix().scale(group, output) : 0;
    }
  }
}
