package touchstone.conformance.mutant;

import java.util.List;
import java.util.stream.Stream;

/** All known mistakes. */
public final class Catalogue {
  private Catalogue() {}

  /** Every mutant; weights, arithmetic, text, sampling, quantising. */
  public static List<Mutant> mutants() {
    return Stream.of(
            PackingMutants.all(),
            ZeroPointMutants.all(),
            GroupMutants.all(),
            ScaleMutants.all(),
            RopeMutants.all(),
            NormMutants.all(),
            AttentionMutants.all(),
            FeedForwardMutants.all(),
            PrecisionMutants.all(),
            CacheMutants.all(),
            LayoutMutants.all(),
            HeadMutants.all(),
            TokenizerMutants.all(),
            DetokenizerMutants.all(),
            ChatMutants.all(),
            SamplingMutants.all(),
            QuantiserMutants.all())
        .flatMap(List::stream)
        .toList();
  }
}
