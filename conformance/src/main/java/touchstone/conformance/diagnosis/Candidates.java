package touchstone.conformance.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import touchstone.conformance.mutant.Mutant;
import touchstone.conformance.own.Checkpoints;
import touchstone.conformance.own.Composed;
import touchstone.conformance.own.OwnRuntime;
import touchstone.conformance.own.QuantiseCalls;
import touchstone.conformance.own.SamplingCalls;
import touchstone.conformance.own.Seams;
import touchstone.conformance.own.TextCalls;
import touchstone.conformance.runtime.Reply;
import touchstone.conformance.suite.Vector;

/** What mistakes answer to the same questions, asked when they are needed. */
final class Candidates {
  private final Checkpoints checkpoints;
  private final String kernelSet;
  private final int threads;
  private final Map<String, Map<String, Reply>> known = new ConcurrentHashMap<>();

  /** A mistake, or two at once, and its answers in the order of the questions. */
  record Answers(List<Mutant> mistakes, List<Reply> replies) {}

  Candidates(Checkpoints checkpoints, String kernelSet, int threads) {
    this.checkpoints = checkpoints;
    this.kernelSet = kernelSet;
    this.threads = threads;
  }

  /**
   * The answers of many, computed side by side. Those of single mistakes are asked for once, and not at
   * all where a mistake has no part in the call.
   */
  List<Answers> ask(List<List<Mutant>> candidates, List<Vector> questions) {
    replies(List.of(), questions);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Answers>> tasks = new ArrayList<>();
      candidates.forEach(
          mistakes -> tasks.add(() -> new Answers(mistakes, replies(mistakes, questions))));
      List<Answers> answers = new ArrayList<>();
      for (Future<Answers> answer : executor.invokeAll(tasks)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while mistakes were tried", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a mistake could not be tried", e.getCause());
    }
  }

  private List<Reply> replies(List<Mutant> mistakes, List<Vector> questions) {
    Seams seams = mistakes.stream().map(Mutant::seams).reduce(Composed::new).orElse(Seams.NONE);
    try (OwnRuntime runtime = OwnRuntime.deviant(checkpoints, kernelSet, 1, seams)) {
      return questions.stream().map(question -> reply(mistakes, question, runtime)).toList();
    }
  }

  /** Mistakes that have no part in a call are left out. */
  private Reply reply(List<Mutant> mistakes, Vector question, OwnRuntime runtime) {
    String call = question.request().call();
    List<Mutant> part = mistakes.stream().filter(m -> concerns(m.group(), call)).toList();
    if (part.size() > 1) {
      return runtime.run(question.request());
    }
    String id = part.isEmpty() ? "" : part.getFirst().id();
    Map<String, Reply> its = known.computeIfAbsent(id, fresh -> new ConcurrentHashMap<>());
    Reply reply = its.get(question.id());
    if (reply == null) {
      reply =
          part.size() == mistakes.size()
              ? runtime.run(question.request())
              : replies(part, List.of(question)).getFirst();
      its.put(question.id(), reply);
    }
    return reply;
  }

  private static boolean concerns(Mutant.Group group, String call) {
    return switch (group) {
      case TEXT -> TextCalls.CALLS.contains(call);
      case STOPPING -> call.equals("generate");
      case SAMPLING -> SamplingCalls.CALLS.contains(call);
      case QUANTISER -> QuantiseCalls.CALLS.contains(call);
      case WEIGHTS, ARITHMETIC ->
          !TextCalls.CALLS.contains(call) && !SamplingCalls.CALLS.contains(call);
    };
  }
}
