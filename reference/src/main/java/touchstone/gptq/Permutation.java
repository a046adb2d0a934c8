package touchstone.gptq;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One choice of the parameters with which a model is quantised. A card offers several, each in a
 * branch of its own; what they share (damping, calibration text and its length) are constants here.
 *
 * <pre>
 * name = gptq-{bits}bit-{groupSize}g-actorder_{True|False}      groupSize is -1 for no groups
 * </pre>
 *
 * @param bits 2, 3, 4 or 8
 * @param groupSize inputs that share a scale; {@link GptqConfig#NO_GROUPS} for all of them
 * @param actOrder whether channels are quantised in order of activation size
 * @source the model card of Xwin-LM-70B-V0.1-GPTQ; ExLlama's README for what it reads
 * @rules BRANCH-1 BRANCH-2
 */
public record Permutation(int bits, int groupSize, boolean actOrder) {
  /** The branch that is fetched when none is named; on the card it holds the first permutation. */
  public static final String MAIN = "main";

  /** Damping of the Hessian, as a share of its mean diagonal. */
  public static final double DAMP_PERCENT = 0.1;

  /** The text that activations are measured on. */
  public static final String DATASET = "wikitext";

  /** Tokens of a calibration sample. */
  public static final int SEQUENCE_LENGTH = 4096;

  /** The only width that ExLlama's kernels read. */
  private static final int EXLLAMA_BITS = 4;

  /** Groups of so many inputs or fewer count as small. */
  private static final int SMALL_GROUP = 32;

  private static final List<Permutation> CARD =
      List.of(
          new Permutation(4, GptqConfig.NO_GROUPS, true),
          new Permutation(4, 128, true),
          new Permutation(4, 32, true),
          new Permutation(3, GptqConfig.NO_GROUPS, true),
          new Permutation(3, 128, true),
          new Permutation(3, 32, true));

  public Permutation {
    quantisation(bits, groupSize, actOrder); // refuses what is out of range
  }

  /** The six permutations of the card of the 70B model, in its order. */
  public static List<Permutation> card() {
    return CARD;
  }

  /** The name that tells the parameters, also of the one that lies in {@link #MAIN}. */
  public String name() {
    return "gptq-%dbit-%dg-actorder_%s".formatted(bits, groupSize, actOrder ? "True" : "False");
  }

  /** The branch of the card that holds it. */
  public String branch() {
    return equals(CARD.getFirst()) ? MAIN : name();
  }

  /** The parameters as a checkpoint states them. */
  public GptqConfig quantisation() {
    return quantisation(bits, groupSize, actOrder);
  }

  private static GptqConfig quantisation(int bits, int groupSize, boolean actOrder) {
    return new GptqConfig(
        bits,
        groupSize,
        actOrder,
        true,
        ZeroPointFormat.V1,
        OptionalDouble.of(DAMP_PERCENT),
        false,
        true,
        Optional.of("model"));
  }

  /** Whether ExLlama, the first of that name, can read it. */
  public boolean readByExLlama() {
    return bits == EXLLAMA_BITS;
  }

  /** What to expect of it, next to the others of its width. */
  public String description() {
    if (groupSize == GptqConfig.NO_GROUPS) {
      return "%d-bit, one scale per output: least memory".formatted(bits);
    }
    return "%d-bit, a scale for every %d inputs: %s"
        .formatted(
            bits,
            groupSize,
            groupSize > SMALL_GROUP
                ? "closer to the original, little more memory"
                : "closest to the original, most memory");
  }
}
