/**
 * Whether a runtime conforms. {@link touchstone.conformance.verify.Judge} turns what came back for one
 * vector into a {@link touchstone.conformance.verify.Verdict}; {@link
 * touchstone.conformance.verify.Verifier} asks all vectors in order; {@link
 * touchstone.conformance.verify.KnownFailures} tells expected failures from news; {@link
 * touchstone.conformance.verify.Bisection} finds the first wrong number of a forward pass.
 */
package touchstone.conformance.verify;
