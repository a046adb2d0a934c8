/**
 * The operations once more, in double precision and from their formulas alone: how good the bits
 * are on which the kernel sets agree. Shares no code with any kernel set.
 */
package touchstone.conformance.oracle;
