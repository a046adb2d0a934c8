/**
 * Our own reference as a runtime under test, on any kernel set. {@link
 * touchstone.conformance.own.Seams} are the places at which a deviation may enter; without one it is
 * the reference itself.
 */
package touchstone.conformance.own;
