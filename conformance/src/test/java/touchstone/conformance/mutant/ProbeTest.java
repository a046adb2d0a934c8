package touchstone.conformance.mutant;

import java.util.*;
import java.util.concurrent.*;
import org.junit.jupiter.api.Test;
import touchstone.conformance.own.*;
import touchstone.conformance.suite.*;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.*;
import touchstone.golden.GoldenData;

class ProbeTest {
  @Test
  void all() throws Exception {
    Set<String> skip = Set.of("tokenizer", "chat", "sampling");
    try (Suite suite = Suite.open(GoldenData.root());
        Checkpoints checkpoints = new Checkpoints(suite.root());
        ExecutorService pool = Executors.newFixedThreadPool(2)) {
      List<Vector> vectors =
          suite.vectors().stream()
              .filter(
                  v ->
                      !skip.contains(v.topic().split("/")[0]) && !v.topic().equals("gptq/quantise"))
              .toList();
      System.out.println(vectors.size());
      List<Future<String>> out = new ArrayList<>();
      long all = System.nanoTime();
      for (Mutant mutant : Catalogue.mutants()) {
        out.add(
            pool.submit(
                () -> {
                  long start = System.nanoTime();
                  Map<String, Integer> by = new TreeMap<>();
                  String first = "none";
                  Map<String, String> firsts = new TreeMap<>();
                  int total = 0;
                  try (OwnRuntime r = OwnRuntime.deviant(checkpoints, "simd", 1, mutant.seams())) {
                    Judge judge = new Judge(r.description().profile());
                    for (Vector v : vectors) {
                      Verdict d = judge.judge(v, r.run(v.request()));
                      if (d.isFailure() && v.level() == Level.REQUIRED) {
                        by.merge(
                            v.topic().split("/")[0].equals("operation")
                                ? v.topic()
                                : v.topic().split("/")[0],
                            1,
                            Integer::sum);
                        if (total++ == 0) first = v.id() + " " + d.sentence().orElse("");
                      }
                    }
                  }
                  return "%-32s %4d %5.0fms %s | %s"
                      .formatted(mutant.id(), total, (System.nanoTime() - start) / 1e6, by, first);
                }));
      }
      for (Future<String> f : out) System.out.println(f.get());
      System.out.println("total " + (System.nanoTime() - all) / 1e9);
    }
  }
}
