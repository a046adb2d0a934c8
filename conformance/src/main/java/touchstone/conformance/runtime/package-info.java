/**
 * A runtime under test, whatever the door it comes in by: what it says of itself, what it is asked, and
 * what it answers.
 */
package touchstone.conformance.runtime;
