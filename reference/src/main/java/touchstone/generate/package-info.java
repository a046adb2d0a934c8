/** From logits to text: processing and sampling, stopping, conversations. */
package touchstone.generate;
