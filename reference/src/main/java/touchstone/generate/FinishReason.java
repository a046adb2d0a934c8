package touchstone.generate;

/** Why a generation ended. Where several apply to the same token, the first of these. */
public enum FinishReason {
  /** The listener wanted no more. */
  CANCELLED,
  /** The model ended the text. */
  EOS,
  /** A stop string occurred; the text ends before it. */
  STOP_STRING,
  /** As many tokens as were asked for. */
  LENGTH,
  /** The context is full. */
  CONTEXT
}
