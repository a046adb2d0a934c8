/**
 * How well a model predicts a text, and how far two models are apart. Reading order: {@link
 * touchstone.evaluate.Window}, {@link touchstone.evaluate.TokenisedText}, {@link
 * touchstone.evaluate.Convention}, {@link touchstone.evaluate.LogSoftmax}, {@link
 * touchstone.evaluate.Evaluation}; then what becomes of the numbers: {@link
 * touchstone.evaluate.Samples}, {@link touchstone.evaluate.Perplexity}, {@link
 * touchstone.evaluate.Comparison}, {@link touchstone.evaluate.TextSize}. The conventions stand side
 * by side in docs/perplexity.md.
 */
package touchstone.evaluate;
