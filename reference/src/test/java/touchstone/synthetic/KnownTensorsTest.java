package touchstone.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole tensors against a program that was written from the specification alone; it stands below. */
class KnownTensorsTest {
  private static final String EMBEDDING =
      "189ba9820347bae424d2b455b4e849ecf368b3a3c75d840f72a4ff0ddff0d265";
  private static final String GAIN =
      "34425320ab5c264395ce550fb6f95b48ee8b6c8631b52abcc6106e23664010f2";
  private static final String HEAD =
      "a43229820acf88e4d103cc80bd356569374756244a3ebcc78fda6bfcbaf74bb3";

  @Tag("SYNTH-2")
  @ParameterizedTest
  @CsvSource({
    "2, 8282328f99b924cf99dca3809692a00bb40256e70ede1bbf52d7d421e0b0190c",
    "3, 103b15fe2c0be0e1f83e8f766a881894dbc27b81f05bb0af8388716cceb3df4b",
    "4, 80e07bcf1f67da7548859f6e05190ea3c348185d350f783a85c344bac8639a83",
    "8, e3b5a90880c719f9eea7046a5718380df434acfdfdf818f3053eb73d28b96d4b"
  })
  void packedCodes(int bits, String sha256) {
    SyntheticModel model = Tiny.model(bits, 40, false);
    assertThat(Tiny.sha256(Tiny.tensor(model, Tiny.GATE + ".qweight"))).isEqualTo(sha256);
  }

  @Tag("SYNTH-3")
  @ParameterizedTest
  @CsvSource({
    "2, 1198c05054b77ac3b60abdbe9953670f297df308c7f6ceea1d3ee951a16db6d3",
    "3, a3077a42c8f446ed4379f971aa81638ee9453e8c95dab672e5faa2ca2d0ab4e2",
    "4, 44c8839fec629dffbbace59aac75281fc5b6b15a7b1589e0bcb0af37f3433ef6",
    "8, be3dae3898c4aa96ed03238c059ac0b71394cf16a7e9fd56801ba1d3c86ea98d"
  })
  void scales(int bits, String sha256) {
    SyntheticModel model = Tiny.model(bits, 40, true);
    assertThat(Tiny.sha256(Tiny.tensor(model, Tiny.DOWN + ".scales"))).isEqualTo(sha256);
  }

  @Tag("SYNTH-4")
  @ParameterizedTest
  @CsvSource({
    "40, f90847b5a35568f56868a1460040095c5f8ed165b24a62b2b8e6048bbdf2c41c",
    "-1, 4cf9816ed1062189ff0c8d427fba5e912cc68fc9af76cf7f08fd255977de3b33"
  })
  void groupsAfterActOrder(int groupSize, String sha256) {
    SyntheticModel model = Tiny.model(4, groupSize, true);
    assertThat(Tiny.sha256(Tiny.tensor(model, Tiny.DOWN + ".g_idx"))).isEqualTo(sha256);
  }

  @Test
  @Tag("SYNTH-5")
  void unquantisedNumbers() {
    SyntheticModel model = Tiny.model(4, 40, false);
    assertThat(Tiny.sha256(Tiny.tensor(model, "model.embed_tokens.weight"))).isEqualTo(EMBEDDING);
    assertThat(Tiny.sha256(Tiny.tensor(model, "model.norm.weight"))).isEqualTo(GAIN);
    assertThat(Tiny.sha256(Tiny.tensor(model, "lm_head.weight"))).isEqualTo(HEAD);
  }

  // Python 3; it prints the digests above from packed codes on, in this order, then the last three.
  //
  // import hashlib, struct
  // W, h = 2**64 - 1, lambda bits: 8 if bits == 8 else 16
  // def mix(z):
  //     z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & W
  //     z = (z ^ z >> 27) * 0x94d049bb133111eb & W
  //     return z ^ z >> 31
  // def draw(name, i, seed=-7):
  //     f = 0xcbf29ce484222325
  //     for b in name.encode(): f = (f ^ b) * 0x100000001b3 & W
  //     return mix(mix(seed & W ^ f) + (i + 1) * 0x9e3779b97f4a7c15 & W)
  // def code(m, bits, outputs, k, n):
  //     u, e = divmod(k, h(bits))
  //     a, b = (draw(m + '.qweight', 2 * (u * outputs + n) + j) >> e * bits & 2**(bits - 1) - 1 for
  // j in (0, 1))
  //     return a + b + 1
  // def qweight(m, bits, outputs, inputs):
  //     streams = [sum(code(m, bits, outputs, k, n) << k * bits for k in range(inputs)) for n in
  // range(outputs)]
  //     return [s >> 32 * w & 2**32 - 1 for w in range(inputs * bits // 32) for s in streams]
  // def least(low, high): return next(s for s in range(99) if low * 4**s >= high)
  // def scales(m, bits, inputs, count):
  //     s = least(36, 7 * inputs * (4**(bits - 1) - 1))
  //     return [(1 + (draw(m + '.scales', i) & 1023) / 1024) * 2**-s for i in range(count)]
  // def g_idx(m, inputs, size):
  //     d = [draw(m + '.g_idx', k) for k in range(inputs)]
  //     return [sum((d[j], j) < (d[k], k) for j in range(inputs)) // size for k in range(inputs)]
  // def bell(name, count):
  //     return [sum(draw(name, i // 2).to_bytes(8, 'little')[i % 2 * 4:][:4]) - 510 for i in
  // range(count)]
  // def sha(form, values): print(hashlib.sha256(struct.pack(f'<{len(values)}{form}',
  // *values)).hexdigest())
  //
  // gate, down = 'model.layers.1.mlp.gate_proj', 'model.layers.1.mlp.down_proj'
  // for bits in 2, 3, 4, 8: sha('I', qweight(gate, bits, 288, 64))
  // for bits in 2, 3, 4, 8: sha('e', scales(down, bits, 288, 8 * 64))
  // for size in 40, 288: sha('i', g_idx(down, 288, size))
  // sha('e', [t / 128 for t in bell('model.embed_tokens.weight', 512 * 64)])
  // sha('e', [1 + t / 1024 for t in bell('model.norm.weight', 64)])
  // sha('e', [t * 2**-least(8, 21845 * 64) for t in bell('lm_head.weight', 512 * 64)])
}
