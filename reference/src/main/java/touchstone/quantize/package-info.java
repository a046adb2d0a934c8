/**
 * How the codes of a quantised matrix are found: GPTQ for one linear layer. Reading order: {@link
 * touchstone.quantize.QuantiserSettings}, {@link touchstone.quantize.Hessian}, {@link
 * touchstone.quantize.GptqSolver} and its steps: {@code GridSearch}, {@code ActOrder}, {@code
 * InverseFactor}, {@code ErrorFeedback}; {@link touchstone.quantize.RoundToNearest}, {@link
 * touchstone.quantize.QuantisedLayer}, {@link touchstone.quantize.PackedLayer}.
 */
package touchstone.quantize;
