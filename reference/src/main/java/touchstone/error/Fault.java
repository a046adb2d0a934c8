package touchstone.error;

/** The kinds of fault, each with the exit code that the command line ends with. */
public enum Fault {
  /** A flag, an argument or an option value that makes no sense. */
  USAGE(2),
  /** A file whose bytes break its format or contradict another file. */
  FORMAT(65),
  /** A file that is well formed but asks for something that is not supported. */
  UNSUPPORTED(65),
  /** An input that does not exist. */
  MISSING(66),
  /** A mistake in this program. */
  INTERNAL(70),
  /** An output that cannot be created. */
  OUTPUT(73),
  /** The operating system failed to read or write. */
  IO(74),
  /** A runtime under test that does not speak as agreed. */
  PROTOCOL(76),
  /** An input that exists and may not be read. */
  PERMISSION(77),
  /** A configuration value outside its range. */
  CONFIG(78),
  /** A well-formed request beyond a limit: the context length, a size cap. */
  LIMIT(79),
  /** No room left on the output's disk. */
  DISK_FULL(80),
  /** A file that changed while it was in use. */
  CHANGED(82);

  private final int exitCode;

  Fault(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The documented, stable exit code of the command line. */
  public int exitCode() {
    return exitCode;
  }
}
