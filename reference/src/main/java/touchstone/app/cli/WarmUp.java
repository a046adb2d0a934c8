package touchstone.app.cli;

import java.util.function.Supplier;
import touchstone.kernels.Kernels;
import touchstone.llama.KeyValueCache;
import touchstone.llama.Llama;
import touchstone.synthetic.ModelShape;
import touchstone.synthetic.SyntheticCheckpoint;
import touchstone.synthetic.SyntheticModel;

/**
 * Runs a tiny model while the real one is being opened, so that the virtual machine has compiled the
 * kernels when they are needed: vector code that is not compiled yet is hundreds of times slower than
 * vector code that is. What it computes is thrown away.
 */
final class WarmUp implements AutoCloseable {
  private static final ModelShape TINY = new ModelShape("warm-up", 256, 512, 1, 4, 2, 96, 64);
  private static final int BITS = 4;
  private static final int GROUP_SIZE = 128;

  /** One row, and the five of a short prompt: single rows and rows taken together. */
  private static final int[][] PASSES = {{1}, {2}, {3, 4, 5, 6, 7}};

  private volatile boolean wanted = true;

  /** Starts on a kernel set of its own. */
  WarmUp(Supplier<Kernels> kernels) {
    Thread.ofPlatform().daemon().name("warm-up").start(() -> run(kernels));
  }

  private void run(Supplier<Kernels> opened) {
    SyntheticModel model = new SyntheticModel(TINY, BITS, GROUP_SIZE, false, 0);
    try (SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(model, 1);
        Kernels kernels = opened.get()) {
      Llama llama = Llama.load(checkpoint, kernels);
      KeyValueCache cache = llama.newCache(TINY.maxPositions());
      while (wanted) {
        cache.truncate(0);
        for (int[] tokens : PASSES) {
          llama.next(tokens, cache);
        }
      }
    }
  }

  /** Ends it, at the latest when the pass under way is done. */
  @Override
  public void close() {
    wanted = false;
  }
}
