package touchstone.app.cli;

import java.util.SequencedMap;
import touchstone.tensor.Activations;

/**
 * A forward pass to be written down.
 *
 * @param tokens its input
 * @param logits [positions, vocab]
 * @param probes its recorded intermediates by name: {@code embed}, {@code layers.3.q}
 */
record ForwardRecord(int[] tokens, Activations logits, SequencedMap<String, Activations> probes) {}
