package touchstone.conformance.contract;

import touchstone.tensor.RopeTable;

/** Normalisation, rotation, gate and residual connection. */
final class ElementwiseCases {
  private final AgreeingSets sets;

  ElementwiseCases(AgreeingSets sets) {
    this.sets = sets;
  }

  /** A case: shape, place in the array and values. */
  private interface Case {
    void run(String what, Numbers numbers, Numbers.Kind kind, int offset, int rows, int size);
  }

  private static void everyCase(Case test) {
    for (Numbers.Kind kind : Numbers.Kind.values()) {
      for (int size : Numbers.SIZES) {
        for (int rows : rows(kind, size)) {
          int offset = Numbers.OFFSETS[(size + rows) % Numbers.OFFSETS.length];
          String what = "%s, %d rows of %d at %d".formatted(kind, rows, size, offset);
          test.run(what, new Numbers(size * 100L + rows), kind, offset, rows, size);
        }
      }
    }
  }

  /** Two of the numbers of rows, others for the next kind or size. */
  private static int[] rows(Numbers.Kind kind, int size) {
    int half = Numbers.ROWS.length / 2;
    int first = (kind.ordinal() + size) % half;
    return new int[] {Numbers.ROWS[first], Numbers.ROWS[first + half]};
  }

  void rmsNormEqualsItsDefinition() {
    everyCase(
        (what, numbers, kind, offset, rows, size) -> {
          float[] x = numbers.draw(kind, rows * size);
          float[] gain = numbers.draw(Numbers.Kind.USUAL, size);
          sets.agree(
              "rmsNorm",
              what,
              kernels -> {
                Guarded from = Guarded.of(offset, rows, size, x);
                Guarded to = Guarded.empty(offset + 3, rows, size);
                kernels.rmsNorm(from.rows(), gain, 1e-5f, to.rows());
                from.unchanged(x);
                return to.intact();
              });
        });
  }

  void rmsNormMayOverwriteItsInput() {
    everyCase(
        (what, numbers, kind, offset, rows, size) -> {
          float[] x = numbers.draw(kind, rows * size);
          float[] gain = numbers.draw(kind, size);
          sets.agree(
              "rmsNorm",
              what,
              kernels -> {
                Guarded place = Guarded.of(offset, rows, size, x);
                kernels.rmsNorm(place.rows(), gain, 1e-6f, place.rows());
                return place.intact();
              });
        });
  }

  void ropeEqualsItsDefinition() {
    everyCase(
        (what, numbers, kind, offset, rows, halfDim) -> {
          int heads = 1 + numbers.below(3);
          float[] x = numbers.draw(kind, rows * heads * 2 * halfDim);
          float[] cos = numbers.draw(kind, rows * halfDim);
          float[] sin = numbers.draw(kind, rows * halfDim);
          RopeTable table = new RopeTable(cos, sin, rows, halfDim);
          sets.agree(
              "rope",
              what,
              kernels -> {
                Guarded place = Guarded.of(offset, rows, heads * 2 * halfDim, x);
                kernels.rope(place.rows(), table);
                return place.intact();
              });
        });
  }

  void swiGluEqualsItsDefinition() {
    everyCase(
        (what, numbers, kind, offset, rows, size) -> {
          float[] gate = numbers.draw(kind, rows * size);
          float[] up = numbers.draw(kind, rows * size);
          sets.agree(
              "swiGlu",
              what,
              kernels -> {
                Guarded y = Guarded.empty(offset + 1, rows, size);
                Guarded g = Guarded.of(offset, rows, size, gate);
                Guarded u = Guarded.of(offset + 2, rows, size, up);
                kernels.swiGlu(g.rows(), u.rows(), y.rows());
                g.unchanged(gate);
                u.unchanged(up);
                return y.intact();
              });
        });
  }

  /** The gate is the way to the exponential: one float in about 16000, of every exponent and sign. */
  void exponentialsOfAStrideOfAllFloatsAgree() {
    int stride = 16_381; // prime
    int count = (int) ((1L << 32) / stride);
    float[] gate = new float[count];
    float[] up = new float[count];
    for (int i = 0; i < count; i++) {
      gate[i] = Float.intBitsToFloat(i * stride);
      up[i] = 1;
    }
    sets.agree(
        "swiGlu",
        "a stride of all floats",
        kernels -> {
          Guarded y = Guarded.empty(0, 1, count);
          kernels.swiGlu(
              Guarded.of(0, 1, count, gate).rows(), Guarded.of(0, 1, count, up).rows(), y.rows());
          return y.intact();
        });
  }

  void swiGluMayOverwriteItsInputs() {
    float[] gate = new Numbers(1).draw(Numbers.Kind.WIDE, 3 * 1031);
    float[] up = new Numbers(2).draw(Numbers.Kind.WIDE, 3 * 1031);
    sets.agree(
        "swiGlu",
        "y is gate",
        kernels -> {
          Guarded g = Guarded.of(7, 3, 1031, gate);
          kernels.swiGlu(g.rows(), Guarded.of(0, 3, 1031, up).rows(), g.rows());
          return g.intact();
        });
    sets.agree(
        "swiGlu",
        "y is up",
        kernels -> {
          Guarded u = Guarded.of(7, 3, 1031, up);
          kernels.swiGlu(Guarded.of(0, 3, 1031, gate).rows(), u.rows(), u.rows());
          return u.intact();
        });
  }

  void addEqualsItsDefinition() {
    everyCase(
        (what, numbers, kind, offset, rows, size) -> {
          float[] x = numbers.draw(kind, rows * size);
          float[] delta = numbers.draw(kind, rows * size);
          sets.agree(
              "add",
              what,
              kernels -> {
                Guarded place = Guarded.of(offset, rows, size, x);
                Guarded added = Guarded.of(2, rows, size, delta);
                kernels.add(place.rows(), added.rows());
                added.unchanged(delta);
                return place.intact();
              });
        });
  }
}
