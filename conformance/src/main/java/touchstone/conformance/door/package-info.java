/**
 * The doors by which a runtime comes in: a process that speaks JSON Lines, a server that speaks HTTP,
 * a folder of files. Behind each it is a {@link touchstone.conformance.runtime.RuntimeUnderTest}.
 *
 * <p>Reading order: {@link touchstone.conformance.door.ProcessRuntime} and {@link
 * touchstone.conformance.door.ProtocolServer}, the two ends of the process protocol; {@link
 * touchstone.conformance.door.HttpRuntime}; {@link touchstone.conformance.door.FilesRuntime} and {@link
 * touchstone.conformance.door.DumpList}.
 */
package touchstone.conformance.door;
