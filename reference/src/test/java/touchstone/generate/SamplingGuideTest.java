package touchstone.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.golden.GoldenData;

/** The worked example of docs/sampling.md, computed again. */
@Tag("SAMPLE-1")
@Tag("SAMPLE-9")
@Tag("SAMPLE-10")
class SamplingGuideTest {
  private static final long SEED = 42;
  private static final long SEQUENCE = 0;
  private static final long STEP = 2;
  private static final float[] LOGITS = {2.5f, 1.5f, -0.5f, 3.0f, 1.5f, -4.0f};

  @Test
  void theNumbersOfTheWorkedExampleAreTrue() throws IOException {
    String guide = Files.readString(GoldenData.root().resolveSibling("docs/sampling.md"));
    assertThat(guide).contains(String.join("\n", example()));
  }

  private static List<String> example() {
    SamplingParameters parameters =
        SamplingParameters.sampled(SEED)
            .withRepetitionPenalty(1.2)
            .withTemperature(0.7)
            .withTopK(4)
            .withTopP(0.9)
            .withMinP(0.05);
    BitSet seen = Rows.ids(2, 3);
    List<String> lines = new ArrayList<>();
    float[] scores = LOGITS.clone();
    lines.add(row("logits", scores));
    for (ScoreProcessor processor : parameters.processors()) {
      if (processor instanceof TopP) {
        addCumulative(lines, scores);
      }
      processor.process(scores, seen);
      lines.add(row(name(processor), scores));
    }
    lines.add(row("probabilities P", Softmax.probabilities(scores)));
    addDraw(lines, scores);
    int token = new Sampler(parameters, SEQUENCE).next(LOGITS, seen, STEP);
    lines.add(line("token", Integer.toString(token)));
    return lines;
  }

  /** What top-p looks at: List.sort is stable, so equal scores stay in the order of their ids. */
  private static void addCumulative(List<String> lines, float[] scores) {
    List<Integer> ids = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
    ids.sort(Comparator.comparingDouble(id -> scores[id]));
    float[] ascending = new float[ids.size()];
    for (int place = 0; place < ascending.length; place++) {
      ascending[place] = scores[ids.get(place)];
    }
    float[] cumulative = Softmax.probabilities(ascending);
    double sum = 0;
    for (int place = 0; place < cumulative.length; place++) {
      sum += cumulative[place];
      cumulative[place] = (float) sum;
    }
    StringBuilder order = new StringBuilder();
    ids.forEach(id -> order.append("%-12s".formatted("id " + id)));
    lines.add(line("  ascending", order.toString().strip()));
    lines.add(row("  C", cumulative));
    lines.add(line("  fl32(1 - p)", Float.toString((float) (1 - 0.9))));
  }

  private static void addDraw(List<String> lines, float[] scores) {
    int[] words = Philox.block(new int[] {(int) STEP, 0, (int) SEQUENCE, 0}, (int) SEED, 0);
    double uniform = Philox.uniform(SEED, SEQUENCE, STEP);
    StringBuilder sums = new StringBuilder();
    double sum = 0;
    for (float probability : Softmax.probabilities(scores)) {
      sum += probability;
      sums.append("%22s".formatted(sum));
    }
    lines.add(line("counter", "00000002 00000000 00000000 00000000   key 0000002a 00000000"));
    lines.add(
        line(
            "Philox4x32-10",
            "%08x %08x %08x %08x".formatted(words[0], words[1], words[2], words[3])));
    lines.add(line("u", Double.toString(uniform)));
    lines.add(line("u * S[5]", Double.toString(uniform * sum)));
    lines.add("running sums S");
    lines.add(sums.toString().strip());
  }

  private static String name(ScoreProcessor processor) {
    return switch (processor) {
      case RepetitionPenalty p -> "penalty " + p.penalty();
      case Temperature t -> "temperature " + t.temperature();
      case TopK k -> "top-k " + k.k();
      case TopP p -> "top-p " + p.p();
      case MinP p -> "min-p " + p.m();
    };
  }

  private static String row(String name, float[] values) {
    StringBuilder cells = new StringBuilder();
    for (float value : values) {
      String cell = value == Float.NEGATIVE_INFINITY ? "-inf" : Float.toString(value);
      cells.append("%-12s".formatted(cell));
    }
    return line(name, cells.toString().strip());
  }

  private static String line(String name, String value) {
    return String.format(Locale.ROOT, "%-17s%s", name, value);
  }
}
