/**
 * From logits to text: processing and sampling, stopping, conversations. Model and tokenizer are
 * plugged in as a {@link touchstone.generate.Decoder} and a {@link touchstone.generate.Detokenizer};
 * {@link touchstone.generate.CachedDecoder} is the one for a Llama.
 *
 * <p>Reading order: {@link touchstone.generate.SamplingParameters}, {@link
 * touchstone.generate.ScoreProcessor} and its five processors, {@link touchstone.generate.Softmax},
 * {@link touchstone.generate.Philox}, {@link touchstone.generate.Sampler}; then {@link
 * touchstone.generate.StopConditions}, {@link touchstone.generate.StopStringFilter}, {@link
 * touchstone.generate.Generator}; and {@link touchstone.generate.VicunaConversation}. A worked
 * example stands in docs/sampling.md.
 */
package touchstone.generate;
