/** Text to token ids and back, as SentencePiece and Hugging Face do it for Llama-2. */
package touchstone.tokenizer;
