/**
 * The command line. It is the only code that prints, and nothing else imports it.
 *
 * <p>Results go to standard output, everything else to standard error; exit codes are those of
 * {@link touchstone.error.Fault}.
 */
package touchstone.app.cli;
