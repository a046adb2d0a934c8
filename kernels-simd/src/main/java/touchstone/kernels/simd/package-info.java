/**
 * Every operation of {@code kernels-scalar} on the Vector API. Each class has the name of its
 * definition and returns its bits at every vector width, for any number of threads.
 *
 * <p>Three rules keep it so. Lanes are neighbouring outputs or stripes, never a sum of their own.
 * Only operations that the Vector API defines to the bit are used: no float reductions, no
 * transcendental lanes. And the vector code of a loop stands in one method, because a vector that
 * crosses a call which is not inlined becomes an object.
 */
package touchstone.kernels.simd;
