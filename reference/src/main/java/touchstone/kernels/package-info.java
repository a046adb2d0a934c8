/**
 * The operations that a Llama is made of, as an interface with several implementations that agree
 * bit for bit, and what those implementations share: how to find them, how they use threads, what
 * shapes they accept, and the constants that their definitions name.
 */
package touchstone.kernels;
