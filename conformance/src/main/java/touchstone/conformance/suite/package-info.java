/**
 * The golden vectors as data: what is asked of a runtime, what must come back, and how close is close
 * enough. Reading order: {@link touchstone.conformance.suite.Suite}, {@link
 * touchstone.conformance.suite.Vector}, {@link touchstone.conformance.suite.Expectation}, {@link
 * touchstone.conformance.suite.Accept}; {@link touchstone.conformance.suite.ValueJson} says how
 * values look in files and on the wire.
 */
package touchstone.conformance.suite;
