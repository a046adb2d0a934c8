package touchstone.conformance.verify;

/** How a run ended. */
public sealed interface Ending {
  /** Every chosen vector has a verdict. */
  record Complete() implements Ending {}

  /** At the first failure, as asked. */
  record FirstFailure() implements Ending {}

  /**
   * The runtime could not be examined: what stands between it and us does not work.
   *
   * @param sentence what happened
   */
  record Unusable(String sentence) implements Ending {}
}
