package touchstone.app.cli;

/** What a benchmark times: a prompt read in one pass, or tokens generated one after another. */
sealed interface BenchTest {
  /** The name in a table: {@code pp512}, {@code tg64}, {@code tg64 b8}. */
  String label();

  /** Sequences that advance together. */
  int sequences();

  /** Positions of each sequence. */
  int positions();

  /** Forward passes of one run. */
  int passes();

  /** Rows of each pass. */
  int rows();

  /** Rows of each pass that get logits. */
  int rowsWithLogits();

  /** Tokens that one run takes in or makes. */
  default long tokens() {
    return (long) passes() * rows();
  }

  /** Floating-point operations of the products with weights in one run; two per weight and row. */
  default double operations(CountedCheckpoint weights) {
    double perPass =
        (double) weights.layers().parameters() * rows()
            + (double) weights.head().parameters() * rowsWithLogits();
    return 2 * perPass * passes();
  }

  /** Bytes of weights that one run reads if every pass reads each of them once. */
  default double bytesRead(CountedCheckpoint weights) {
    return (double) (weights.layers().bytes() + weights.head().bytes()) * passes();
  }

  /** A prompt. */
  record Prompt(int length) implements BenchTest {
    @Override
    public String label() {
      return "pp" + length;
    }

    @Override
    public int sequences() {
      return 1;
    }

    @Override
    public int positions() {
      return length;
    }

    @Override
    public int passes() {
      return 1;
    }

    @Override
    public int rows() {
      return length;
    }

    @Override
    public int rowsWithLogits() {
      return 1;
    }
  }

  /** New tokens in each of some sequences, from empty caches. */
  record Generation(int length, int sequences) implements BenchTest {
    @Override
    public String label() {
      return "tg" + length + (sequences == 1 ? "" : " b" + sequences);
    }

    @Override
    public int positions() {
      return length;
    }

    @Override
    public int passes() {
      return length;
    }

    @Override
    public int rows() {
      return sequences;
    }

    @Override
    public int rowsWithLogits() {
      return sequences;
    }
  }
}
