package touchstone.conformance.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static touchstone.conformance.verify.Vectors.data;
import static touchstone.conformance.verify.Vectors.f16;
import static touchstone.conformance.verify.Vectors.f32;
import static touchstone.conformance.verify.Vectors.f64;
import static touchstone.conformance.verify.Vectors.i32;
import static touchstone.conformance.verify.Vectors.numbers;
import static touchstone.conformance.verify.Vectors.output;
import static touchstone.conformance.verify.Vectors.spreads;
import static touchstone.conformance.verify.Vectors.valid;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Accept;
import touchstone.conformance.suite.Expectation;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Finding.Kind;
import touchstone.tensor.Tensor;

/** Every tolerance at its bound and just beyond, and everything that is no number to compare. */
class JudgeTest {
  private static final float NEXT = Math.nextUp(1f);

  private static Verdict judged(NumericProfile profile, Value truth, Accept accept, Value actual) {
    Vector vector = valid("topic/case", "call", "y", output(truth, accept));
    return new Judge(profile).judge(vector, new Reply.Result(Map.of("y", actual)));
  }

  private static Verdict judged(Tensor truth, Accept accept, Tensor actual) {
    return judged(NumericProfile.F32, numbers(truth), accept, numbers(actual));
  }

  private static void passes(Verdict verdict) {
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Passed.class);
  }

  private static Finding fails(Verdict verdict, Kind kind) {
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Failed.class);
    Finding finding = ((Verdict.Failed) verdict).finding();
    assertThat(finding.kind()).as(finding.sentence()).isEqualTo(kind);
    return finding;
  }

  @Test
  @Tag("TOL-7")
  void bitsAreEqualOrWrong() {
    Accept bits = new Accept.Bits();
    passes(judged(f32(1, 2), bits, f32(1, 2)));
    Finding finding = fails(judged(f32(1, 1), bits, f32(1, NEXT)), Kind.VALUE);
    assertThat(finding.worst().orElseThrow().index()).containsExactly(1L);
    assertThat(finding.worst().orElseThrow().actual().bits()).isEqualTo("3f800001");
    passes(judged(i32(-3, 7), bits, i32(-3, 7)));
    fails(judged(i32(-3, 7), bits, i32(-3, 8)), Kind.VALUE);
    passes(judged(f32(Float.NaN), bits, f32(Float.intBitsToFloat(0x7fc01234))));
  }

  @Test
  @Tag("TOL-7")
  void aNumberIsTheSameInWhateverTypeItComes() {
    passes(judged(f32(0.5f), new Accept.Bits(), f16(0.5f)));
    passes(judged(f64(0.5), new Accept.Bits(), f32(0.5f)));
    fails(judged(f64(0.1), new Accept.Bits(), f32(0.1f)), Kind.VALUE);
  }

  @Test
  @Tag("TOL-7")
  void theSignOfZeroCountsOnlyAmongBits() {
    fails(judged(f32(0f), new Accept.Bits(), f32(-0f)), Kind.VALUE);
    passes(judged(f32(0f), new Accept.Ulp(0), f32(-0f)));
    passes(judged(f64(0.0), new Accept.Spread(8, spreads(0)), f32(-0f)));
    passes(judged(f64(0.0), new Accept.Gauge(1, f64(0.0)), f32(-0f)));
  }

  @Test
  @Tag("TOL-7")
  void dataAreEqualAsJsonAndNumbersByTheirValues() {
    Accept bits = new Accept.Bits();
    NumericProfile f32 = NumericProfile.F32;
    passes(judged(f32, data("{\"a\":1,\"b\":[2]}"), bits, data("{\"b\":[2.0],\"a\":1}")));
    Finding finding =
        fails(
            judged(f32, data("{\"a\":{\"b\":[1,2]}}"), bits, data("{\"a\":{\"b\":[1,3]}}")),
            Kind.DATA);
    assertThat(finding.sentence()).isEqualTo("y.a.b[1] is 3, expected 2");
    fails(judged(f32, data("{\"a\":1}"), bits, data("{\"a\":1,\"c\":2}")), Kind.DATA);
    fails(judged(f32, data("{\"a\":null}"), bits, data("{}")), Kind.DATA);
    fails(judged(f32, data("[1,2]"), bits, data("[1]")), Kind.DATA);
    fails(judged(f32, data("\"a\""), bits, data("\"b\"")), Kind.DATA);
    fails(judged(f32, data("1"), bits, data("\"1\"")), Kind.DATA);
  }

  @Test
  @Tag("TOL-7")
  void eitherOfSeveralIsRight() {
    Accept either = new Accept.Either(List.of(numbers(i32(1)), numbers(i32(2))));
    passes(judged(i32(1), either, i32(2)));
    fails(judged(i32(1), either, i32(3)), Kind.VALUE);
    Accept texts = new Accept.Either(List.of(data("\"a\""), data("\"b\"")));
    passes(judged(NumericProfile.F32, data("\"a\""), texts, data("\"b\"")));
    fails(judged(NumericProfile.F32, data("\"a\""), texts, data("\"c\"")), Kind.DATA);
  }

  @Test
  @Tag("TOL-8")
  void unitsAreCountedInTheCoarserOfTheTwoFormats() {
    Accept two = new Accept.Ulp(2);
    passes(judged(f32(1f), two, f32(Math.nextUp(NEXT))));
    fails(judged(f32(1f), two, f32(Math.nextUp(Math.nextUp(NEXT)))), Kind.VALUE);
    passes(judged(f32(1f), two, f32(Math.nextDown(Math.nextDown(1f)))));
    passes(judged(f32(1f), two, f64(1 + 0x1p-23)));
    passes(judged(f64(1 + 0x1p-25), new Accept.Ulp(0), f32(1f)));
    passes(judged(f32(Float.MIN_VALUE), two, f32(-Float.MIN_VALUE)));
    fails(judged(f32(Float.MIN_VALUE), new Accept.Ulp(1), f32(-Float.MIN_VALUE)), Kind.VALUE);
    fails(judged(f32(Float.MAX_VALUE), two, f32(Float.POSITIVE_INFINITY)), Kind.VALUE);
    Value half = numbers(f16(1.0009765625f));
    passes(judged(NumericProfile.F16, numbers(f32(1f)), new Accept.Ulp(1), half));
    fails(judged(NumericProfile.F16, numbers(f32(1f)), new Accept.Ulp(0), half), Kind.VALUE);
  }

  @Test
  @Tag("TOL-9")
  void aGaugeIsTimesGammaOfTheProfile() {
    Accept gauge = new Accept.Gauge(3, f64(2.0));
    double bound = 2 * 3 * 0x1p-24 / (1 - 3 * 0x1p-24);
    passes(judged(f64(1.0), gauge, f64(1 + bound * 0.999999)));
    Finding finding = fails(judged(f64(1.0), gauge, f64(1 + bound * 1.000001)), Kind.VALUE);
    assertThat(finding.worst().orElseThrow().bound()).isEqualTo(bound);
    assertThat(finding.worst().orElseThrow().ratio()).isBetween(1.0, 1.00001);
    Value beyond = numbers(f64(1 + bound * 2));
    passes(judged(NumericProfile.F16, numbers(f64(1.0)), gauge, beyond));
  }

  @Test
  @Tag("TOL-9")
  void aGaugeSaysNothingWhereTheTheoremEnds() {
    Accept gauge = new Accept.Gauge(128, f64(2.0));
    Value truth = numbers(f64(1.0));
    for (NumericProfile profile : List.of(NumericProfile.BF16, NumericProfile.INT8)) {
      assertThat(judged(profile, truth, gauge, truth)).isInstanceOf(Verdict.Skipped.class);
    }
    passes(judged(NumericProfile.F16, truth, gauge, truth));
  }

  @Test
  @Tag("TOL-10")
  void aSpreadIsTheProfilesOwn() {
    Accept spread = new Accept.Spread(8, Map.of("f32", 0x1p-10, "f16", 0x1p-5));
    Value truth = numbers(f64(1.0, 1.0));
    passes(judged(NumericProfile.F32, truth, spread, numbers(f64(1, 1 + 0x1p-7))));
    Value beyond = numbers(f64(1, Math.nextUp(1 + 0x1p-7)));
    fails(judged(NumericProfile.F32, truth, spread, beyond), Kind.VALUE);
    passes(judged(NumericProfile.F16, truth, spread, beyond));
    assertThat(judged(NumericProfile.INT8, truth, spread, beyond))
        .isInstanceOfSatisfying(
            Verdict.Skipped.class, skipped -> assertThat(skipped.reason()).contains("int8"));
  }

  @Test
  @Tag("TOL-11")
  void whatIsNoNumberPassesOnlyWhereTheTruthIsNone() {
    Accept spread = new Accept.Spread(8, spreads(1e30));
    Tensor truth = f64(1, Double.NaN, Double.NEGATIVE_INFINITY);
    passes(judged(truth, spread, f32(1, Float.NaN, Float.NEGATIVE_INFINITY)));
    fails(judged(truth, spread, f32(Float.NaN, Float.NaN, Float.NEGATIVE_INFINITY)), Kind.NAN);
    fails(judged(truth, spread, f32(1, 1, Float.NEGATIVE_INFINITY)), Kind.NAN);
    fails(judged(truth, spread, f32(1, Float.NaN, -Float.MAX_VALUE)), Kind.VALUE);
    fails(judged(truth, spread, f32(1, Float.NaN, Float.POSITIVE_INFINITY)), Kind.VALUE);
    fails(judged(truth, spread, f32(Float.POSITIVE_INFINITY, Float.NaN, 0)), Kind.VALUE);
    fails(judged(f64(1.0), new Accept.Gauge(2, f64(1e300)), f32(Float.NaN)), Kind.NAN);
    fails(judged(f32(1), new Accept.Ulp(1 << 30), f32(Float.NaN)), Kind.NAN);
  }

  @Test
  @Tag("TOL-11")
  void shapeAndTypeComeBeforeNumbers() {
    Accept spread = new Accept.Spread(8, spreads(1e30));
    Finding finding =
        fails(judged(f64(List.of(2L, 1L), 1, 2), spread, f64(List.of(1L, 2L), 1, 2)), Kind.SHAPE);
    assertThat(finding.sentence()).isEqualTo("y has shape [1, 2], expected [2, 1]");
    fails(judged(f64(1.0), spread, i32(1)), Kind.TYPE);
    fails(judged(i32(1), new Accept.Bits(), f32(1)), Kind.TYPE);
    fails(judged(f64(1.0), spread, f16(1)), Kind.TYPE);
    passes(judged(NumericProfile.F16, numbers(f64(1.0)), spread, numbers(f16(1))));
    fails(judged(NumericProfile.F32, numbers(f64(1.0)), spread, data("[1]")), Kind.TYPE);
    fails(judged(NumericProfile.F32, data("[1]"), new Accept.Bits(), numbers(i32(1))), Kind.TYPE);
  }

  @Test
  void theWorstElementIsNamedNotTheFirst() {
    Accept spread = new Accept.Spread(8, spreads(0x1p-10));
    Tensor truth = f64(List.of(2L, 2L), 1, 1, 1, 1);
    Finding finding = fails(judged(truth, spread, f32(List.of(2L, 2L), 1, 2, 9, 3)), Kind.VALUE);
    Deviation worst = finding.worst().orElseThrow();
    assertThat(worst.index()).containsExactly(1L, 0L);
    assertThat(worst.error()).isEqualTo(8);
    assertThat(worst.ratio()).isEqualTo(1024);
    assertThat(finding.sentence()).startsWith("y[1, 0] is 9, expected 1: error 8, bound 7.8e-3");
  }

  @Test
  @Tag("TOL-12")
  void tokensAreEqualUpToTheFirstUndecidedStep() {
    Accept tokens = new Accept.Tokens(f64(1, 0.5, 1, 1), 8, Map.of("f32", 0x1p-5, "f16", 0x1p-6));
    Value truth = data("[5,6,7,8]");
    NumericProfile f32 = NumericProfile.F32;
    passes(judged(f32, truth, tokens, truth));
    fails(judged(f32, truth, tokens, data("[5,6,9,8]")), Kind.TOKEN);
    assertThat(judged(f32, truth, tokens, data("[5,9,1,1]")))
        .isInstanceOf(Verdict.Acceptable.class);
    fails(judged(NumericProfile.F16, truth, tokens, data("[5,9,1,1]")), Kind.TOKEN);
    Finding early = fails(judged(f32, truth, tokens, data("[5]")), Kind.TOKEN);
    assertThat(early.sentence()).isEqualTo("y[1] is the end, expected 6");
    fails(judged(f32, truth, tokens, data("[5,6,7,8,9]")), Kind.TOKEN);
    fails(judged(f32, truth, tokens, data("[]")), Kind.TOKEN);
    assertThat(judged(NumericProfile.BF16, truth, tokens, truth))
        .isInstanceOf(Verdict.Skipped.class);
  }

  @Test
  @Tag("TOL-12")
  void whatFollowsAnUndecidedStepDoesNotCount() {
    Accept tokens = new Accept.Tokens(f64(0), 8, spreads(1));
    Vector vector =
        valid(
            "generate/case",
            "generate",
            "finish",
            output(data("\"length\""), new Accept.Bits()),
            "ids",
            output(data("[5]"), tokens));
    Judge judge = new Judge(NumericProfile.F32);
    Map<String, Value> outputs = new HashMap<>();
    outputs.put("ids", data("[6]"));
    outputs.put("finish", data("\"stop\""));
    assertThat(judge.judge(vector, new Reply.Result(outputs)))
        .isInstanceOf(Verdict.Acceptable.class);
    outputs.put("ids", data("[5]"));
    fails(judge.judge(vector, new Reply.Result(outputs)), Kind.DATA);
  }

  @Test
  @Tag("TOL-13")
  void valuesAtPlacesAreComparedAtTheirPlaces() {
    Value.Sparse truth = new Value.Sparse(new int[] {7, 3, 5}, f64(-1, -2, -3));
    Accept spread = new Accept.Spread(8, spreads(0x1p-7)); // bound 1/16
    passes(sparse(truth, spread, new int[] {3, 7, 5}, -2, -1, -3.0625));
    fails(sparse(truth, spread, new int[] {3, 7, 5}, -2, -1, -3.0626), Kind.VALUE);
    passes(sparse(truth, spread, new int[] {7}, -1));
    passes(sparse(truth, spread, new int[] {7, 3, 9}, -1, -2, -3.03));
    fails(sparse(truth, spread, new int[] {7, 3, 9}, -1, -2, -2.9), Kind.VALUE);
    fails(sparse(truth, spread, new int[] {7, 3, 9}, -1, -2, -4), Kind.DATA);
    fails(sparse(truth, spread, new int[] {7, 5}, -1, -3), Kind.DATA);
    fails(sparse(truth, spread, new int[] {7, 7}, -1, -1), Kind.DATA);
    fails(sparse(truth, spread, new int[] {}), Kind.MISSING);
    fails(sparse(truth, spread, new int[] {7, 3, 5}, -1, Double.NaN, -3), Kind.NAN);
    fails(sparse(truth, spread, new int[] {7, 3, 9}, -1, -2, Double.NaN), Kind.NAN);
  }

  private static Verdict sparse(Value.Sparse truth, Accept accept, int[] ids, double... values) {
    return judged(NumericProfile.F32, truth, accept, new Value.Sparse(ids, f64(values)));
  }

  @Test
  void everyOutputMustBeThere() {
    Accept bits = new Accept.Bits();
    Vector vector =
        valid("t/v", "call", "a", output(data("1"), bits), "b", output(data("2"), bits));
    Judge judge = new Judge(NumericProfile.F32);
    Finding finding =
        fails(judge.judge(vector, new Reply.Result(Map.of("a", data("1")))), Kind.MISSING);
    assertThat(finding.reason()).isEqualTo("missing b");
    fails(judge.judge(vector, new Reply.Result(Map.of())), Kind.MISSING);
  }

  @Test
  void someProbesSufficeAndNoneDoNot() {
    Accept bits = new Accept.Bits();
    Vector vector =
        valid(
            "probes/v",
            "probes",
            "1.q",
            output(data("1"), bits),
            "embed",
            output(data("2"), bits),
            "0.attn",
            output(data("3"), bits));
    Judge judge = new Judge(NumericProfile.F32);
    passes(judge.judge(vector, new Reply.Result(Map.of("0.attn", data("3")))));
    fails(judge.judge(vector, new Reply.Result(Map.of())), Kind.MISSING);
    fails(judge.judge(vector, new Reply.Result(Map.of("0.nosuch", data("3")))), Kind.MISSING);
    Map<String, Value> wrong = Map.of("1.q", data("0"), "0.attn", data("0"), "embed", data("2"));
    assertThat(fails(judge.judge(vector, new Reply.Result(wrong)), Kind.DATA).output())
        .as("the first in the order of computation")
        .isEqualTo("0.attn");
  }

  @Test
  @Tag("TOL-14")
  void onlyARefusalInGoodOrderMeetsAnInvalidVector() {
    Vector vector =
        Vectors.vector(
            "checkpoint/bad",
            "inspect",
            Level.REQUIRED,
            new Expectation.Invalid(List.of("malformed")));
    Judge judge = new Judge(NumericProfile.F32);
    passes(judge.judge(vector, new Reply.Refused("malformed", "no")));
    Verdict other = judge.judge(vector, new Reply.Refused("shape", "no"));
    passes(other);
    assertThat(other.sentence()).contains("refused as shape; malformed says it better");
    assertThat(judge.judge(vector, new Reply.Broken("crash"))).isInstanceOf(Verdict.Broken.class);
    assertThat(judge.judge(vector, new Reply.Skipped("no"))).isInstanceOf(Verdict.Skipped.class);
    fails(judge.judge(vector, new Reply.Result(Map.of())), Kind.ACCEPTED);
  }

  @Test
  @Tag("TOL-14")
  void aRefusalOfWhatIsRightIsWrongUnlessItMayBe() {
    var outputs = Vectors.named("y", output(data("1"), new Accept.Bits()));
    Judge judge = new Judge(NumericProfile.F32);
    Reply refusal = new Reply.Refused("unsupported", "no");
    Vector valid = Vectors.vector("t/v", "call", Level.REQUIRED, new Expectation.Valid(outputs));
    assertThat(fails(judge.judge(valid, refusal), Kind.REFUSED).reason())
        .isEqualTo("refused unsupported");
    Vector acceptable =
        Vectors.vector("t/w", "call", Level.REQUIRED, new Expectation.Acceptable(outputs));
    assertThat(judge.judge(acceptable, refusal)).isInstanceOf(Verdict.Acceptable.class);
    passes(judge.judge(acceptable, new Reply.Result(Map.of("y", data("1")))));
    fails(judge.judge(acceptable, new Reply.Result(Map.of("y", data("2")))), Kind.DATA);
  }
}
