/** How everything that a person can get wrong is reported: one line, with its cure. */
package touchstone.error;
