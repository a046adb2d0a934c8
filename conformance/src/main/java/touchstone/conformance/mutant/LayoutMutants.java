package touchstone.conformance.mutant;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Seams;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.WeightMatrix;

/** Mistakes in where weights lie: rows, matrices and layers taken for others. */
final class LayoutMutants {
  private static final String KEY = ".k_proj";
  private static final String VALUE = ".v_proj";
  private static final int THREE = 3;

  private LayoutMutants() {}

  static List<Mutant> all() {
    return List.of(
        keysInMetaOrder(),
        keysPermutedAsQueries(),
        keysUnpermutedAsQueries(),
        qkvSplitInThirds(),
        squareWeightsTransposed(),
        layersSortedAsText(),
        layersRotated(),
        normsExchanged());
  }

  private static Mutant keysInMetaOrder() {
    return new Mutant(
        "keys-in-meta-order",
        Group.ARITHMETIC,
        "rows of k in Meta's order, those of q in that of Hugging Face",
        "Position 0 is exact for a single token, all else is wrong.",
        "A converter permutes one of the two.",
        IssueLinks.of("ggml-org/llama.cpp#3364"),
        keyRows((config, rows) -> interleaved(rows, config.headDim())));
  }

  private static Mutant keysPermutedAsQueries() {
    return new Mutant(
        "keys-permuted-as-queries",
        Group.ARITHMETIC,
        "rows of k permuted as if there were as many heads as in q",
        "Models without grouped queries pass.",
        "A converter with the number of query heads for both.",
        IssueLinks.of("ggml-org/llama.cpp#3364"),
        keyRows(
            (config, rows) ->
                then(
                    inverse(interleaved(rows, rows / config.heads())),
                    interleaved(rows, config.headDim()))));
  }

  private static Mutant keysUnpermutedAsQueries() {
    return new Mutant(
        "keys-unpermuted-as-queries",
        Group.ARITHMETIC,
        "rows of k brought to Meta's order as if there were as many heads as in q",
        "Models without grouped queries pass.",
        "A converter with the number of query heads for both.",
        IssueLinks.of("ggml-org/llama.cpp#3364"),
        keyRows(
            (config, rows) ->
                then(
                    inverse(interleaved(rows, config.headDim())),
                    interleaved(rows, rows / config.heads()))));
  }

  private static Mutant qkvSplitInThirds() {
    return new Mutant(
        "qkv-split-in-thirds",
        Group.ARITHMETIC,
        "joined q, k and v split into three equal parts",
        "Models without grouped queries pass; others crash or give garbage.",
        "A split by hidden_size.",
        IssueLinks.of(
            "huggingface/text-generation-inference#648",
            "huggingface/text-generation-inference#1061"),
        matrices(LayoutMutants::thirds));
  }

  private static Mutant squareWeightsTransposed() {
    return new Mutant(
        "square-weights-transposed",
        Group.ARITHMETIC,
        "square matrices read as their transpose",
        "Only models with as many query dimensions as dimensions: q and o are wrong.",
        "Dimensions in the other order; only other shapes are noticed.",
        List.of(),
        matrices((right, module, matrix) -> transposed(matrix)));
  }

  private static Mutant layersSortedAsText() {
    return new Mutant(
        "layers-sorted-as-text",
        Group.ARITHMETIC,
        "layers in the order of their numbers as text",
        "Models with at most ten layers pass: 10 comes before 2.",
        "Names of tensors or shards sorted as text.",
        List.of(),
        layers(LayoutMutants::sortedAsText));
  }

  private static Mutant layersRotated() {
    return new Mutant(
        "layers-rotated",
        Group.ARITHMETIC,
        "every layer with the next one's weights",
        "Models with one layer pass.",
        "Layers counted from one.",
        List.of(),
        layers(layers -> IntStream.range(0, layers).map(l -> (l + 1) % layers).toArray()));
  }

  private static Mutant normsExchanged() {
    return new Mutant(
        "norms-exchanged",
        Group.ARITHMETIC,
        "gains of a layer's two norms exchanged",
        "Wrong from the first layer on, of the right size.",
        "Names of another format: attention_norm, ffn_norm.",
        List.of(),
        Deviations.checkpoint(LayoutMutants::normsExchanged));
  }

  /** A matrix as it is wrongly read. */
  @FunctionalInterface
  private interface Deviant {
    WeightMatrix of(Checkpoint right, String module, WeightMatrix matrix);
  }

  private static Seams matrices(Deviant deviant) {
    return Deviations.checkpoint(
        right ->
            new CheckpointView(right) {
              @Override
              public WeightMatrix matrix(String module) {
                return deviant.of(right, module, right.matrix(module));
              }
            });
  }

  /** Which row of k each row is taken for. */
  @FunctionalInterface
  private interface KeyRows {
    int[] of(LlamaConfig config, int rows);
  }

  private static Seams keyRows(KeyRows order) {
    return matrices(
        (right, module, matrix) ->
            module.endsWith(KEY)
                ? Dense.rows(matrix, order.of(right.config(), matrix.rows()))
                : matrix);
  }

  private static int[] then(int[] first, int[] second) {
    return IntStream.of(first).map(row -> second[row]).toArray();
  }

  /** Row 2j + r of a head holds what was row r * headDim / 2 + j. */
  private static int[] interleaved(int rows, int headDim) {
    int[] from = new int[rows];
    for (int row = 0; row < rows; row++) {
      int inHead = row % headDim;
      from[row] = row - inHead + inHead % 2 * (headDim / 2) + inHead / 2;
    }
    return from;
  }

  private static int[] inverse(int[] permutation) {
    int[] inverse = new int[permutation.length];
    for (int i = 0; i < permutation.length; i++) {
      inverse[permutation[i]] = i;
    }
    return inverse;
  }

  private static WeightMatrix thirds(Checkpoint right, String module, WeightMatrix matrix) {
    int part = module.endsWith(KEY) ? 1 : module.endsWith(VALUE) ? 2 : 0;
    int third = (right.config().queryDim() + 2 * right.config().kvDim()) / THREE;
    if (part == 0 || third == matrix.rows()) {
      return matrix;
    }
    WeightMatrix[] joined = joined(right, module);
    return Dense.of(
        matrix.rows(),
        matrix.columns(),
        (row, column) -> {
          int at = part * third + row;
          int owner = 0;
          while (at >= joined[owner].rows()) {
            at -= joined[owner++].rows();
          }
          return joined[owner].dequantise(at, column);
        });
  }

  private static WeightMatrix[] joined(Checkpoint right, String module) {
    String prefix = module.substring(0, module.lastIndexOf('.'));
    return new WeightMatrix[] {
      right.matrix(prefix + ".q_proj"), right.matrix(prefix + KEY), right.matrix(prefix + VALUE)
    };
  }

  private static WeightMatrix transposed(WeightMatrix matrix) {
    return matrix.rows() == matrix.columns()
        ? Dense.of(matrix.rows(), matrix.columns(), (row, column) -> matrix.dequantise(column, row))
        : matrix;
  }

  /** Which layer's weights each layer gets. */
  @FunctionalInterface
  private interface Order {
    int[] of(int layers);
  }

  private static int[] sortedAsText(int layers) {
    return IntStream.range(0, layers)
        .boxed()
        .sorted(Comparator.comparing(String::valueOf))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static Seams layers(Order order) {
    return Deviations.checkpoint(right -> reordered(right, order.of(right.config().layers())));
  }

  private static Checkpoint reordered(Checkpoint right, int[] layers) {
    return new CheckpointView(right) {
      private String other(String name) {
        return IntStream.range(0, layers.length)
            .filter(layer -> name.startsWith(LinearModule.layer(layer)))
            .mapToObj(
                layer ->
                    LinearModule.layer(layers[layer])
                        + name.substring(LinearModule.layer(layer).length()))
            .findFirst()
            .orElse(name);
      }

      @Override
      public WeightMatrix matrix(String module) {
        return right.matrix(other(module));
      }

      @Override
      public Optional<float[]> bias(String module) {
        return right.bias(other(module));
      }

      @Override
      public float[] gain(String norm) {
        return right.gain(other(norm));
      }
    };
  }

  private static Checkpoint normsExchanged(Checkpoint right) {
    return new CheckpointView(right) {
      @Override
      public float[] gain(String norm) {
        String input = "input_layernorm";
        String after = "post_attention_layernorm";
        return right.gain(
            norm.endsWith(after) ? norm.replace(after, input) : norm.replace(input, after));
      }
    };
  }
}
