package touchstone.evaluate;

/**
 * How well a model predicts a text.
 *
 * <pre>
 * perplexity = exp(mean nll)      its standard error = perplexity * standard error of the mean nll
 * per word   = exp(sum nll / words)      bits per byte = sum nll / (bytes ln 2)
 * </pre>
 *
 * @param nll negative natural logarithm of the probability of each token that counts
 * @source the conventions' sources; the error of the perplexity is that of its first-order expansion
 *     (delta method), as in llama.cpp's perplexity tool
 * @rules PPL-3 PPL-6
 */
public record Perplexity(Samples nll) {
  /** The perplexity per token. */
  public double perToken() {
    return StrictMath.exp(nll.mean());
  }

  /** Its standard error. */
  public double standardError() {
    return perToken() * nll.standardError();
  }

  /** The perplexity per word of a text of which every token counts. */
  public double perWord(TextSize size) {
    return StrictMath.exp(nll.sum() / size.words());
  }

  /** The perplexity per byte of a text of which every token counts. */
  public double perByte(TextSize size) {
    return StrictMath.exp(nll.sum() / size.bytes());
  }

  /** The bits that a byte of it takes. */
  public double bitsPerByte(TextSize size) {
    return nll.sum() / size.bytes() / StrictMath.log(2);
  }
}
