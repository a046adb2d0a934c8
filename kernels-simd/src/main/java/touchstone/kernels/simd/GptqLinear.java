package touchstone.kernels.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
  private final MemorySegment[] prepared; // [runs]
  private final Scratch scratch;
  private final ThreadTeam team;

  private GptqLinear(
      GptqMatrix weight,
      TileLayout layout,
      Optional<MemorySegment[]> prepared,
      Numerics numerics,
      Scratch scratch,
      ThreadTeam team) {
    this.outputs = weight.rows();
    this.order = weight.order();
    this.numerics = numerics;
    this.layout = layout;
    this.kernel = TileKernel.of(layout);
    this.stored = prepared.isPresent() ? Optional.empty() : Optional.of(weight);
    this.prepared = prepared.orElseGet(() -> new MemorySegment[0]);
    this.scratch = scratch;
    this.team = team;
  }

  /** Takes a matrix into use, and into memory where the budget allows. */
  static GptqLinear of(
      GptqMatrix weight, Numerics numerics, Budget budget, Scratch scratch, ThreadTeam team) {
    boolean zeros = !ZeroPoints.areCentres(weight);
    TileLayout layout = new TileLayout(weight.bits(), weight.order(), numerics, zeros);
    long bytes = Math.multiplyExact(layout.start(layout.blocks()), (long) tiles(weight.rows()));
    Optional<MemorySegment[]> prepared =
        budget.take(bytes) ? prepare(weight, layout, budget, team) : Optional.empty();
    return new GptqLinear(weight, layout, prepared, numerics, scratch, team);
  }

  private static int tiles(int outputs) {
    return Math.ceilDiv(outputs, WIDTH);
  }

  /**
   * The records of all tiles, a run of tiles in a piece of memory of its own; empty where there is no
   * room for them. Every thread takes the memory that it fills, since taking it is half of the work.
   */
  private static Optional<MemorySegment[]> prepare(
      GptqMatrix weight, TileLayout layout, Budget budget, ThreadTeam team) {
    long length = layout.start(layout.blocks());
    MemorySegment[] records = new MemorySegment[runs(weight.rows())];
    try {
      team.share(
          records.length,
          (_, run) -> {
            int first = run * TilePacker.MOST_TILES;
            int tiles = tiles(weight.rows(), run);
            records[run] = Arena.ofAuto().allocate(tiles * length, ALIGNMENT);
            TilePacker packer = new TilePacker(weight, layout, first, tiles);
            for (int block = 0; block < layout.blocks(); block++) {
              packer.pack(block, records[run], layout.start(block), length);
            }
          });
      return Optional.of(records);
    } catch (OutOfMemoryError _) {
      budget.exhaust();
      return Optional.empty();
    }
  }

  /** Number of runs of tiles that are packed together. */
  private static int runs(int outputs) {
    return Math.ceilDiv(tiles(outputs), TilePacker.MOST_TILES);
  }

  /** Number of tiles in a run. */
  private static int tiles(int outputs, int run) {
    int first = run * TilePacker.MOST_TILES;
    return Math.min(TilePacker.MOST_TILES, tiles(outputs) - first);
  }

  @Override
  public void apply(Activations x, Activations y) {
    BlockedInput input = scratch.input();
    input.fill(x, layout, order, numerics, team);
    if (stored.isEmpty()) {
      team.share(
          tiles(outputs), (member, tile) -> preparedTile(input, y, tile, scratch.member(member)));
    } else {
      GptqMatrix weight = stored.get();
      team.share(
          runs(outputs), (member, run) -> storedRun(weight, input, y, run, scratch.member(member)));
    }
  }

  private void preparedTile(BlockedInput input, Activations y, int tile, Scratch.Member own) {
    float[] sums = own.zeroSums(input.rows() * WIDTH); // [rows, WIDTH]
    MemorySegment records = prepared[tile / TilePacker.MOST_TILES];
    long start = tile % TilePacker.MOST_TILES * layout.start(layout.blocks());
    add(records, start, 0, layout.blocks(), input, own, 0);
    copy(sums, 0, y, tile);
  }

  /** Packs and multiplies one block after another, for a run of tiles. */
  private void storedRun(
      GptqMatrix weight, BlockedInput input, Activations y, int run, Scratch.Member own) {
    int first = run * TilePacker.MOST_TILES;
    int tiles = tiles(outputs, run);
    TilePacker packer = new TilePacker(weight, layout, first, tiles);
    long length = layout.longestRecord();
    MemorySegment records = own.records(tiles * length);
    int tileSums = input.rows() * WIDTH;
    float[] sums = own.zeroSums(tiles * tileSums); // [tiles, rows, WIDTH]
    for (int block = 0; block < layout.blocks(); block++) {
      packer.pack(block, records, 0, length);
      for (int tile = 0; tile < tiles; tile++) {
        add(records, tile * length, block, block + 1, input, own, tile * tileSums);
      }
    }
    for (int tile = 0; tile < tiles; tile++) {
      copy(sums, tile * tileSums, y, first + tile);
    }
  }

  private void copy(float[] sums, int from, Activations y, int tile) {
    int n = tile * WIDTH;
    int width = Math.min(WIDTH, outputs - n);
    for (int row = 0; row < y.rows(); row++) {
      System.arraycopy(sums, from + row * WIDTH, y.values(), y.start(row) + n, width);
    }
  }

  /** Adds blocks whose records stand one after another from {@code at} on to the sums of all rows. */
  private void add(
      MemorySegment records,
      long at,
      int from,
      int to,
      BlockedInput input,
      Scratch.Member own,
      int sumStart) {
    if (input.rows() == 1) {
      kernel.addRow(layout, records, at, from, to, input, own, sumStart);
      return;
    }
    for (int block = from; block < to; block++) {
      long record = at + layout.start(block) - layout.start(from);
      kernel.addRows(layout, records, record, block, input, own, sumStart);
    }
  }
}
