package touchstone.llama;

import java.util.Arrays;
import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;
import touchstone.tensor.Activations;
import touchstone.tensor.KeyValues;
import touchstone.tensor.RopeTable;

/**
 * Causal self-attention with grouped queries.
 *
 * <pre>
 * q = rope(Wq x), k = rope(Wk x), v = Wv x
 * y = Wo concat over heads h of softmax(q[h] . k[g] / sqrt(headDim)) v[g]      g = h / (heads / kvHeads)
 * </pre>
 *
 * @source Vaswani et al. 2017, eq. 1; Ainslie et al. 2023 (arXiv 2305.13245) for grouped queries
 * @shapes x, y [tokens, dim]
 * @numerics see {@link Kernels}
 * @deviation none
 * @rules ATTN-1 ATTN-2 ATTN-3 ATTN-5
 */
record SelfAttention(Linear query, Linear key, Linear value, Linear output) {

  /** Computes y into {@code space.delta()} from x in {@code space.normed()}. */
  void forward(
      Kernels kernels, Workspace space, Batch batch, RopeTable rope, int layer, Seen probe) {
    mix(kernels, space, batch, rope, layer, probe);
    output.apply(space.attention(), space.delta());
    probe.see(ProbePoint.ATTN_OUT, space.delta());
  }

  /** Computes what Wo is applied to into {@code space.attention()}. */
  void mix(Kernels kernels, Workspace space, Batch batch, RopeTable rope, int layer, Seen probe) {
    query.apply(space.normed(), space.q());
    key.apply(space.normed(), space.k());
    value.apply(space.normed(), space.v());
    probe.see(ProbePoint.Q, space.q());
    probe.see(ProbePoint.K, space.k());
    probe.see(ProbePoint.V, space.v());

    kernels.rope(space.q(), rope);
    kernels.rope(space.k(), rope);
    probe.see(ProbePoint.Q_ROPE, space.q());
    probe.see(ProbePoint.K_ROPE, space.k());

    for (Segment segment : batch.segments()) {
      Activations q = segment.of(space.q()); // [tokens of the segment, heads * headDim]
      KeyValues cache = segment.cache(layer);
      cache.store(segment.position(), segment.of(space.k()), segment.of(space.v()));
      if (probe.wants(ProbePoint.SCORES)) {
        probe.see(ProbePoint.SCORES, scores(kernels, q, segment.position(), cache));
      }
      kernels.attend(q, segment.position(), cache, segment.of(space.attention()));
    }
    probe.see(ProbePoint.ATTN, space.attention());
  }

  private static Activations scores(Kernels kernels, Activations q, int position, KeyValues cache) {
    int heads = q.columns() / cache.headDim();
    int positions = position + q.rows();
    Activations scores = Activations.zeros(heads * q.rows(), positions);
    float[] line = new float[positions]; // [positions]
    for (int head = 0; head < heads; head++) {
      for (int row = 0; row < q.rows(); row++) {
        int count = position + row + 1;
        kernels.attentionScores(q, row, head, cache, count, line);
        Arrays.fill(line, count, positions, Float.NEGATIVE_INFINITY);
        System.arraycopy(line, 0, scores.values(), scores.start(head * q.rows() + row), positions);
      }
    }
    return scores;
  }
}
