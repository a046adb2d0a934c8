package touchstone.conformance.mutant;

import java.util.List;
import java.util.stream.Stream;

/** All known mistakes, and what is none. */
public final class Catalogue {
  private Catalogue() {}

  /** Every mutant; weights, arithmetic, text, sampling, stopping, quantising. */
  public static List<Mutant> mutants() {
    return Stream.of(
            PackingMutants.all(),
            ZeroPointMutants.all(),
            GroupMutants.all(),
            ScaleMutants.all(),
            RopeMutants.all(),
            RopeAngleMutants.all(),
            RopeScalingMutants.all(),
            NormMutants.all(),
            ResidualMutants.all(),
            AttentionMutants.all(),
            MaskMutants.all(),
            FeedForwardMutants.all(),
            PrecisionMutants.all(),
            CacheMutants.all(),
            LayoutMutants.all(),
            HeadMutants.all(),
            TokenizerMutants.all(),
            DetokenizerMutants.all(),
            ChatMutants.all(),
            SamplingMutants.all(),
            StoppingMutants.all(),
            QuantiserMutants.all())
        .flatMap(List::stream)
        .toList();
  }

  /** Every honest arithmetic that a suite has to let pass. */
  public static List<Variant> variants() {
    return Stream.of(WeightVariants.all(), OperationVariants.all()).flatMap(List::stream).toList();
  }
}
