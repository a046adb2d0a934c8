/**
 * Numbers and where they lie: stored tensors, weight matrices, activations and cached keys and
 * values. One vocabulary for dimensions holds in the whole project: {@code dim, layers, heads,
 * kvHeads, headDim, hiddenDim, vocab, position, tokens, rows, columns, groups, groupSize, bits}.
 */
package touchstone.tensor;
