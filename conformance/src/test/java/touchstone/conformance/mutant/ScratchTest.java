package touchstone.conformance.mutant;

import java.util.*;
import org.junit.jupiter.api.Test;
import touchstone.conformance.own.*;
import touchstone.conformance.runtime.*;
import touchstone.conformance.suite.*;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.*;
import touchstone.golden.GoldenData;

class ScratchTest {
  @Test
  void matrix() {
    Set<String> calls = new HashSet<>(TextCalls.CALLS);
    calls.addAll(SamplingCalls.CALLS);
    calls.addAll(QuantiseCalls.CALLS);
    try (Suite suite = Suite.open(GoldenData.root());
        Checkpoints checkpoints = new Checkpoints(GoldenData.root())) {
      List<Vector> vectors =
          suite.vectors().stream().filter(v -> calls.contains(v.request().call())).toList();
      System.out.println(vectors.size() + " vectors");
      List<Mutant> all = new ArrayList<>(TokenizerMutants.all());
      all.addAll(DetokenizerMutants.all());
      all.addAll(ChatMutants.all());
      all.addAll(SamplingMutants.all());
      all.addAll(QuantiserMutants.all());
      row("reference", Seams.NONE, vectors, checkpoints);
      row("plain quantiser", QuantiserMutants.right(), vectors, checkpoints);
      row(
          "plain warping",
          WarpingSteps.chain(
              WarpingSteps.PENALTY,
              WarpingSteps.TEMPERATURE,
              WarpingSteps.TOP_K,
              WarpingSteps.TOP_P,
              WarpingSteps.MIN_P),
          vectors,
          checkpoints);
      row(
          "plain pieces",
          TextDeviations.encoding(
              (t, tok, plain, bos) ->
                  new PlainPieces(
                          tok, PlainPieces.pairs(PlainPieces::byScore, false), PlainPieces::utf8)
                      .encode(plain, bos)),
          vectors,
          checkpoints);
      for (Mutant m : all) row(m.id(), m.seams(), vectors, checkpoints);
    }
  }

  static void row(String name, Seams seams, List<Vector> vectors, Checkpoints checkpoints) {
    Map<String, Integer> killed = new TreeMap<>();
    String first = "";
    long start = System.nanoTime();
    try (OwnRuntime own = OwnRuntime.deviant(checkpoints, "scalar", 1, seams)) {
      Judge judge = new Judge(NumericProfile.F32);
      for (Vector v : vectors) {
        Verdict verdict = judge.judge(v, own.run(v.request()));
        if (verdict.isFailure()) {
          killed.merge(v.level().label() + " " + v.request().call(), 1, Integer::sum);
          if (first.isEmpty() && !v.id().contains("stream/random-20"))
            first = v.id() + ": " + verdict.sentence().orElse("");
        }
      }
    }
    System.out.printf(
        "%-26s %5d ms %s %s%n",
        name,
        (System.nanoTime() - start) / 1000000,
        killed,
        first.length() > 130 ? first.substring(0, 130) : first);
  }
}
