package touchstone.conformance.verify;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers and excerpts as people read them. */
public final class Figures {
  private static final int EXCERPT = 60;
  private static final double LARGE = 1e6;
  private static final MathContext TWO_DIGITS = new MathContext(2);

  private Figures() {}

  /** A number with six significant digits; whole ones as such. */
  public static String number(double value) {
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < LARGE;
    return whole
        ? String.valueOf((long) value)
        : Double.isFinite(value) ? "%.6g".formatted(value) : String.valueOf(value);
  }

  /** An error, a bound or a ratio: two significant digits. */
  public static String size(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "NaN" : "∞";
    }
    if (value == 0) {
      return "0";
    }
    boolean plain = value >= 0.01 && value < 1000;
    return plain
        ? new BigDecimal(value).round(TWO_DIGITS).toPlainString()
        : "%.1e".formatted(value).replace("e-0", "e-").replace("e+0", "e+");
  }

  /** A place in an output: {@code logits[3, 17]}. */
  public static String place(String output, List<Long> index) {
    return index.isEmpty()
        ? output
        : index.stream().map(String::valueOf).collect(Collectors.joining(", ", output + "[", "]"));
  }

  /** How far a number is off. */
  static String deviation(String output, Deviation worst) {
    return "%s is %s, expected %s: error %s, bound %s"
        .formatted(
            place(output, worst.index()),
            number(worst.actual().value()),
            number(worst.expected().value()),
            size(worst.error()),
            size(worst.bound()));
  }

  /** The beginning of a text. */
  static String excerpt(String text) {
    return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT - 3) + "...";
  }

  /** One and many: {@code 1 vector}, {@code 2 vectors}. */
  public static String count(long number, String what) {
    return String.format(Locale.ROOT, "%d %s%s", number, what, number == 1 ? "" : "s");
  }
}
