package touchstone.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import touchstone.gptq.PackedCodes;
import touchstone.tensor.DType;
import touchstone.tensor.Tensor;

/** A model directory of two layers whose every part a test may bend before it is written. */
final class TinyModel {
  static final int VOCAB = 64;
  static final int DIM = 64;
  static final int HIDDEN = 96;
  static final int KV_DIM = 32;
  static final int LAYERS = 2;

  /** A module of a layer that groups of 32 cut in two. */
  static final String Q_PROJ = "model.layers.0.self_attn.q_proj";

  private static final ObjectMapper JSON = new ObjectMapper();

  final Path directory;
  final ObjectNode config;
  final Map<String, Tensor> tensors = new LinkedHashMap<>();
  Optional<ObjectNode> quantizeConfig = Optional.empty();
  String weightsName = "model.safetensors";
  private final Random random = new Random(20231116);

  private TinyModel(Path directory) {
    this.directory = directory;
    this.config = config();
    put(floats("model.embed_tokens.weight", VOCAB, DIM));
    put(floats("lm_head.weight", VOCAB, DIM));
    put(floats("model.norm.weight", DIM));
    for (int layer = 0; layer < LAYERS; layer++) {
      put(floats("model.layers." + layer + ".input_layernorm.weight", DIM));
      put(floats("model.layers." + layer + ".post_attention_layernorm.weight", DIM));
    }
  }

  /** An unquantised model in F16. */
  static TinyModel dense(Path directory) {
    TinyModel model = new TinyModel(directory);
    model.modules((name, shape) -> model.put(model.floats(name + ".weight", shape[0], shape[1])));
    return model;
  }

  /** A symmetric GPTQ model, format v1, groups in sequence, with g_idx and zero biases. */
  static TinyModel gptq(Path directory, int bits, int groupSize) {
    TinyModel model = new TinyModel(directory);
    model.quantizeConfig = Optional.of(quantizeConfig(bits, groupSize));
    model.modules((name, shape) -> model.putModule(name, shape[0], shape[1], bits, groupSize));
    return model;
  }

  static ObjectNode object(String json) {
    try {
      return (ObjectNode) JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ObjectNode config() {
    return object(
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
         "vocab_size": 64, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128,
         "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "rope_scaling": null,
         "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2,
         "torch_dtype": "float16", "transformers_version": "4.31.0", "use_cache": true,
         "pretraining_tp": 1, "initializer_range": 0.02}
        """);
  }

  private static ObjectNode quantizeConfig(int bits, int groupSize) {
    return object(
        """
        {"bits": %d, "group_size": %d, "damp_percent": 0.1, "desc_act": false,
         "static_groups": false, "sym": true, "true_sequential": true,
         "model_name_or_path": null, "model_file_base_name": "model"}
        """
            .formatted(bits, groupSize));
  }

  private interface Module {
    void accept(String name, int[] shape);
  }

  private void modules(Module module) {
    for (int layer = 0; layer < LAYERS; layer++) {
      String at = "model.layers." + layer + ".";
      module.accept(at + "self_attn.q_proj", new int[] {DIM, DIM});
      module.accept(at + "self_attn.k_proj", new int[] {KV_DIM, DIM});
      module.accept(at + "self_attn.v_proj", new int[] {KV_DIM, DIM});
      module.accept(at + "self_attn.o_proj", new int[] {DIM, DIM});
      module.accept(at + "mlp.gate_proj", new int[] {HIDDEN, DIM});
      module.accept(at + "mlp.up_proj", new int[] {HIDDEN, DIM});
      module.accept(at + "mlp.down_proj", new int[] {DIM, HIDDEN});
    }
  }

  private void putModule(String name, int outputs, int inputs, int bits, int groupSize) {
    int size = groupSize == -1 ? inputs : groupSize;
    int groups = Math.ceilDiv(inputs, size);
    put(ints(name + ".qweight", _ -> random.nextInt(), PackedCodes.words(inputs, bits), outputs));
    putZeros(name, (1 << (bits - 1)) - 1, bits, groups, outputs);
    put(floats(name + ".scales", groups, outputs));
    put(ints(name + ".g_idx", input -> input / size, inputs));
    put(halves(name + ".bias", new float[outputs], outputs));
  }

  /** Sets every stored zero point of a module. */
  void putZeros(String module, int stored, int bits, int groups, int outputs) {
    int[] codes = new int[32];
    Arrays.fill(codes, stored);
    int[] words = PackedCodes.pack(codes, bits);
    int columns = PackedCodes.words(outputs, bits);
    put(ints(module + ".qzeros", i -> words[i % words.length], groups, columns));
  }

  /** Sets the stored zero points of all modules. */
  void putAllZeros(int stored, int bits, int groupSize) {
    modules(
        (name, shape) -> putZeros(name, stored, bits, Math.ceilDiv(shape[1], groupSize), shape[0]));
  }

  /** Sets the group indices of all modules. */
  void putAllGroups(int groupSize, IntUnaryOperator placeOfInput) {
    modules(
        (name, shape) ->
            put(
                ints(
                    name + ".g_idx",
                    input -> placeOfInput.applyAsInt(input) % shape[1] / groupSize,
                    shape[1])));
  }

  TinyModel put(Tensor tensor) {
    tensors.put(tensor.name(), tensor);
    return this;
  }

  /** Gives a tensor another name. */
  void rename(String from, String to) {
    Tensor tensor = tensors.remove(from);
    put(new Tensor(to, tensor.dtype(), tensor.shape(), tensor.data()));
  }

  /** Random F16 values between -1 and 1. */
  Tensor floats(String name, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return halves(name, values, shape);
  }

  static Tensor halves(String name, float[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(Float.floatToFloat16(value));
    }
    return new Tensor(name, DType.F16, shape(shape), MemorySegment.ofArray(bytes.array()));
  }

  static Tensor ints(String name, IntUnaryOperator value, int... shape) {
    int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    ByteBuffer bytes = ByteBuffer.allocate(count * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putInt(value.applyAsInt(i));
    }
    return new Tensor(name, DType.I32, shape(shape), MemorySegment.ofArray(bytes.array()));
  }

  private static List<Long> shape(int... shape) {
    return Arrays.stream(shape).asLongStream().boxed().toList();
  }

  /** Writes everything that was set. */
  TinyModel write() {
    SafetensorsWriter.write(
        directory.resolve(weightsName), Map.of("format", "pt"), List.copyOf(tensors.values()));
    writeJson("config.json", config);
    quantizeConfig.ifPresent(json -> writeJson("quantize_config.json", json));
    return this;
  }

  /** Writes the weights as shards of a few tensors each, and their index. */
  TinyModel writeShards(int shards) {
    write();
    ObjectNode index = object("{\"metadata\": {\"total_size\": 1}, \"weight_map\": {}}");
    List<List<Tensor>> parts = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      parts.add(new ArrayList<>());
    }
    int at = 0;
    for (Tensor tensor : tensors.values()) {
      index.withObject("/weight_map").put(tensor.name(), shardName(at % shards, shards));
      parts.get(at++ % shards).add(tensor);
    }
    for (int i = 0; i < shards; i++) {
      SafetensorsWriter.write(directory.resolve(shardName(i, shards)), Map.of(), parts.get(i));
    }
    writeJson("model.safetensors.index.json", index);
    delete("model.safetensors");
    return this;
  }

  static String shardName(int shard, int shards) {
    return "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
  }

  void writeJson(String name, ObjectNode json) {
    writeText(name, json.toString());
  }

  void writeText(String name, String text) {
    try {
      Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void delete(String name) {
    try {
      Files.delete(directory.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Opens the directory, warnings allowed. */
  CheckpointDirectory open() {
    return CheckpointDirectory.open(directory, false);
  }

  /** Opens the directory, warnings forbidden. */
  CheckpointDirectory openStrictly() {
    return CheckpointDirectory.open(directory, true);
  }
}
