/**
 * What must hold of the golden data and no schema can say: ids are unique and stand where they say,
 * flags have notes, rules exist, tensors are where they are looked for, the manifest is true. {@link
 * touchstone.conformance.lint.Lint} runs all checks.
 */
package touchstone.conformance.lint;
