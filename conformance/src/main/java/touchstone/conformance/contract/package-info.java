/**
 * The test that an implementation of {@link touchstone.kernels.Kernels} has to pass, for its author to
 * extend: {@link touchstone.conformance.contract.KernelsContract}. {@link
 * touchstone.conformance.contract.AgreeingSets}, {@link touchstone.conformance.contract.Numbers},
 * {@link touchstone.conformance.contract.GptqCase} and {@link touchstone.conformance.contract.Guarded}
 * are what further tests of the kind are made of.
 */
package touchstone.conformance.contract;
