/**
 * What every operation means, to the bit. One class per operation, in the order of the forward
 * pass: {@link touchstone.kernels.scalar.RmsNorm}, {@link touchstone.kernels.scalar.DenseLinear},
 * {@link touchstone.kernels.scalar.GptqLinear}, {@link touchstone.kernels.scalar.GptqInt8Linear},
 * {@link touchstone.kernels.scalar.Rope}, {@link touchstone.kernels.scalar.AttentionScores}, {@link
 * touchstone.kernels.scalar.Softmax}, {@link touchstone.kernels.scalar.AttentionMix}, {@link
 * touchstone.kernels.scalar.SwiGlu}; and what they are built from: {@link
 * touchstone.kernels.scalar.Stripes}, {@link touchstone.kernels.scalar.Exp}.
 */
package touchstone.kernels.scalar;
