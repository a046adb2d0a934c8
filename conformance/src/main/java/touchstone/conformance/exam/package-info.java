/**
 * Questions with known answers, put to a model by the generator that users have, and what a model lost
 * by being quantised.
 */
package touchstone.conformance.exam;
