/** What tells a runtime whether, and where and why, it is wrong. */
module touchstone.conformance {
  requires transitive touchstone.reference;

  exports touchstone.conformance.exam;
  exports touchstone.conformance.lint;
  exports touchstone.conformance.mutant;
  exports touchstone.conformance.oracle;
  exports touchstone.conformance.own;
  exports touchstone.conformance.runtime;
  exports touchstone.conformance.suite;

  uses touchstone.kernels.KernelsProvider;
}
