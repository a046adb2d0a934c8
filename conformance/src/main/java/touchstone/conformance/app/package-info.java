/**
 * The commands of this module: {@code verify} and {@code adapter}. The launcher finds them as a service.
 */
package touchstone.conformance.app;
