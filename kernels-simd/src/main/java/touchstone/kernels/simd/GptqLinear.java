package touchstone.kernels.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import touchstone.gptq.GptqMatrix;
import touchstone.gptq.SummationOrder;
import touchstone.kernels.Linear;
import touchstone.kernels.Numerics;
import touchstone.kernels.ThreadTeam;
import touchstone.tensor.Activations;

/**
 * The product with a quantised matrix. Lanes are neighbouring outputs, threads share out tiles of
 * them. A tile reads its records from memory where they were prepared; otherwise it packs each from
 * the stored matrix when it comes to it, and the result is the same.
 */
final class GptqLinear implements Linear {
  private static final int WIDTH = TileLayout.WIDTH;

  /** A vector that lies within one line of the cache is read at once. */
  private static final long ALIGNMENT = 64;

  private final int outputs;
  private final SummationOrder order;
  private final Numerics numerics;
  private final TileLayout layout;
  private final TileKernel kernel;
  private final Optional<GptqMatrix> stored; // empty once the records are in memory
  private final MemorySegment prepared;
  private final Scratch scratch;
  private final ThreadTeam team;

  private GptqLinear(
      GptqMatrix weight,
      TileLayout layout,
      Optional<MemorySegment> prepared,
      Numerics numerics,
      Scratch scratch,
      ThreadTeam team) {
    this.outputs = weight.rows();
    this.order = weight.order();
    this.numerics = numerics;
    this.layout = layout;
    this.kernel = TileKernel.of(layout);
    this.stored = prepared.isPresent() ? Optional.empty() : Optional.of(weight);
    this.prepared = prepared.orElse(MemorySegment.NULL);
    this.scratch = scratch;
    this.team = team;
  }

  /** Takes a matrix into use, and into memory where the budget allows. */
  static GptqLinear of(
      GptqMatrix weight, Numerics numerics, Budget budget, Scratch scratch, ThreadTeam team) {
    boolean zeros = !ZeroPoints.areCentres(weight);
    TileLayout layout = new TileLayout(weight.bits(), weight.order(), numerics, zeros);
    long bytes = Math.multiplyExact(layout.start(layout.blocks()), (long) tiles(weight.rows()));
    Optional<MemorySegment> prepared =
        budget.take(bytes)
            ? Optional.of(Arena.ofAuto().allocate(bytes, ALIGNMENT))
            : Optional.empty();
    prepared.ifPresent(records -> pack(weight, layout, records, team));
    return new GptqLinear(weight, layout, prepared, numerics, scratch, team);
  }

  private static int tiles(int outputs) {
    return Math.ceilDiv(outputs, WIDTH);
  }

  private static void pack(
      GptqMatrix weight, TileLayout layout, MemorySegment records, ThreadTeam team) {
    team.split(
        tiles(weight.rows()),
        (from, to) -> {
          TilePacker packer = new TilePacker();
          for (int tile = from; tile < to; tile++) {
            long start = tile * layout.start(layout.blocks());
            for (int block = 0; block < layout.blocks(); block++) {
              packer.pack(
                  weight, layout, tile * WIDTH, block, records, start + layout.start(block));
            }
          }
        });
  }

  @Override
  public void apply(Activations x, Activations y) {
    BlockedInput input = scratch.input();
    input.fill(x, layout, order, numerics, team);
    team.share(tiles(outputs), (member, tile) -> tile(input, y, tile, scratch.member(member)));
  }

  private void tile(BlockedInput input, Activations y, int tile, Scratch.Member own) {
    int rows = y.rows();
    float[] sums = own.sums(rows * WIDTH); // [rows, WIDTH]
    Arrays.fill(sums, 0, rows * WIDTH, 0);
    if (stored.isPresent()) {
      MemorySegment record = own.record(layout.longestRecord());
      for (int block = 0; block < layout.blocks(); block++) {
        own.packer().pack(stored.get(), layout, tile * WIDTH, block, record, 0);
        add(record, 0, block, block + 1, input, rows, own);
      }
    } else {
      long start = tile * layout.start(layout.blocks());
      add(prepared, start, 0, layout.blocks(), input, rows, own);
    }
    int n = tile * WIDTH;
    int width = Math.min(WIDTH, outputs - n);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(sums, row * WIDTH, y.values(), y.start(row) + n, width);
    }
  }

  /** Adds blocks whose records stand one after another from {@code at} on to the sums of all rows. */
  private void add(
      MemorySegment records,
      long at,
      int from,
      int to,
      BlockedInput input,
      int rows,
      Scratch.Member own) {
    if (rows == 1) {
      kernel.addRow(layout, records, at, from, to, input, 0, own);
      return;
    }
    for (int block = from; block < to; block++) {
      long record = at + layout.start(block) - layout.start(from);
      kernel.addRows(layout, records, record, block, input, rows, own);
    }
  }
}
