/**
 * Which known mistake explains what a runtime answered. The mutants of the catalogue answer the same
 * questions; {@link touchstone.conformance.diagnosis.Distances} says how far their answers are from the
 * runtime's, and {@link touchstone.conformance.diagnosis.Diagnostician} which explains most of its
 * departure from the specification. Nothing is computed beforehand, so nothing can go stale (decision
 * 0017).
 */
package touchstone.conformance.diagnosis;
