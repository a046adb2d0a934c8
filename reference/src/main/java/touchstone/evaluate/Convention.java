package touchstone.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * How a text is cut into windows, and which predictions count. Perplexities compare only within one
 * convention. In all of them every window is read from an empty cache.
 *
 * <pre>
 * t = marked, b = block, n = tokens of t
 * gptq          t[ib .. ib+b)                  all but the first token count     i = 0 .. n/b - 1
 * llama.cpp     t[ib .. ib+b), BOS for t[ib]   the last b - b/2 - 1 count        i = 0 .. n/b - 1
 * transformers  t[is .. min(is+b, n))          those that no window before had   until one ends at n
 * lm-eval       BOS, plain; b inputs a window  every token of plain, once
 * </pre>
 *
 * @source in each record
 * @rules PPL-2 PPL-3 PPL-4 PPL-5
 */
public sealed interface Convention {
  /** Tokens of a window at most, and so of context. */
  int block();

  /** The name on the command line. */
  String label();

  /**
   * The windows of a text.
   *
   * @throws TouchstoneException if it is too short for one
   */
  List<Window> windows(TokenisedText text);

  /**
   * Blocks side by side; BOS stands where the tokenizer put it, in front of the first. Each block's
   * first token and what is left over at the end are not predicted.
   *
   * @source IST-DASLab/gptq llama.py at 4fe02add, llama_eval
   */
  record Gptq(int block) implements Convention {
    public Gptq {
      requireBlock(block);
    }

    @Override
    public String label() {
      return "gptq";
    }

    @Override
    public List<Window> windows(TokenisedText text) {
      return blocks(text, text.marked(), block, block - 1);
    }
  }

  /**
   * Blocks side by side, of which the second half counts. Where the tokenizer adds BOS, each block's
   * first token is replaced by it; that token is lost.
   *
   * @source llama.cpp examples/perplexity/perplexity.cpp at 1035c6ed, perplexity
   * @deviation one block is enough; the tool asks for two
   */
  record LlamaCpp(int block) implements Convention {
    public LlamaCpp {
      if (block < 3) {
        throw wrong("--block", block, "at least 3, so that its second half predicts a token");
      }
    }

    @Override
    public String label() {
      return "llama.cpp";
    }

    @Override
    public List<Window> windows(TokenisedText text) {
      int[] tokens = text.marked().clone();
      for (int begin = 0; text.bosAdded() && begin < tokens.length; begin += block) {
        tokens[begin] = text.bosId();
      }
      return blocks(text, tokens, block, block - block / 2 - 1);
    }
  }

  /**
   * Windows that overlap: each begins {@code stride} tokens after the one before and scores what that
   * one did not read. BOS stands where the tokenizer put it, in front of the text.
   *
   * @source transformers docs/source/en/perplexity.md at 052b1dcd
   * @deviation every counted token has the same weight. The script there weights the mean of a window
   *     by one token less than it is the mean of, in all windows but the first
   */
  record Transformers(int block, int stride) implements Convention {
    public Transformers {
      requireBlock(block);
      if (stride < 1 || stride > block) {
        throw wrong("--stride", stride, "between 1 and the block of " + block);
      }
    }

    @Override
    public String label() {
      return "transformers";
    }

    @Override
    public List<Window> windows(TokenisedText text) {
      int[] tokens = text.marked();
      requireTokens(text, tokens.length, 2, "");
      List<Window> windows = new ArrayList<>();
      int read = 1; // tokens that need no prediction any more; nothing predicts the first
      for (int begin = 0; read < tokens.length; begin += stride) {
        int end = Math.min(begin + block, tokens.length);
        int scored = Math.min(end - read, end - begin - 1);
        if (scored > 0) {
          windows.add(new Window(tokens, begin, end, scored));
        }
        read = end;
      }
      return List.copyOf(windows);
    }
  }

  /**
   * Every token of the text is predicted once: the first {@code block} of them after BOS, then as
   * many at a time, the first of each window from a context of one token.
   *
   * @source lm-evaluation-harness lm_eval/utils.py at 003e5852, get_rolling_token_windows with
   *     context_len 1; the model's prefix token is BOS, and the text is tokenised without any
   */
  record LmEval(int block) implements Convention {
    public LmEval {
      requireBlock(block);
    }

    @Override
    public String label() {
      return "lm-eval";
    }

    @Override
    public List<Window> windows(TokenisedText text) {
      int count = text.plain().length;
      requireTokens(text, count, 1, "");
      int[] tokens = new int[count + 1];
      tokens[0] = text.bosId();
      System.arraycopy(text.plain(), 0, tokens, 1, count);
      return IntStream.range(0, Math.ceilDiv(count, block))
          .mapToObj(
              i -> {
                int scored = Math.min(block, count - i * block);
                int end = i * block + scored + 1;
                return new Window(tokens, Math.max(0, end - block - 1), end, scored);
              })
          .toList();
    }
  }

  private static List<Window> blocks(TokenisedText text, int[] tokens, int block, int scored) {
    requireTokens(text, tokens.length, block, " or a smaller --block");
    return IntStream.range(0, tokens.length / block)
        .mapToObj(i -> new Window(tokens, i * block, (i + 1) * block, scored))
        .toList();
  }

  private static void requireTokens(TokenisedText text, int found, int needed, String orElse) {
    if (found < needed) {
      throw TouchstoneException.of(
          Fault.LIMIT,
          text.source(),
          "%d tokens".formatted(found),
          "at least %d are needed; give a longer text%s".formatted(needed, orElse));
    }
  }

  private static void requireBlock(int block) {
    if (block < 2) {
      throw wrong("--block", block, "at least 2: a token, and one that it predicts");
    }
  }

  private static TouchstoneException wrong(String option, int value, String allowed) {
    return TouchstoneException.of(Fault.USAGE, option, String.valueOf(value), allowed);
  }
}
