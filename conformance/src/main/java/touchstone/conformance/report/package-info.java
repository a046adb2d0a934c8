/**
 * What people see of a run. Everything is rendered from one {@link touchstone.conformance.report.Report}:
 * the record (JSON Lines), the summary on a terminal, JUnit's XML, Markdown, and a page.
 */
package touchstone.conformance.report;
