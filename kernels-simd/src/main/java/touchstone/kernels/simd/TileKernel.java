package touchstone.kernels.simd;

import java.lang.foreign.MemorySegment;

/** What computes with the records of a {@link TileLayout}. */
sealed interface TileKernel {
  /** The kernel for a layout. */
  static TileKernel of(TileLayout layout) {
    return layout.halved() ? new Int8() : new F32();
  }

  /**
   * Adds the blocks {@code from} to {@code to}, whose records stand from {@code at} on, to the sums of
   * one row, which stand from {@code sums} on.
   */
  void addRow(
      TileLayout layout,
      MemorySegment words,
      long at,
      int from,
      int to,
      BlockedInput x,
      int row,
      Scratch.Member own,
      int sums);

  /**
   * Adds a block, whose record stands at {@code at}, to the sums of rows 0 to {@code rows},
   * which stand from {@code sums} on.
   */
  void addRows(
      TileLayout layout,
      MemorySegment words,
      long at,
      int block,
      BlockedInput x,
      int rows,
      Scratch.Member own,
      int sums);

  private static void addProducts(
      TileLayout layout,
      MemorySegment words,
      long at,
      int pair,
      int block,
      BlockedInput x,
      int first,
      Scratch.Member own,
      int sums) {
    for (int row = 0; row < Int8Sums.ROWS; row++) {
      int from = row * 2 * Lanes.COUNT;
      int out = sums + (first + row) * TileLayout.WIDTH;
      Int8Sums.add(
          layout, words, at, pair, block, x, first + row, own.products(), from, own.sums(), out);
    }
  }

  /** Products of floats: mode f32, and the integers of mode int8 where their sums outgrow 16 bits. */
  record F32() implements TileKernel {
    @Override
    public void addRow(
        TileLayout layout,
        MemorySegment words,
        long at,
        int from,
        int to,
        BlockedInput x,
        int row,
        Scratch.Member own,
        int sums) {
      F32Row.add(layout, words, at, from, to, x, row, own.codes(), own.sums(), sums);
    }

    @Override
    public void addRows(
        TileLayout layout,
        MemorySegment words,
        long at,
        int block,
        BlockedInput x,
        int rows,
        Scratch.Member own,
        int sums) {
      F32Rows.add(layout, words, at, block, x, rows, own.codes(), own.sums(), sums);
    }
  }

  /** Products of 16-bit integers with codes of 3 or 4 bits. */
  record Int8() implements TileKernel {
    @Override
    public void addRow(
        TileLayout layout,
        MemorySegment words,
        long at,
        int from,
        int to,
        BlockedInput x,
        int row,
        Scratch.Member own,
        int sums) {
      if (layout.bits() == 4) {
        Int8Row4.add(layout, words, at, from, to, x, row, own.sums(), sums);
      } else {
        Int8Row3.add(layout, words, at, from, to, x, row, own.sums(), sums);
      }
    }

    @Override
    public void addRows(
        TileLayout layout,
        MemorySegment words,
        long at,
        int block,
        BlockedInput x,
        int rows,
        Scratch.Member own,
        int sums) {
      int row = 0;
      for (; row <= rows - Int8Sums.ROWS; row += Int8Sums.ROWS) {
        for (int pair = 0; pair < TileLayout.VECTORS / 2; pair++) {
          if (layout.bits() == 4) {
            Int8Rows4.multiply(layout, words, at, pair, block, x, row, own.products());
          } else {
            Int8Rows3.multiply(layout, words, at, pair, block, x, row, own.products());
          }
          addProducts(layout, words, at, pair, block, x, row, own, sums);
        }
      }
      for (; row < rows; row++) {
        addRow(layout, words, at, block, block + 1, x, row, own, sums + row * TileLayout.WIDTH);
      }
    }
  }
}
