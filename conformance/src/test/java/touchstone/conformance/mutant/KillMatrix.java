package touchstone.conformance.mutant;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.own.Seams;
import touchstone.conformance.runtime.NumericProfile;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Level;
import touchstone.conformance.suite.Suite;
import touchstone.conformance.suite.Value;
import touchstone.conformance.suite.Vector;
import touchstone.conformance.verify.Judge;
import touchstone.conformance.verify.Verdict;
import touchstone.golden.GoldenData;
import touchstone.tensor.Tensor;

/** Runs deviations over the required vectors, two at a time. */
final class KillMatrix implements AutoCloseable {
  /** Which vectors a mutant fails, in the order of the suite. */
  record Row(Mutant mutant, List<Failure> failures) {
    Row {
      failures = List.copyOf(failures);
    }
  }

  /** A vector that is failed, and how. */
  record Failure(Vector vector, String sentence) {}

  private static final String LARGE = "/pebble";

  private final Suite suite = Suite.open(GoldenData.root());
  private final Checkpoints checkpoints = new Checkpoints(suite.root());

  /** The vectors that a conforming runtime passes. */
  List<Vector> required() {
    return suite.vectors().stream().filter(vector -> vector.level() == Level.REQUIRED).toList();
  }

  /** Those whose answers a mistake in something can change. */
  private List<Vector> vectors(Mutant.Group group) {
    return required().stream().filter(vector -> concerns(group, vector.request().call())).toList();
  }

  private static boolean concerns(Mutant.Group group, String call) {
    return switch (call) {
      case "inspect" -> false;
      case "tokenize", "detokenize", "stream", "chat" -> group == Mutant.Group.TEXT;
      case "sample" -> group == Mutant.Group.SAMPLING;
      case "gptq.quantise" -> group == Mutant.Group.QUANTISER;
      case "generate" -> isOfModels(group) || group == Mutant.Group.STOPPING;
      default -> isOfModels(group);
    };
  }

  private static boolean isOfModels(Mutant.Group group) {
    return group == Mutant.Group.WEIGHTS || group == Mutant.Group.ARITHMETIC;
  }

  /** Every mutant with the failures among its vectors, at most so many of each. */
  List<Row> rows(int most) {
    return inParallel(
        Catalogue.mutants(),
        mutant ->
            new Row(
                mutant,
                failures(
                    mutant.seams(), NumericProfile.F32_GROUPED, vectors(mutant.group()), most)));
  }

  /** What a variant fails, in words; of the models, only the small ones are asked unless all are. */
  List<String> failures(Variant variant, boolean all) {
    List<Vector> vectors =
        vectors(Mutant.Group.ARITHMETIC).stream()
            .filter(vector -> all || !vector.topic().contains(LARGE))
            .toList();
    return failures(variant.seams(), variant.profile(), vectors, Integer.MAX_VALUE).stream()
        .map(failure -> variant.id() + " fails " + failure.vector.id() + ": " + failure.sentence)
        .toList();
  }

  /** Whether a variant gives other bits than the reference at all. */
  boolean differs(Variant variant) {
    try (OwnRuntime reference = OwnRuntime.deviant(checkpoints, "simd", 1, Seams.NONE);
        OwnRuntime other = OwnRuntime.deviant(checkpoints, "simd", 1, variant.seams())) {
      return vectors(Mutant.Group.ARITHMETIC).stream()
          .map(Vector::request)
          .anyMatch(request -> differ(reference.run(request), other.run(request)));
    }
  }

  private static boolean differ(Reply one, Reply other) {
    return one instanceof Reply.Result(var outputs)
        && other instanceof Reply.Result(var others)
        && outputs.entrySet().stream()
            .anyMatch(output -> differ(output.getValue(), others.get(output.getKey())));
  }

  private static boolean differ(Value one, Value other) {
    return one instanceof Value.Numbers(Tensor tensor)
        && other instanceof Value.Numbers(Tensor second)
        && tensor.data().mismatch(second.data()) >= 0;
  }

  private List<Failure> failures(
      Seams seams, NumericProfile profile, List<Vector> vectors, int most) {
    List<Failure> failures = new ArrayList<>();
    Judge judge = new Judge(profile);
    try (OwnRuntime runtime = OwnRuntime.deviant(checkpoints, "simd", 1, seams)) {
      for (Vector vector : vectors) {
        Verdict verdict = judge.judge(vector, runtime.run(vector.request()));
        if (verdict.isFailure()) {
          failures.add(new Failure(vector, verdict.sentence().orElseThrow()));
          if (failures.size() == most) {
            break;
          }
        }
      }
    }
    return failures;
  }

  /** The results of many pieces of work, in their order. */
  static <T, R> List<R> inParallel(List<T> work, Function<T, R> step) {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<R>> futures = new ArrayList<>();
      work.forEach(piece -> futures.add(threads.submit(() -> step.apply(piece))));
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    checkpoints.close();
    suite.close();
  }
}
