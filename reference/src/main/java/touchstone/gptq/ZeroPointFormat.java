package touchstone.gptq;

/** How zero points stand on disk: the {@code checkpoint_format} of the configuration. */
public enum ZeroPointFormat {
  /** {@code gptq}: the zero point minus one. */
  V1("gptq", 1),
  /** {@code gptq_v2}: the zero point itself. */
  V2("gptq_v2", 0);

  private final String label;
  private final int offset;

  ZeroPointFormat(String label, int offset) {
    this.label = label;
    this.offset = offset;
  }

  /** The label in configuration files. */
  public String label() {
    return label;
  }

  /** What is added to a stored value to get the zero point; the sum does not wrap. */
  public int offset() {
    return offset;
  }
}
