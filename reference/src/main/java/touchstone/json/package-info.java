/** Reading JSON that comes from outside: strict, bounded, with faults that name the place. */
package touchstone.json;
