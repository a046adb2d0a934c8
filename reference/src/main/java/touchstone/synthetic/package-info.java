/**
 * Checkpoints of any Llama shape whose every tensor is a function of a seed, a name and an index: the
 * full 70B without a download, without 36 GB of disk, without its memory.
 */
package touchstone.synthetic;
