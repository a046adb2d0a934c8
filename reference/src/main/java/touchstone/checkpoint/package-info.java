/**
 * Model directories: safetensors files, sharded or not, and the JSON files beside them. Nothing in
 * them is trusted: sizes, offsets, names and indices are checked before anything is allocated or
 * computed. Reading order: {@link touchstone.checkpoint.Safetensors}, {@link
 * touchstone.checkpoint.WeightFiles}, {@link touchstone.checkpoint.ConfigReader}, {@link
 * touchstone.checkpoint.CheckpointDirectory}; then {@link touchstone.checkpoint.SafetensorsWriter}.
 */
package touchstone.checkpoint;
