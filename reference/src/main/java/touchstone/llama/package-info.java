/**
 * The Llama-2 forward pass. Reading order: {@link touchstone.llama.LlamaConfig}, {@link
 * touchstone.llama.Llama}, {@link touchstone.llama.Batch}, {@link touchstone.llama.DecoderLayer},
 * {@link touchstone.llama.SelfAttention}, {@link touchstone.llama.RotaryEmbedding}, {@link
 * touchstone.llama.KeyValueCache}, {@link touchstone.llama.FeedForward}; then {@link
 * touchstone.llama.Probe}, which sees every intermediate.
 */
package touchstone.llama;
