package touchstone.conformance.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.runtime.RuntimeUnderTest;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.ExpectedOutput;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.tensor.Tensor;

/**
 * The first wrong number of a forward pass: the intermediates in the order of computation, each with
 * its own bound.
 *
 * @param vector the pass that was walked
 * @param points how far each intermediate is off, in order
 * @param first the first that is wrong; empty if none is
 */
public record Bisection(Vector vector, List<Point> points, Optional<Divergence> first) {
  /** Numbers shown on either side of the worst one. */
  private static final int AROUND = 3;

  /** An intermediate and its worst number. */
  public record Point(ProbeName name, Deviation worst) {}

  /**
   * Where a pass leaves the truth.
   *
   * @param name the intermediate
   * @param sentence what is wrong with it
   * @param lastRight the last one before it that is right, if any is
   * @param between intermediates that the runtime does not tell, and that may be wrong already
   * @param excerpt numbers around the worst, if it is numbers that are wrong
   */
  public record Divergence(
      ProbeName name,
      String sentence,
      Optional<ProbeName> lastRight,
      List<ProbeName> between,
      Optional<Excerpt> excerpt) {
    public Divergence {
      between = List.copyOf(between);
    }

    /** How the intermediate comes about. */
    public Formula formula() {
      return Formula.of(name.point());
    }
  }

  /**
   * Neighbouring numbers of a row.
   *
   * @param from index in the row of the first
   * @param worst which of them is the worst
   */
  public record Excerpt(
      Deviation deviation, int from, int worst, double[] expected, double[] actual) {
    public Excerpt {
      Objects.requireNonNull(deviation, "deviation");
    }
  }

  public Bisection {
    points = List.copyOf(points);
  }

  /**
   * Walks one pass.
   *
   * @param vector one whose call is {@code probes}
   * @return empty if the runtime does not tell its intermediates
   */
  public static Optional<Bisection> of(
      Vector vector, RuntimeUnderTest runtime, NumericProfile profile) {
    return vector.expectation() instanceof Expectation.Valid(var expected)
            && runtime.run(vector.request()) instanceof Reply.Result(var actual)
        ? Optional.of(walked(vector, Judge.inOrder(expected), actual, new Judge(profile)))
        : Optional.empty();
  }

  private static Bisection walked(
      Vector vector, Map<String, ExpectedOutput> expected, Map<String, Value> actual, Judge judge) {
    List<Point> points = new ArrayList<>();
    List<ProbeName> untold = new ArrayList<>();
    Optional<ProbeName> lastRight = Optional.empty();
    Optional<Divergence> first = Optional.empty();
    for (var entry : expected.entrySet()) {
      ProbeName name = ProbeName.of(entry.getKey()).orElseThrow();
      Value value = actual.get(entry.getKey());
      if (value == null) {
        untold.add(name);
        continue;
      }
      Verdict verdict = judge.output(entry.getKey(), entry.getValue(), value, Judge.PROBES);
      verdict.measurements().forEach(measured -> points.add(new Point(name, measured.worst())));
      if (first.isEmpty() && verdict instanceof Verdict.Failed(Finding finding, _)) {
        Optional<Excerpt> excerpt =
            finding.worst().map(worst -> excerpt(worst, entry.getValue().value(), value));
        first = Optional.of(new Divergence(name, finding.sentence(), lastRight, untold, excerpt));
      } else if (verdict instanceof Verdict.Skipped) {
        untold.add(name);
      } else if (first.isEmpty()) {
        lastRight = Optional.of(name);
        untold.clear();
      }
    }
    return new Bisection(vector, points, first);
  }

  private static Excerpt excerpt(Deviation worst, Value truth, Value found) {
    Tensor expected = ((Value.Numbers) truth).tensor();
    Tensor actual = ((Value.Numbers) found).tensor();
    int columns = Math.toIntExact(expected.shape().getLast());
    int column = Math.toIntExact(worst.index().getLast());
    int from = Math.max(0, Math.min(column - AROUND, columns - 2 * AROUND - 1));
    int count = Math.min(2 * AROUND + 1, columns - from);
    long row = 0;
    for (int i = 0; i < worst.index().size() - 1; i++) {
      row = row * expected.shape().get(i) + worst.index().get(i);
    }
    double[] right = new double[count];
    double[] wrong = new double[count];
    for (int i = 0; i < count; i++) {
      right[i] = Elements.value(expected, row * columns + from + i);
      wrong[i] = Elements.value(actual, row * columns + from + i);
    }
    return new Excerpt(worst, from, column - from, right, wrong);
  }
}
