/** What tells a runtime whether, and where and why, it is wrong. */
module touchstone.conformance {
  requires info.picocli;
  requires java.net.http;
  requires java.xml;
  requires touchstone.golden.data;
  requires transitive touchstone.reference;

  exports touchstone.conformance.diagnosis;
  exports touchstone.conformance.door;
  exports touchstone.conformance.contract;
  exports touchstone.conformance.exam;
  exports touchstone.conformance.lint;
  exports touchstone.conformance.mutant;
  exports touchstone.conformance.oracle;
  exports touchstone.conformance.own;
  exports touchstone.conformance.report;
  exports touchstone.conformance.profile;
  exports touchstone.conformance.runtime;
  exports touchstone.conformance.suite;
  exports touchstone.conformance.verify;

  opens touchstone.conformance.app to
      info.picocli;

  provides touchstone.app.cli.CommandProvider with
      touchstone.conformance.app.ConformanceCommands;

  uses touchstone.kernels.KernelsProvider;
}
