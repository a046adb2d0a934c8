/**
 * Text to token ids and back, as Llama-2 does it: byte-pair encoding of code points with a byte
 * fallback, and the conventions that grew around it.
 *
 * <p>Reading order: {@link touchstone.tokenizer.Tokenizer}, then {@code BytePairEncoder} (the
 * algorithm), {@code MergeRules} (which pairs merge, and in what order), {@code Segmenter} (special
 * tokens and the leading space), {@link touchstone.tokenizer.StreamingDetokenizer} (back to text);
 * then the files: {@code SentencePieceModel} and {@code TokenizerJson}.
 */
package touchstone.tokenizer;
