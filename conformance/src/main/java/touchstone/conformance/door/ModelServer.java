package touchstone.conformance.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A server that has one model loaded, in the words of this suite. What a kind of server does not offer
 * throws {@link NoAnswer#skipped}.
 */
sealed interface ModelServer permits LlamaCppServer, OpenAiServer, TgiServer, VllmServer {
  /** What the server is called. */
  String name();

  /** Its version, as it says it. */
  String version();

  /** The longest sequence, if it says so. */
  OptionalInt maxTokens();

  /** Most tokens whose log-probabilities it tells at a place. */
  int mostTop();

  /** How many tokens the server makes of a prompt: one more where it puts BOS before it. */
  int counted(int[] prompt) throws NoAnswer;

  /**
   * The natural logarithm of the probability of each of the last tokens of a prompt, given those before.
   *
   * @param count how many, at most as many as have one before them
   */
  double[] logprobs(int[] prompt, int count) throws NoAnswer;

  /**
   * Log-probabilities of the likeliest next tokens by id, at some temperature, before anything is cut
   * off.
   */
  Map<Integer, Double> next(int[] prompt, int top, double temperature) throws NoAnswer;

  /** The greedy continuation, at most so many tokens; it may end early, at a token of {@code stop}. */
  int[] generate(int[] prompt, int count, int[] stop) throws NoAnswer;

  /** The ids of a text. */
  int[] tokenize(String text, boolean bos) throws NoAnswer;

  /** The text of ids. */
  String detokenize(int[] ids) throws NoAnswer;

  /** The prompt of a conversation. */
  String chat(JsonNode messages) throws NoAnswer;
}
