package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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
import touchstone.llama.Probe;
import touchstone.llama.RopeScaling;
import touchstone.tensor.Activations;

/** What must not change a bit: caching, the cut of the prompt, threads, and the kernel set. */
class ForwardPassPropertiesTest {
  private static final int CONTEXT = 24;
  private static final LlamaConfig CONFIG =
      new LlamaConfig(
          61,
          64,
          96,
          3,
          8,
          2,
          16,
          CONTEXT,
          1e-5f,
          25_000,
          new RopeScaling.Linear(2),
          false,
          true,
          true,
          1,
          List.of(2));

  private static Optional<GptqConfig> gptq(int bits, int groupSize, boolean actOrder) {
    return Optional.of(
        new GptqConfig(
            bits,
            groupSize,
            actOrder,
            false,
            ZeroPointFormat.V1,
            OptionalDouble.empty(),
            false,
            true,
            Optional.empty()));
  }

  private static Checkpoint checkpoint(int kind) {
    Optional<GptqConfig> quantisation =
        switch (kind) {
          case 0 -> Optional.empty();
          case 1 -> gptq(4, 32, true);
          case 2 -> gptq(3, 48, true);
          case 3 -> gptq(2, GptqConfig.NO_GROUPS, false);
          case 4 -> gptq(8, 64, false);
          default -> throw new IllegalArgumentException("kind " + kind);
        };
    return new RandomCheckpoint(CONFIG, quantisation, kind);
  }

  private static float[] logits(Kernels kernels, Checkpoint checkpoint, int[] tokens, int... cuts) {
    Llama model = Llama.load(checkpoint, kernels);
    KeyValueCache cache = model.newCache(CONTEXT);
    float[] all = new float[tokens.length * CONFIG.vocab()];
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i == cuts.length ? tokens.length : cuts[i];
      if (to > from) {
        int[] part = Arrays.copyOfRange(tokens, from, to);
        Activations rows = model.forward(part, cache, Llama.Rows.ALL, Probe.NONE);
        System.arraycopy(
            rows.toArray(), 0, all, from * CONFIG.vocab(), part.length * CONFIG.vocab());
        from = to;
      }
    }
    return all;
  }

  private static int[] tokens(long seed, int count) {
    return new SplittableRandom(seed).ints(count, 0, CONFIG.vocab()).toArray();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  @Provide
  Arbitrary<Numerics> numerics() {
    return Arbitraries.of(Numerics.values());
  }

  @Property(tries = 40)
  @Tag("MODEL-2")
  @Tag("CACHE-1")
  void anyCutOfThePromptGivesTheSameBits(
      @ForAll @IntRange(max = 4) int kind,
      @ForAll("numerics") Numerics numerics,
      @ForAll @IntRange(min = 1, max = CONTEXT) int count,
      @ForAll @IntRange(max = CONTEXT) int cut1,
      @ForAll @IntRange(max = CONTEXT) int cut2) {
    int first = Math.min(Math.min(cut1, cut2), count);
    int second = Math.min(Math.max(cut1, cut2), count);
    try (Kernels kernels = KernelSets.open("scalar", numerics, 1)) {
      int[] tokens = tokens(count * 31L + cut1, count);
      assertThat(bits(logits(kernels, checkpoint(kind), tokens, first, second)))
          .isEqualTo(bits(logits(kernels, checkpoint(kind), tokens)));
    }
  }

  @Property(tries = 10)
  @Tag("MODEL-2")
  void tokenByTokenGivesTheSameBitsAsAllAtOnce(
      @ForAll @IntRange(max = 4) int kind, @ForAll("numerics") Numerics numerics) {
    int[] tokens = tokens(kind, CONTEXT);
    int[] everyToken = new int[CONTEXT - 1];
    Arrays.setAll(everyToken, i -> i + 1);
    for (String set : List.of("scalar", "simd")) {
      try (Kernels kernels = KernelSets.open(set, numerics, 2)) {
        assertThat(bits(logits(kernels, checkpoint(kind), tokens, everyToken)))
            .isEqualTo(bits(logits(kernels, checkpoint(kind), tokens)));
      }
    }
  }

  static Stream<Integer> kinds() {
    return Stream.of(0, 1, 2, 3, 4);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Tag("NUM-1")
  @Tag("TOL-1")
  void everyKernelSetAndNumberOfThreadsGivesTheSameBits(int kind) {
    int[] tokens = tokens(7, 11);
    for (Numerics numerics : Numerics.values()) {
      int[] expected;
      try (Kernels definition = KernelSets.open("scalar", numerics, 1)) {
        expected = bits(logits(definition, checkpoint(kind), tokens));
      }
      for (String set : List.of("scalar", "simd")) {
        for (int threads : new int[] {1, 2, 3, 7}) {
          try (Kernels kernels = KernelSets.open(set, numerics, threads)) {
            assertThat(bits(logits(kernels, checkpoint(kind), tokens)))
                .as("%s %s, %d threads", set, numerics, threads)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  @Tag("CACHE-2")
  void aTruncatedCacheForgetsWhatFollowed() {
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(checkpoint(1), kernels);
      KeyValueCache cache = model.newCache(CONTEXT);
      model.next(tokens(1, 9), cache);
      cache.truncate(4);
      float[] continued = model.next(tokens(2, 5), cache);

      List<Integer> whole = new ArrayList<>();
      Arrays.stream(tokens(1, 9)).limit(4).forEach(whole::add);
      Arrays.stream(tokens(2, 5)).forEach(whole::add);
      float[] afresh =
          model.next(whole.stream().mapToInt(i -> i).toArray(), model.newCache(CONTEXT));
      assertThat(bits(continued)).isEqualTo(bits(afresh));
    }
  }

  @Test
  @Tag("MODEL-2")
  void theLastRowIsTheLastOfAllRows() {
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(checkpoint(0), kernels);
      int[] tokens = tokens(3, 6);
      float[] last = model.next(tokens, model.newCache(CONTEXT));
      Activations all = model.forward(tokens, model.newCache(CONTEXT), Llama.Rows.ALL, Probe.NONE);
      assertThat(bits(all.rows(5, 1).toArray())).isEqualTo(bits(last));
    }
  }

  @Test
  @Tag("CACHE-2")
  @Tag("CACHE-3")
  void theContextEndsWithAClearFaultAndTheCacheIsUnchanged() {
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(checkpoint(0), kernels);
      KeyValueCache cache = model.newCache(8);
      model.next(tokens(1, 6), cache);
      assertThatThrownBy(() -> model.next(tokens(2, 3), cache))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageContaining("3 more tokens after 6 do not fit")
          .hasMessageContaining("8 positions");
      assertThat(cache.length()).isEqualTo(6);
    }
  }

  @Test
  @Tag("CACHE-3")
  void anIdOutsideTheVocabularyIsRefused() {
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(checkpoint(0), kernels);
      for (int id : new int[] {-1, CONFIG.vocab(), Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> model.next(new int[] {3, id}, model.newCache(8)))
            .isInstanceOf(TouchstoneException.class)
            .hasMessageContaining("id " + id + " at index 1")
            .hasMessageContaining("0 to 60");
      }
    }
  }
}
