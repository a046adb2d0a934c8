package touchstone.conformance.door;

import java.util.Objects;
import touchstone.conformance.runtime.Reply;

/** Why a server's answer is no result. */
final class NoAnswer extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Reply reply;

  private NoAnswer(Reply reply, String what) {
    super(what);
    this.reply = Objects.requireNonNull(reply, "reply");
  }

  /** The server does not offer it, or not so that it could be judged. */
  static NoAnswer skipped(String reason) {
    return new NoAnswer(new Reply.Skipped(reason), reason);
  }

  /** The server said no. */
  static NoAnswer refused(int status, String message) {
    String what = "HTTP %d: %s".formatted(status, message);
    return new NoAnswer(new Reply.Refused("http-" + status, what), what);
  }

  /** The server failed, was silent, or said what is not to be understood. */
  static NoAnswer broken(String what) {
    return new NoAnswer(new Reply.Broken(what), what);
  }

  Reply reply() {
    return reply;
  }
}
