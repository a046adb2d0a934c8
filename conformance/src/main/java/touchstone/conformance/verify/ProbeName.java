package touchstone.conformance.verify;

import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import touchstone.llama.ProbePoint;

/**
 * The name of an intermediate in vectors: {@code embed}, {@code 0.q}, {@code finalNorm}. Sorted as they
 * are computed.
 *
 * @param layer of those that every layer has, else what puts it before or behind all layers
 * @param point which intermediate
 */
public record ProbeName(int layer, ProbePoint point) implements Comparable<ProbeName> {
  /** The last one of a pass. */
  static final ProbeName LAST = new ProbeName(Integer.MAX_VALUE, ProbePoint.LOGITS);

  private static final Pattern NAME = Pattern.compile("(?:(\\d{1,4})\\.)?(\\w+)");
  private static final Comparator<ProbeName> ORDER =
      Comparator.comparingInt(ProbeName::layer).thenComparing(ProbeName::point);

  /** The intermediate that a name means; empty if it is none. */
  public static Optional<ProbeName> of(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    boolean hasLayer = parts.group(1) != null;
    int layer = hasLayer ? Integer.parseInt(parts.group(1)) : Integer.MAX_VALUE;
    return ProbePoint.of(parts.group(2))
        .filter(point -> point.perLayer() == hasLayer)
        .map(point -> new ProbeName(point == ProbePoint.EMBED ? -1 : layer, point));
  }

  /** The layer, of those that every layer has. */
  public OptionalInt layerIfAny() {
    return point.perLayer() ? OptionalInt.of(layer) : OptionalInt.empty();
  }

  @Override
  public int compareTo(ProbeName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return point.perLayer() ? layer + "." + point.label() : point.label();
  }
}
