/**
 * The catalogue of known mistakes. Each mutant is the reference with one deviation: small, named, and
 * never in the way of the reference itself. Reading order: {@link
 * touchstone.conformance.mutant.Catalogue}, {@link touchstone.conformance.mutant.Mutant}, {@link
 * touchstone.conformance.mutant.Variant}; then {@code Deviations}, the seams that a deviation enters
 * by, {@code Reading}, {@code KernelsView} and {@code CheckpointView}, of which it overrides a part,
 * and the families, one class each.
 */
package touchstone.conformance.mutant;
