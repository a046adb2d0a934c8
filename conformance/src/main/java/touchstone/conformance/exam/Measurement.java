package touchstone.conformance.exam;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.CheckpointDirectory;
import touchstone.error.TouchstoneException;
import touchstone.evaluate.Comparison;
import touchstone.evaluate.Convention;
import touchstone.evaluate.Evaluation;
import touchstone.evaluate.Samples;
import touchstone.evaluate.TokenisedText;
import touchstone.evaluate.Window;
import touchstone.kernels.KernelSets;
import touchstone.kernels.Kernels;
import touchstone.kernels.Numerics;
import touchstone.llama.Llama;
import touchstone.tokenizer.Tokenizer;

/**
 * Measures what quantised models lost against the model that they come from, and writes it as tables:
 *
 * <pre>
 * java ... touchstone.conformance.exam.Measurement OUT QUESTIONS TEXT BASE MODEL...
 *
 * OUT.csv             one row per model: bytes, answers that are right, perplexity and divergence
 * OUT-categories.csv  answers that are right, by category
 * OUT-wrong.csv       answers that are not
 * </pre>
 *
 * Perplexity and divergence are over the right answers alone, question by question, and then ({@code
 * text_...}) over a text by the convention {@code gptq} with blocks of {@value #BLOCK}.
 */
public final class Measurement {
  /** Tokens of a block of the text. */
  public static final int BLOCK = 1024;

  private static final String HEAD =
      "method,bits,group_size,bytes,right,asked,tokens,perplexity,perplexity_stderr,kld,kld_stderr,"
          + "same_top,same_top_stderr,text_tokens,text_perplexity,text_perplexity_stderr,text_kld,"
          + "text_kld_stderr,text_same_top,text_same_top_stderr";

  private final List<Question> questions;
  private final String text;
  private final List<String> rows = new ArrayList<>(List.of(HEAD));
  private final List<String> categories =
      new ArrayList<>(List.of("method,bits,group_size,category,right,asked"));
  private final List<String> wrong =
      new ArrayList<>(List.of("method,bits,group_size,id,reason,answer"));

  private Measurement(List<Question> questions, String text) {
    this.questions = questions;
    this.text = text;
  }

  /** Entry point; the class comment tells the arguments. */
  public static void main(String[] arguments) throws IOException {
    Locale.setDefault(Locale.ROOT);
    if (arguments.length < 4) {
      System.err.println("usage: Measurement OUT QUESTIONS TEXT BASE MODEL...");
      System.exit(2);
    }
    List<Path> paths = Arrays.stream(arguments).map(Path::of).toList();
    try {
      Measurement measurement =
          new Measurement(Question.read(paths.get(1)), Files.readString(paths.get(2)));
      measurement.all(paths.get(3), paths.subList(3, paths.size()));
      measurement.write(arguments[0]);
    } catch (TouchstoneException e) {
      System.err.println(e.getMessage());
      System.exit(e.fault().exitCode());
    }
  }

  private void all(Path base, List<Path> models) {
    try (CheckpointDirectory original = CheckpointDirectory.open(base, true);
        Kernels kernels =
            KernelSets.open(
                KernelSets.AUTO, Numerics.F32, Runtime.getRuntime().availableProcessors())) {
      Llama against = Llama.load(original, kernels);
      for (Path model : models) {
        Candidate candidate = Candidate.of(model);
        System.err.println(candidate.fields() + " ...");
        try (CheckpointDirectory checkpoint = CheckpointDirectory.open(model, true)) {
          measure(candidate, Llama.load(checkpoint, kernels), against, Tokenizer.load(model));
        }
      }
    }
  }

  private void measure(Candidate candidate, Llama model, Llama base, Tokenizer tokenizer) {
    Exam exam = new Exam(model, tokenizer);
    List<Answer> answers = questions.stream().map(exam::ask).toList();
    List<Window> windows = questions.stream().map(exam::window).toList();
    TokenisedText tokens = TokenisedText.of("text", text, tokenizer);
    rows.add(
        "%s,%d,%d,%d,%s,%s"
            .formatted(
                candidate.fields(),
                candidate.bytes(),
                answers.stream().filter(Answer::right).count(),
                answers.size(),
                compared(windows, model, base),
                compared(new Convention.Gptq(BLOCK).windows(tokens), model, base)));
    count(candidate, answers);
  }

  private static String compared(List<Window> windows, Llama model, Llama base) {
    Comparison found = new Evaluation(windows, (_, _, _) -> {}).compare(model, base);
    return "%d,%.6f,%.6f,%s,%s"
        .formatted(
            found.divergence().count(),
            found.model().perToken(),
            found.model().standardError(),
            mean(found.divergence()),
            mean(found.sameTop()));
  }

  private static String mean(Samples samples) {
    return "%.8f,%.8f".formatted(samples.mean(), samples.standardError());
  }

  private void count(Candidate candidate, List<Answer> answers) {
    Map<String, List<Answer>> byCategory =
        answers.stream()
            .collect(
                Collectors.groupingBy(
                    answer -> answer.question().category(), TreeMap::new, Collectors.toList()));
    byCategory.forEach(
        (category, given) ->
            categories.add(
                "%s,%s,%d,%d"
                    .formatted(
                        candidate.fields(),
                        category,
                        given.stream().filter(Answer::right).count(),
                        given.size())));
    answers.stream()
        .filter(answer -> !answer.right())
        .map(
            answer ->
                "%s,%s,%s,\"%s\""
                    .formatted(
                        candidate.fields(),
                        answer.question().id(),
                        answer.reason(),
                        answer.text().replace("\"", "\"\"").replace("\n", "\\n")))
        .forEach(wrong::add);
  }

  private void write(String out) {
    write(Path.of(out + ".csv"), rows);
    write(Path.of(out + "-categories.csv"), categories);
    write(Path.of(out + "-wrong.csv"), wrong);
  }

  private static void write(Path file, List<String> lines) {
    AtomicFile.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
