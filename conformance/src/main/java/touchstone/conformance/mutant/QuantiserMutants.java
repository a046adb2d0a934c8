package touchstone.conformance.mutant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import touchstone.conformance.mutant.Mutant.Group;
import touchstone.conformance.own.Quantiser;
import touchstone.conformance.own.Seams;
import touchstone.quantize.QuantiserSettings;

/** Mistakes in quantising: group E of the catalogue. */
final class QuantiserMutants {
  private static final String GPTQMODEL = "https://github.com/ModelCloud/GPTQModel/issues/";
  private static final String AUTOGPTQ =
      "https://github.com/AutoGPTQ/AutoGPTQ/blob/v0.4.2/auto_gptq/quantization/gptq.py";
  private static final String GRID =
      "https://github.com/AutoGPTQ/AutoGPTQ/blob/v0.4.2/auto_gptq/quantization/quantizer.py";
  private static final String PAPER = "https://arxiv.org/abs/2210.17323";

  private QuantiserMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>(hessians());
    all.addAll(dead());
    all.addAll(grids());
    all.addAll(orders());
    all.addAll(feedbacks());
    return all;
  }

  /** A quantiser with some steps. */
  static Seams seams(QuantiserSteps steps) {
    return new Seams() {
      @Override
      public Quantiser quantiser(Quantiser quantiser) {
        return new PlainQuantiser(steps);
      }
    };
  }

  private static Mutant mutant(
      String id,
      String title,
      String symptom,
      String cause,
      QuantiserSteps steps,
      String... links) {
    return new Mutant(id, Group.QUANTISER, title, symptom, cause, List.of(links), seams(steps));
  }

  private static List<Mutant> hessians() {
    return List.of(
        mutant(
            "hessian-not-rescaled",
            "what is summed is not rescaled when a sequence is added",
            "Early sequences count more; codes differ in layers with several sequences.",
            "The factor n / (n + 1) of the running mean is left out.",
            new QuantiserSteps() {
              @Override
              public double share(int sequence, int sequences) {
                return 2.0 / (sequence + 1);
              }
            },
            AUTOGPTQ),
        mutant(
            "padding-counted",
            "sequences are padded, and the padding counts",
            "Codes differ in layers that saw sequences of unequal length.",
            "Calibration texts are batched and the mask is not looked at.",
            new QuantiserSteps() {
              @Override
              public List<double[][]> seen(List<double[][]> sequences) {
                int most = sequences.stream().mapToInt(s -> s.length).max().orElse(0);
                return sequences.stream().map(s -> padded(s, most)).toList();
              }
            },
            GPTQMODEL + "1968"));
  }

  /** Padding on the left sees what the first token sees. */
  private static double[][] padded(double[][] sequence, int length) {
    double[][] padded = new double[length][];
    Arrays.setAll(padded, i -> sequence[Math.max(0, i - (length - sequence.length))]);
    return padded;
  }

  private static List<Mutant> dead() {
    return List.of(
        mutant(
            "dead-silenced-first",
            "grids of whole rows do not see the weights of dead inputs",
            "Scales differ without groups, where an input was never active.",
            "Dead inputs are silenced before the grid is fitted.",
            new QuantiserSteps() {
              @Override
              public boolean silencesFirst() {
                return true;
              }
            },
            AUTOGPTQ),
        mutant(
            "damped-first",
            "the Hessian is damped before dead inputs are looked for",
            "Weights of dead inputs keep codes of their own, and their mean damping is less.",
            "No diagonal is 0 any more when dead inputs are looked for.",
            new QuantiserSteps() {
              @Override
              public boolean dampsFirst() {
                return true;
              }
            },
            AUTOGPTQ));
  }

  private static List<Mutant> grids() {
    return List.of(
        mutant(
            "grid-sees-block",
            "a group's grid is fitted to weights with all the feedback so far",
            "Scales of groups that begin inside a block of 128 inputs differ.",
            "A fresh implementation of the paper; no worse, but not AutoGPTQ's codes.",
            new QuantiserSteps() {
              @Override
              public boolean gridSeesBlock() {
                return true;
              }
            },
            AUTOGPTQ,
            PAPER),
        mutant(
            "grid-one-sided-fixed",
            "a symmetric group without negative weights gets a symmetric range",
            "Such groups have twice the scale.",
            "A quirk of the original that looks like a mistake is put right.",
            new QuantiserSteps() {
              @Override
              public double least(double min, double max) {
                return -max;
              }
            },
            GRID),
        mutant(
            "grid-by-half-range",
            "the scale is the largest magnitude by 2^(bits-1) - 1",
            "Every symmetric scale is 15/14 as large at 4 bits.",
            "The formula of symmetric integers without a zero point.",
            new QuantiserSteps() {
              @Override
              public double scale(double min, double max, QuantiserSettings settings) {
                return (max - min) / (settings.maxCode() - 1);
              }
            },
            GRID),
        mutant(
            "round-half-away",
            "halves are rounded away from zero",
            "Weights half way between two values get the other code.",
            "round() of C, or Math.round of Java, for rint().",
            new QuantiserSteps() {
              @Override
              public double round(double value) {
                return Math.copySign(Math.floor(Math.abs(value) + 0.5), value);
              }
            },
            GRID));
  }

  private static List<Mutant> orders() {
    return List.of(
        mutant(
            "order-unstable",
            "equally active inputs are taken in another order",
            "Codes of inputs with equal activations differ from run to run.",
            "A sort that does not keep the order of equals.",
            new QuantiserSteps() {
              @Override
              public int[] order(double[] diagonal) {
                return QuantiserSteps.sorted(
                    diagonal,
                    Comparator.comparing((Integer input) -> -diagonal[input])
                        .thenComparing(Comparator.reverseOrder()));
              }
            },
            GPTQMODEL + "1973"),
        mutant(
            "order-rising",
            "the least active inputs come first",
            "Act-order makes the model worse instead of better.",
            "argsort() without descending=True.",
            new QuantiserSteps() {
              @Override
              public int[] order(double[] diagonal) {
                return QuantiserSteps.sorted(
                    diagonal, Comparator.comparing((Integer input) -> diagonal[input]));
              }
            },
            AUTOGPTQ),
        mutant(
            "static-groups-by-place",
            "static groups are those of the order of work",
            "With act-order, weights are coded on grids of other weights.",
            "The group is found by place and not by input.",
            new QuantiserSteps() {
              @Override
              public int group(int place, int input, int size, boolean isStatic) {
                return place / size;
              }
            },
            AUTOGPTQ));
  }

  private static List<Mutant> feedbacks() {
    return List.of(
        mutant(
            "factor-wrong-side",
            "the inverse's other triangle passes errors on",
            "The layer's error is much larger, often larger than with plain rounding.",
            "U UT for UT U: a lower Cholesky factor taken for an upper one.",
            new QuantiserSteps() {
              @Override
              public double[][] factor(double[][] h) {
                return Triangles.transposed(Triangles.inverted(Triangles.cholesky(h)));
              }
            },
            PAPER),
        mutant(
            "factor-not-inverted",
            "the Hessian's own triangle passes errors on",
            "The layer's error is much larger.",
            "The inverse is forgotten.",
            new QuantiserSteps() {
              @Override
              public double[][] factor(double[][] h) {
                return Triangles.transposed(Triangles.cholesky(h));
              }
            },
            PAPER),
        mutant(
            "errors-not-passed-on",
            "every weight is rounded by itself",
            "The error is that of plain rounding.",
            "The update of the weights that follow is done on a copy.",
            new QuantiserSteps() {
              @Override
              public boolean passesOn() {
                return false;
              }
            },
            PAPER));
  }
}
