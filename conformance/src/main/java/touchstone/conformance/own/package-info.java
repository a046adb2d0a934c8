/**
 * Our own reference as a runtime under test, on any kernel set. Reading order: {@link
 * touchstone.conformance.own.OwnRuntime}, whose calls are answered by topic; {@link
 * touchstone.conformance.own.Seams}, the places at which a deviation may enter, without which it is
 * the reference itself; {@link touchstone.conformance.own.Checkpoints}, which runtimes may share.
 */
package touchstone.conformance.own;
