/** The operations of the definition on the Vector API, bit for bit equal to it. */
module touchstone.kernels.simd {
  requires jdk.incubator.vector;
  requires touchstone.reference;

  provides touchstone.kernels.KernelsProvider with
      touchstone.kernels.simd.SimdKernelsProvider;
}
