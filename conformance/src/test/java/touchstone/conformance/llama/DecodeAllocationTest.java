package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import touchstone.gptq.GptqConfig;
import touchstone.gptq.ZeroPointFormat;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;
import touchstone.tensor.WeightMatrix;

/** What a decode step leaves to the garbage collector. */
class DecodeAllocationTest {
  private static final int CONTEXT = 40;
  private static final int HIDDEN = 4096;
  private static final int LAYERS = 4;
  private static final LlamaConfig CONFIG =
      new LlamaConfig(
          997,
          64,
          HIDDEN,
          LAYERS,
          4,
          2,
          16,
          CONTEXT,
          1e-5f,
          10_000,
          new RopeScaling.None(),
          false,
          false,
          false,
          1,
          List.of(2));
  private static final long LOGITS = 997L * Float.BYTES;

  /** Views of rows, the table of angles, and what loops need. */
  private static final long OF_THE_PASS = 4 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static long allocatedByAStep(Kernels kernels, int sequences) {
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
    Llama model = Llama.load(new RandomCheckpoint(CONFIG, Optional.of(gptq), 1), kernels);
    int[] tokens = new int[sequences];
    List<KeyValueCache> caches =
        Stream.generate(() -> model.newCache(CONTEXT)).limit(sequences).toList();
    long least = Long.MAX_VALUE;
    for (int step = 0; step < CONTEXT; step++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      model.forwardBatch(tokens, caches);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void thePassItselfAllocatesItsLogitsAndLittleElse() {
    assertThat(allocatedByAStep(new IdleKernels(), 1)).isBetween(LOGITS, LOGITS + OF_THE_PASS);
  }

  @Test
  void soDoesAPassOfSeveralSequences() {
    assertThat(allocatedByAStep(new IdleKernels(), 8))
        .isBetween(8 * LOGITS, 8 * (LOGITS + OF_THE_PASS));
  }

  /** Computes nothing and allocates nothing. */
  private static final class IdleKernels implements Kernels {
    @Override
    public String name() {
      return "idle";
    }

    @Override
    public Numerics numerics() {
      return Numerics.F32;
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public Linear linear(WeightMatrix weight, Optional<float[]> bias) {
      return (_, _) -> {};
    }

    @Override
    public void rmsNorm(Activations x, float[] gain, float epsilon, Activations y) {}

    @Override
    public void rope(Activations x, RopeTable table) {}

    @Override
    public void attentionScores(
        Activations q, int row, int head, KeyValues cache, int count, float[] scores) {}

    @Override
    public void softmax(float[] scores, int count) {}

    @Override
    public void attentionMix(
        float[] probabilities, int count, KeyValues cache, Activations y, int row, int head) {}

    @Override
    public void attend(Activations q, int position, KeyValues cache, Activations y) {}

    @Override
    public void swiGlu(Activations gate, Activations up, Activations y) {}

    @Override
    public void add(Activations x, Activations delta) {}

    @Override
    public void close() {}
  }
}
