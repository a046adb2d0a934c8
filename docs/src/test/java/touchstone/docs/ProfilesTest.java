package touchstone.docs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import touchstone.conformance.profile.Agreement;
import touchstone.conformance.profile.RecordedPass;
import touchstone.conformance.profile.RoundingPoint;
import touchstone.conformance.profile.RoundingProfile;
import touchstone.conformance.suite.Suite;
import touchstone.golden.GoldenData;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.ProbePoint;

/**
 * The tables of docs/results/profiles.md are what the profiles give on the recorded passes. With {@code
 * -Dtouchstone.profiles.write=true} they are written instead of compared.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProfilesTest {
  private static final MeasuredPage PAGE =
      new MeasuredPage("docs/results/profiles.md", "touchstone.profiles.write");
  private static final Pattern OTHER_ORDERS = Pattern.compile("in other orders ([0-9.]+)");
  private static final Set<RoundingPoint> ALL = EnumSet.allOf(RoundingPoint.class);

  private Suite suite;
  private Kernels base;
  private List<RecordedPass> passes;

  @BeforeAll
  void open() {
    suite = Suite.open(GoldenData.root());
    base = KernelSets.open("scalar", Numerics.F32, 1);
    passes = RecordedPass.of(suite);
  }

  @AfterAll
  void close() {
    base.close();
    suite.close();
  }

  @Test
  void tablesSayWhatTheProfilesGive() throws IOException {
    PAGE.requireTables(Map.of("logits", logits(), "steps", steps(), "points", points()));
  }

  private Stream<String> logits() {
    return Stream.concat(
        Stream.of(
            "| model | profile | logits | same bits, % | at most one step, % | Transformers in other orders: same bits, % |",
            "|---|---|--:|--:|--:|--:|"),
        passes.stream()
            .filter(pass -> pass.vector().request().call().equals("logits"))
            .map(this::logits));
  }

  private String logits(RecordedPass pass) {
    Agreement agreement = pass.compare(base);
    Matcher other = OTHER_ORDERS.matcher(pass.vector().title());
    return Numbers.print(
        "| %s | %s | %d | %.1f | %.1f | %s |",
        pass.subject(),
        pass.profile().label(),
        agreement.values(),
        100 * agreement.share(),
        100.0 * agreement.near() / agreement.values(),
        other.find() ? Numbers.print("%.1f", 100 * Double.parseDouble(other.group(1))) : "");
  }

  private Stream<String> steps() {
    Map<ProbePoint, Agreement> fp16 = forced(RoundingProfile.HF_FP16, ALL);
    Map<ProbePoint, Agreement> bf16 = forced(RoundingProfile.HF_BF16, ALL);
    return Stream.concat(
        Stream.of(
            "| step | values | hf-fp16: same bits | steps apart | hf-bf16: same bits | steps apart |",
            "|---|--:|--:|--:|--:|--:|"),
        Stream.of(ProbePoint.values())
            .map(
                point ->
                    "| %s | %d | %d | %d | %d | %d |"
                        .formatted(
                            point.label(),
                            fp16.get(point).values(),
                            fp16.get(point).equal(),
                            fp16.get(point).ulps(),
                            bf16.get(point).equal(),
                            bf16.get(point).ulps())));
  }

  private Map<ProbePoint, Agreement> forced(RoundingProfile profile, Set<RoundingPoint> points) {
    return probed(profile).force(base, points).agreements();
  }

  private RecordedPass probed(RoundingProfile profile) {
    return passes.stream()
        .filter(pass -> pass.profile() == profile && pass.hasProbes())
        .findFirst()
        .orElseThrow();
  }

  private RecordedPass attention(RoundingProfile profile) {
    return passes.stream()
        .filter(pass -> pass.profile() == profile && pass.isAttention())
        .findFirst()
        .orElseThrow();
  }

  private Stream<String> points() {
    List<String> rows = new ArrayList<>();
    rows.add(
        "| left out | hf-fp16: same bits, % | attention of 20, % | hf-bf16: same bits, % | attention of 20, % |");
    rows.add("|---|--:|--:|--:|--:|");
    rows.add(without("nothing", ALL));
    for (RoundingPoint point : RoundingPoint.values()) {
      if (point != RoundingPoint.DEQUANTISED) {
        rows.add(without(point.name(), EnumSet.complementOf(EnumSet.of(point))));
      }
    }
    return rows.stream();
  }

  private String without(String left, Set<RoundingPoint> points) {
    StringBuilder row = new StringBuilder("| " + left + " |");
    for (RoundingProfile profile : RoundingProfile.values()) {
      Agreement pass = probed(profile).force(base, points).all();
      Agreement attention = attention(profile).compare(base, points);
      row.append(Numbers.print(" %.2f | %.2f |", 100 * pass.share(), 100 * attention.share()));
    }
    return row.toString();
  }
}
