package touchstone.llama;

import touchstone.kernels.Kernels;
import touchstone.kernels.Linear;

/**
 * The gated feed-forward network.
 *
 * <pre>
 * y = Wdown (silu(Wgate x) * (Wup x))
 * </pre>
 *
 * @source Shazeer 2020 (arXiv 2002.05202), eq. 6 (FFN_SwiGLU)
 * @shapes x, y [tokens, dim]; gate, up [tokens, hiddenDim]
 * @numerics see {@link Kernels}
 * @deviation none
 * @rules FFN-1
 */
record FeedForward(Linear gate, Linear up, Linear down) {

  /** Computes y into {@code space.delta()} from x in {@code space.normed()}. */
  void forward(Kernels kernels, Workspace space, Seen probe) {
    act(kernels, space, probe);
    down.apply(space.act(), space.delta());
    probe.see(ProbePoint.FFN_OUT, space.delta());
  }

  /** Computes what Wdown is applied to into {@code space.act()}. */
  void act(Kernels kernels, Workspace space, Seen probe) {
    gate.apply(space.normed(), space.gate());
    up.apply(space.normed(), space.up());
    probe.see(ProbePoint.GATE, space.gate());
    probe.see(ProbePoint.UP, space.up());

    kernels.swiGlu(space.gate(), space.up(), space.act());
    probe.see(ProbePoint.ACT, space.act());
  }
}
