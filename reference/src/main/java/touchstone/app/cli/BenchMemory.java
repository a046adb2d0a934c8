package touchstone.app.cli;

import java.util.List;
import java.util.stream.IntStream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.gptq.GptqStorage;
import touchstone.llama.LinearModule;
import touchstone.llama.LlamaConfig;
import touchstone.synthetic.SyntheticModel;

/**
 * Whether a synthetic model fits in memory.
 *
 * @param heap bytes that Java's heap may take
 * @param machine bytes of the machine that a model may take
 */
record BenchMemory(long heap, long machine) {
  private static final double GIGA = 1e9;

  /** What this process may use. */
  static BenchMemory here() {
    return new BenchMemory(Runtime.getRuntime().maxMemory(), KernelOptions.prepared(null));
  }

  /**
   * What tests on a model need.
   *
   * @param layers weights of the layers, which a kernel set may rearrange outside the heap
   * @param heap everything else: embedding, head, the module that is being made, caches
   */
  private record Need(long layers, long heap, boolean layersInHeap) {
    boolean fits(BenchMemory memory) {
      return total() <= memory.machine && inHeap() <= memory.heap;
    }

    long total() {
      return layers + heap;
    }

    long inHeap() {
      return heap + (layersInHeap ? layers : 0);
    }
  }

  /**
   * Refuses a model that does not fit, before a byte of it is made.
   *
   * @param layersInHeap whether a kernel set uses the weights as they are made
   */
  void require(SyntheticModel model, List<BenchTest> tests, boolean layersInHeap) {
    Need need = need(model, model.config().layers(), tests, layersInHeap);
    if (!need.fits(this)) {
      boolean tooLittleHeap = need.total() <= machine;
      throw TouchstoneException.of(
          Fault.LIMIT,
          "--shape",
          "%s with %d layers needs %s of memory, %s"
              .formatted(
                  model.shape().name(),
                  model.config().layers(),
                  bytes(tooLittleHeap ? need.inHeap() : need.total()),
                  tooLittleHeap
                      ? "Java's heap may take " + bytes(heap)
                      : "this machine has room for " + bytes(machine)),
          cure(model, tests, need));
    }
  }

  private String cure(SyntheticModel model, List<BenchTest> tests, Need need) {
    String more =
        "give Java more with TOUCHSTONE_JAVA_OPTIONS=-Xmx%dm"
            .formatted(Math.ceilDiv(need.inHeap(), 1L << 20) * 9 / 8);
    return IntStream.iterate(
            model.config().layers() - 1, layers -> layers >= 1, layers -> layers - 1)
        .filter(layers -> need(model, layers, tests, need.layersInHeap).fits(this))
        .mapToObj(
            layers ->
                "take --layers %d or fewer%s"
                    .formatted(layers, need.total() <= machine ? ", or " + more : ""))
        .findFirst()
        .orElse(more);
  }

  private static Need need(
      SyntheticModel model, int count, List<BenchTest> tests, boolean layersInHeap) {
    LlamaConfig config = model.config();
    long layer = 0;
    long module = 0;
    for (LinearModule linear : LinearModule.ofLayer(config, 0)) {
      long bytes = GptqStorage.moduleBytes(linear, model.quantisation());
      layer += bytes;
      module = Math.max(module, bytes);
    }
    long dense = 2L * Short.BYTES * config.vocab() * config.dim();
    long scratch = tests.stream().mapToLong(test -> scratch(config, count, test)).max().orElse(0);
    return new Need(count * layer, dense + module + scratch, layersInHeap);
  }

  /** Bytes of the caches, the workspace and the logits of a test. */
  private static long scratch(LlamaConfig config, int layers, BenchTest test) {
    long cache = 2L * layers * config.kvDim() * test.positions() * test.sequences();
    long row =
        3L * config.dim() + 2L * config.queryDim() + 2L * config.kvDim() + 3L * config.hiddenDim();
    long logits = (long) test.rowsWithLogits() * config.vocab();
    return Float.BYTES * (cache + row * test.rows() + logits);
  }

  private static String bytes(long bytes) {
    return "%d bytes (%.1f GB)".formatted(bytes, bytes / GIGA);
  }
}
