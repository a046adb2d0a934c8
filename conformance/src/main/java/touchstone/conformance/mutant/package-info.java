/**
 * The catalogue of known mistakes. Each mutant is the reference with one deviation: small, named, and
 * never in the way of the reference itself.
 */
package touchstone.conformance.mutant;
