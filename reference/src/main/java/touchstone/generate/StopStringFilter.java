package touchstone.generate;

import java.util.List;

/**
 * Lets a text through up to the first stop string, however the text is cut into chunks.
 *
 * <p>The first stop string is the one whose last character comes first; of several that end at the
 * same character, the longest. So the text can end as soon as a stop string is complete, and what
 * is let through contains none. Held back is the longest end of the text that begins a stop string,
 * and no more.
 *
 * @source the meaning of "stop" in the OpenAI and Hugging Face interfaces, which leave overlapping
 *     stop strings open
 * @rules STOP-2
 */
public final class StopStringFilter {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  /** A filter for stop strings, none of them empty. */
  public StopStringFilter(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Takes more of the text; gives what is now certain to come before any stop string. */
  public String append(String chunk) {
    if (stopped) {
      return "";
    }
    held.append(chunk);
    int end = endOfFirstStop();
    if (end < 0) {
      return release(held.length() - beginningOfStop());
    }
    stopped = true;
    String text = release(end - longestStopEndingAt(end));
    held.setLength(0);
    return text;
  }

  /** Whether a stop string has occurred; then no more text is let through. */
  public boolean stopped() {
    return stopped;
  }

  /** What is held back. */
  public String held() {
    return held.toString();
  }

  /** Ends the text; gives what was held back. */
  public String flush() {
    return release(held.length());
  }

  private String release(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /** Where the stop string that is complete first ends; negative if none is complete. */
  private int endOfFirstStop() {
    int first = -1;
    for (String stop : stops) {
      int start = held.indexOf(stop);
      int end = start + stop.length();
      if (start >= 0 && (first < 0 || end < first)) {
        first = end;
      }
    }
    return first;
  }

  private int longestStopEndingAt(int end) {
    int longest = 0;
    for (String stop : stops) {
      int start = end - stop.length();
      if (start >= 0 && held.indexOf(stop, start) == start) {
        longest = Math.max(longest, stop.length());
      }
    }
    return longest;
  }

  /** Length of the longest end of the text that begins a stop string. */
  private int beginningOfStop() {
    for (int start = 0; start < held.length(); start++) {
      String end = held.substring(start);
      if (stops.stream().anyMatch(stop -> stop.startsWith(end))) {
        return end.length();
      }
    }
    return 0;
  }
}
