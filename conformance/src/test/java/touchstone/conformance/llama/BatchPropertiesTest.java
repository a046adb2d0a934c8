package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Checkpoint;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.Activations;

/** Sequences that are decoded together get the bits that they would get alone. */
class BatchPropertiesTest {
  private static final int TRAINED = 12;
  private static final int CONTEXT = 24;
  private static final int STEPS = 3;

  private static LlamaConfig config(RopeScaling scaling) {
    return new LlamaConfig(
        61, 64, 96, 2, 4, 2, 16, CONTEXT, 1e-5f, 25_000, scaling, false, true, true, 1, List.of(2));
  }

  private static Checkpoint checkpoint(boolean quantised, RopeScaling scaling) {
    GptqConfig gptq =
        new GptqConfig(
            4,
            32,
            true,
            false,
            ZeroPointFormat.V1,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty());
    return new RandomCheckpoint(
        config(scaling), quantised ? Optional.of(gptq) : Optional.empty(), 5);
  }

  @Provide
  Arbitrary<String> kernelSets() {
    return Arbitraries.of("scalar", "simd");
  }

  @Provide
  Arbitrary<Numerics> numerics() {
    return Arbitraries.of(Numerics.values());
  }

  /** Dynamic scaling gives sequences on either side of the trained length different angles. */
  @Provide
  Arbitrary<RopeScaling> scalings() {
    return Arbitraries.of(
        new RopeScaling.None(), new RopeScaling.Linear(2), new RopeScaling.Dynamic(2, TRAINED));
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  @Tag("MODEL-3")
  @Tag("ROPE-4")
  void decodedTogetherOrAloneTheBitsAreTheSame(
      @ForAll("kernelSets") String set,
      @ForAll("numerics") Numerics numerics,
      @ForAll @IntRange(min = 1, max = 3) int threads,
      @ForAll boolean quantised,
      @ForAll("scalings") RopeScaling scaling,
      @ForAll @Size(min = 1, max = 9)
          List<@IntRange(min = 1, max = CONTEXT - STEPS) Integer> lengths) {
    try (Kernels kernels = KernelSets.open(set, numerics, threads)) {
      Llama model = Llama.load(checkpoint(quantised, scaling), kernels);
      List<KeyValueCache> together = started(model, lengths);
      List<KeyValueCache> alone = started(model, lengths);
      for (int step = 0; step < STEPS; step++) {
        int[] tokens = tokens(step, lengths.size());
        Activations logits = model.forwardBatch(tokens, together); // [sequences, vocab]
        assertThat(logits.rows()).isEqualTo(lengths.size());
        for (int i = 0; i < tokens.length; i++) {
          assertThat(bits(logits.rows(i, 1).toArray()))
              .as("sequence %d of %d, step %d", i, tokens.length, step)
              .isEqualTo(bits(model.next(new int[] {tokens[i]}, alone.get(i))));
          assertThat(together.get(i).length()).isEqualTo(alone.get(i).length());
        }
      }
    }
  }

  private static List<KeyValueCache> started(Llama model, List<Integer> lengths) {
    List<KeyValueCache> caches = new ArrayList<>();
    for (int length : lengths) {
      KeyValueCache cache = model.newCache(CONTEXT);
      model.next(tokens(caches.size(), length), cache);
      caches.add(cache);
    }
    return caches;
  }

  private static int[] tokens(long seed, int count) {
    return new SplittableRandom(seed).ints(count, 0, 61).toArray();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  @Test
  void whatCannotBeDoneLeavesEverySequenceAsItWas() {
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(checkpoint(true, new RopeScaling.None()), kernels);
      KeyValueCache half = model.newCache(8);
      KeyValueCache full = model.newCache(2);
      model.next(new int[] {1, 2}, half);
      model.next(new int[] {1, 2}, full);

      assertThatThrownBy(() -> model.forwardBatch(new int[] {3, 3}, List.of(half, full)))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("1 more tokens after 2 do not fit");
      assertThatThrownBy(() -> model.forwardBatch(new int[] {3, 3}, List.of(half, half)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("got one twice");
      assertThatThrownBy(() -> model.forwardBatch(new int[] {3}, List.of(half, full)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("got 1 for 2");
      assertThatThrownBy(() -> model.forwardBatch(new int[] {61}, List.of(half)))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("id 61 at index 0");
      assertThatThrownBy(() -> model.forwardBatch(new int[0], List.of()))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("at least one token");
      assertThat(half.length()).isEqualTo(2);
      assertThat(full.length()).isEqualTo(2);
    }
  }
}
