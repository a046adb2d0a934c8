package touchstone.conformance.exam;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import touchstone.evaluate.Window;
import touchstone.generate.CachedDecoder;
import touchstone.generate.Detokenizer;
import touchstone.generate.GenerationListener;
import touchstone.generate.GenerationResult;
import touchstone.generate.Generator;
import touchstone.generate.Sampler;
import touchstone.generate.SamplingParameters;
import touchstone.generate.StopConditions;
import touchstone.llama.Llama;
import touchstone.tokenizer.LeadingSpace;
import touchstone.tokenizer.StreamingDetokenizer;
import touchstone.tokenizer.Tokenizer;

/**
 * Puts questions to a model, greedily, in the format that it was trained on. What the prompts of
 * consecutive questions share is computed once, which changes no bit of any answer.
 */
public final class Exam {
  /** Most tokens of an answer: more than twice the longest right one of Pebble's. */
  public static final int LONGEST_ANSWER = 120;

  private final Tokenizer tokenizer;
  private final CachedDecoder decoder;

  public Exam(Llama model, Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.decoder = new CachedDecoder(model, model.config().contextLength());
  }

  /** The model's answer, which ends at {@code </s>} or is too long. */
  public Answer ask(Question question) {
    int[] prompt = tokenizer.encode(question.prompt());
    decoder.keepStartOf(prompt);
    GenerationResult result =
        new Generator(
                decoder,
                new Sampler(SamplingParameters.greedy(), 0),
                new Streamed(tokenizer.stream(LeadingSpace.STRIPPED)),
                new StopConditions(LONGEST_ANSWER, Set.of(tokenizer.eosId()), List.of()),
                GenerationListener.SILENT)
            .generate(prompt);
    return new Answer(question, result.text(), result.reason());
  }

  /**
   * The right answer as tokens to be predicted: all of it and its {@code </s>} count, and nothing of
   * what was asked.
   */
  public Window window(Question question) {
    int[] prompt = tokenizer.encode(question.prompt());
    int[] whole = tokenizer.encode(question.answered());
    if (Arrays.mismatch(prompt, 0, prompt.length, whole, 0, prompt.length) >= 0) {
      throw new IllegalStateException("a token of question " + question.id() + " spans its end");
    }
    return new Window(whole, 0, whole.length, whole.length - prompt.length);
  }

  private record Streamed(StreamingDetokenizer stream) implements Detokenizer {
    @Override
    public String append(int id) {
      return stream.append(id);
    }

    @Override
    public String flush() {
      return stream.flush();
    }
  }
}
