/** The executable definition of every operation, in plain loops. */
module touchstone.kernels.scalar {
  requires touchstone.reference;

  provides touchstone.kernels.KernelsProvider with
      touchstone.kernels.scalar.ScalarKernelsProvider;
}
