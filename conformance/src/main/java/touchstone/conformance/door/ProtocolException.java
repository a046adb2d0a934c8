package touchstone.conformance.door;

/**
 * Something that a runtime said, or failed to say, against the agreement. The message is a sentence for
 * the author of its adapter.
 */
final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  ProtocolException(String sentence) {
    super(sentence);
  }

  ProtocolException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
