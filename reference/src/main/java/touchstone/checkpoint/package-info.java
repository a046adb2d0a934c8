/** Checkpoints on disk: safetensors, single and sharded, and the JSON files beside them. */
package touchstone.checkpoint;
