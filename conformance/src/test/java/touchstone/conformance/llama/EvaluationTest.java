package touchstone.conformance.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import touchstone.error.TouchstoneException;
import touchstone.evaluate.Comparison;
import touchstone.evaluate.Convention;
import touchstone.evaluate.Evaluation;
import touchstone.evaluate.Perplexity;
import touchstone.evaluate.Samples;
import touchstone.evaluate.TokenisedText;
import touchstone.evaluate.Window;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Checkpoint;
import touchstone.llama.LinearModule;
import touchstone.llama.Llama;
import touchstone.llama.LlamaConfig;
import touchstone.llama.RopeScaling;
import touchstone.tensor.DType;
import touchstone.tensor.DenseMatrix;
import touchstone.tensor.Tensor;
import touchstone.tensor.WeightMatrix;

/** Windows read by models whose answers are known. */
class EvaluationTest {
  private static final int VOCAB = 61;
  private static final int CONTEXT = 1100;
  private static final Evaluation.Listener QUIET = (_, _, _) -> {};

  private static LlamaConfig llama(int vocab) {
    return new LlamaConfig(
        vocab,
        64,
        96,
        2,
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
  }

  /** A random model, whose head holds one value everywhere if it is given. */
  private record WithHead(RandomCheckpoint random, Optional<Float> value) implements Checkpoint {
    static WithHead of(int vocab, long seed, Float value) {
      return new WithHead(
          new RandomCheckpoint(llama(vocab), Optional.empty(), seed), Optional.ofNullable(value));
    }

    @Override
    public LlamaConfig config() {
      return random.config();
    }

    @Override
    public WeightMatrix matrix(String module) {
      return module.equals(LinearModule.HEAD) && value.isPresent()
          ? filled(value.get())
          : random.matrix(module);
    }

    private DenseMatrix filled(float with) {
      LlamaConfig config = config();
      float[] values = new float[config.vocab() * config.dim()];
      Arrays.fill(values, with);
      return new DenseMatrix(
          new Tensor(
              LinearModule.HEAD + ".weight",
              DType.F32,
              List.of((long) config.vocab(), (long) config.dim()),
              MemorySegment.ofArray(values)));
    }

    @Override
    public Optional<float[]> bias(String module) {
      return random.bias(module);
    }

    @Override
    public DenseMatrix embedding() {
      return random.embedding();
    }

    @Override
    public float[] gain(String norm) {
      return random.gain(norm);
    }
  }

  private static TokenisedText text(int tokens) {
    int[] ids = new SplittableRandom(3).ints(tokens, 3, VOCAB).toArray();
    return new TokenisedText("text", ids, ids, 1, false);
  }

  private static long[] bits(Samples samples) {
    long[] bits = new long[samples.count()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(samples.get(i));
    }
    return bits;
  }

  @ParameterizedTest
  @CsvSource({"scalar", "simd"})
  @Tag("PPL-6")
  void uniformModelIsAsPerplexedAsItHasTokens(String set) {
    try (Kernels kernels = KernelSets.open(set, Numerics.F32, 1)) {
      Llama model = Llama.load(WithHead.of(VOCAB, 5, 0f), kernels);
      Perplexity found =
          new Evaluation(new Convention.Gptq(16).windows(text(64)), QUIET).perplexity(model);
      assertThat(found.nll().count()).isEqualTo(4 * 15);
      assertThat(found.perToken()).isCloseTo(VOCAB, within(1e-12));
      assertThat(found.standardError()).isCloseTo(0, within(1e-12));
    }
  }

  /** The same numbers from every kernel set, number of threads and order of the windows. */
  @Test
  @Tag("PPL-8")
  void noBitDependsOnKernelsThreadsOrTheCuttingIntoParts() {
    List<Window> windows = new Convention.Transformers(1040, 30).windows(text(1100));
    long[] expected = null;
    for (String set : List.of("scalar", "simd")) {
      for (int threads = 1; threads <= 3; threads += 2) {
        try (Kernels kernels = KernelSets.open(set, Numerics.F32, threads)) {
          Llama model = Llama.load(WithHead.of(VOCAB, 5, null), kernels);
          long[] found = bits(new Evaluation(windows, QUIET).perplexity(model).nll());
          expected = expected == null ? found : expected;
          assertThat(found).as("%s, %d threads", set, threads).isEqualTo(expected);
        }
      }
    }
    assertThat(expected).hasSize(1099);
    assertThat(expected[1039]).isEqualTo(alone(windows.get(1)));
  }

  /** The first prediction of a window from a single pass over what stands before it. */
  private static long alone(Window window) {
    int row = window.firstScoredRow();
    int[] inputs = Arrays.copyOf(window.inputs(), row + 1);
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(WithHead.of(VOCAB, 5, null), kernels);
      float[] logits = model.next(inputs, model.newCache(inputs.length));
      double max = logits[0];
      for (float logit : logits) {
        max = Math.max(max, logit);
      }
      double sum = 0;
      for (float logit : logits) {
        sum += StrictMath.exp(logit - max);
      }
      return Double.doubleToRawLongBits(max + StrictMath.log(sum) - logits[window.target(row)]);
    }
  }

  @Test
  @Tag("PPL-7")
  void modelDoesNotDivergeFromItself() {
    try (Kernels kernels = KernelSets.open("simd", Numerics.F32, 1)) {
      Llama model = Llama.load(WithHead.of(VOCAB, 5, null), kernels);
      Llama same = Llama.load(WithHead.of(VOCAB, 5, null), kernels);
      Evaluation evaluation = new Evaluation(new Convention.Gptq(16).windows(text(64)), QUIET);
      Comparison found = evaluation.compare(model, same);
      assertThat(found.divergence().quantile(1)).isZero();
      assertThat(found.logRatio().mean()).isZero();
      assertThat(found.sameTop().mean()).isEqualTo(1);
      assertThat(found.model().nll().sum()).isEqualTo(found.base().nll().sum());
    }
  }

  /** With a uniform model Q the divergence is ln(vocab) less the entropy of P. */
  @Test
  @Tag("PPL-7")
  void divergenceIsOfTheBaseFromTheModel() {
    try (Kernels kernels = KernelSets.open("simd", Numerics.F32, 1)) {
      Llama random = Llama.load(WithHead.of(VOCAB, 5, null), kernels);
      Llama uniform = Llama.load(WithHead.of(VOCAB, 5, 0f), kernels);
      Evaluation evaluation = new Evaluation(new Convention.Gptq(2).windows(text(2)), QUIET);
      Comparison found = evaluation.compare(uniform, random);
      float[] logits = random.next(Arrays.copyOf(text(2).plain(), 1), random.newCache(1));
      double z = 0;
      for (float logit : logits) {
        z += Math.exp(logit);
      }
      double expected = 0;
      for (float logit : logits) {
        double p = Math.exp(logit) / z;
        expected += p * Math.log(p * VOCAB);
      }
      assertThat(expected).isGreaterThan(0.1);
      assertThat(found.divergence().mean()).isCloseTo(expected, within(1e-12));
      assertThat(found.model().perToken()).isCloseTo(VOCAB, within(1e-12));
      assertThat(found.base().nll().mean()).isEqualTo(evaluation.perplexity(random).nll().mean());
    }
  }

  @Test
  void whatCannotBeEvaluatedIsRefused() {
    try (Kernels kernels = KernelSets.open("scalar", Numerics.F32, 1)) {
      Llama model = Llama.load(WithHead.of(VOCAB, 5, null), kernels);
      Llama broken = Llama.load(WithHead.of(VOCAB, 5, Float.NaN), kernels);
      Llama wider = Llama.load(WithHead.of(VOCAB + 3, 5, null), kernels);
      List<Window> windows = new Convention.LlamaCpp(8).windows(text(16));
      assertThatThrownBy(() -> new Evaluation(windows, QUIET).perplexity(broken))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageStartingWith("token 5 of the text: logits: NaN at id 0");
      assertThatThrownBy(() -> new Evaluation(windows, QUIET).compare(model, broken))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageStartingWith("token 5 of the text of the base: logits: NaN at id 0");
      assertThatThrownBy(() -> new Evaluation(windows, QUIET).compare(model, wider))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageStartingWith("vocabularies: 61 and 64 ids");
      List<Window> tooLong = new Convention.LmEval(CONTEXT + 1).windows(text(CONTEXT + 1));
      assertThatThrownBy(() -> new Evaluation(tooLong, QUIET).perplexity(model))
          .isInstanceOf(TouchstoneException.class)
          .hasMessageStartingWith("window: 1101 tokens to read (at most the 1100");
      assertThatThrownBy(() -> new Evaluation(List.of(), QUIET))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void listenerSeesEveryPartAndTheEstimateSoFar() {
    List<Long> seen = new ArrayList<>();
    try (Kernels kernels = KernelSets.open("simd", Numerics.F32, 1)) {
      Llama model = Llama.load(WithHead.of(VOCAB, 5, 0f), kernels);
      List<Window> windows = new Convention.LlamaCpp(8).windows(text(16));
      new Evaluation(
              windows,
              (done, total, soFar) -> {
                seen.add(done);
                assertThat(total).isEqualTo(6);
                assertThat(soFar.nll().count()).isEqualTo((int) done);
              })
          .perplexity(model);
    }
    assertThat(seen).containsExactly(0L, 3L, 3L, 6L);
  }
}
