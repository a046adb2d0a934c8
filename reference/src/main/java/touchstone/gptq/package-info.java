/**
 * GPTQ matrices as AutoGPTQ and GPTQ-for-LLaMa store them. Reading order: {@link
 * touchstone.gptq.PackedCodes}, {@link touchstone.gptq.GptqMatrix}, {@link
 * touchstone.gptq.GptqConfig}, {@link touchstone.gptq.GptqOutputs}, {@link
 * touchstone.gptq.SummationOrder}, {@link touchstone.gptq.GptqStorage}, {@link
 * touchstone.gptq.Permutation}.
 */
package touchstone.gptq;
