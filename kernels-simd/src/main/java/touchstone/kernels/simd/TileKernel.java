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
   * a single row, which stand from {@code sums} on.
   */
  void addRow(
      TileLayout layout,
      MemorySegment words,
      long at,
      int from,
      int to,
      BlockedInput x,
      Scratch.Member own,
      int sums);

  /**
   * Adds a block, whose record stands at {@code at}, to the sums of several rows, those that fill the
   * last bundle up included, which stand from {@code sums} on.
   */
  void addRows(
      TileLayout layout,
      MemorySegment words,
      long at,
      int block,
      BlockedInput x,
      Scratch.Member own,
      int sums);

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
        Scratch.Member own,
        int sums) {
      F32Row.add(layout, words, at, from, to, x, own.codes(), own.sums(), sums);
    }

    @Override
    public void addRows(
        TileLayout layout,
        MemorySegment words,
        long at,
        int block,
        BlockedInput x,
        Scratch.Member own,
        int sums) {
      F32Rows.add(layout, words, at, block, x, own.codes(), own.sums(), sums);
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
        Scratch.Member own,
        int sums) {
      if (layout.bits() == 4) {
        Int8Row4.add(layout, words, at, from, to, x, own.sums(), sums);
      } else {
        Int8Row3.add(layout, words, at, from, to, x, own.sums(), sums);
      }
    }

    @Override
    public void addRows(
        TileLayout layout,
        MemorySegment words,
        long at,
        int block,
        BlockedInput x,
        Scratch.Member own,
        int sums) {
      for (int bundle = 0; bundle < x.bundles(); bundle++) {
        for (int pair = 0; pair < TileLayout.VECTORS / 2; pair++) {
          if (layout.bits() == 4) {
            Int8Rows4.multiply(layout, words, at, pair, block, x, bundle, own.products());
          } else {
            Int8Rows3.multiply(layout, words, at, pair, block, x, bundle, own.products());
          }
          int out = sums + bundle * BlockedInput.BUNDLE * TileLayout.WIDTH;
          Int8Sums.add(layout, words, at, pair, block, x, bundle, own.products(), own.sums(), out);
        }
      }
    }
  }
}
