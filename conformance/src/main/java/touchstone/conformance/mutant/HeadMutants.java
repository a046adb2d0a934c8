package touchstone.conformance.mutant;

import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.WeightMatrix;

/** Mistakes where tokens come in and logits go out. */
final class HeadMutants {
  private static final int PAD = 0;

  private HeadMutants() {}

  static List<Mutant> all() {
    return List.of(headTied(), padEmbeddingZero(), embeddingScaled());
  }

  private static Mutant headTied() {
    return new Mutant(
        "head-tied",
        Group.ARITHMETIC,
        "the embeddings used as output head",
        "Logits are finite and have nothing to do with the model.",
        "lm_head.weight is not found, and nobody is told.",
        List.of(),
        Deviations.checkpoint(HeadMutants::tied));
  }

  private static Mutant padEmbeddingZero() {
    return new Mutant(
        "pad-embedding-zero",
        Group.ARITHMETIC,
        "the embedding of token 0 set to zero",
        "Only texts with <unk> or padding are wrong.",
        "padding_idx, or a row that is cleared after loading.",
        List.of(),
        Deviations.checkpoint(HeadMutants::padCleared));
  }

  private static Mutant embeddingScaled() {
    return new Mutant(
        "embedding-scaled",
        Group.ARITHMETIC,
        "embeddings multiplied by the root of dim",
        "Wrong from the first layer on, the less so the deeper.",
        "Gemma's embedding, and the first transformer's.",
        List.of(),
        Deviations.checkpoint(HeadMutants::scaled));
  }

  private static Checkpoint tied(Checkpoint right) {
    return new CheckpointView(right) {
      @Override
      public WeightMatrix matrix(String module) {
        return module.equals(LinearModule.HEAD) ? right.embedding() : right.matrix(module);
      }
    };
  }

  private static Checkpoint padCleared(Checkpoint right) {
    return new CheckpointView(right) {
      @Override
      public DenseMatrix embedding() {
        DenseMatrix embedding = right.embedding();
        return Dense.of(
            embedding.rows(),
            embedding.columns(),
            (row, column) -> row == PAD ? 0 : embedding.dequantise(row, column));
      }
    };
  }

  /** The head is right, also where it is the embedding. */
  private static Checkpoint scaled(Checkpoint right) {
    return new CheckpointView(right) {
      @Override
      public LlamaConfig config() {
        return Configs.withHead(right.config());
      }

      @Override
      public WeightMatrix matrix(String module) {
        boolean tied = right.config().tiedEmbeddings() && module.equals(LinearModule.HEAD);
        return tied ? right.embedding() : right.matrix(module);
      }

      @Override
      public DenseMatrix embedding() {
        DenseMatrix embedding = right.embedding();
        float root = (float) Math.sqrt(embedding.columns());
        return Dense.of(
            embedding.rows(),
            embedding.columns(),
            (row, column) -> root * embedding.dequantise(row, column));
      }
    };
  }
}
