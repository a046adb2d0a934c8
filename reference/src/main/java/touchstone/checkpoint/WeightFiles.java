package touchstone.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/**
 * The tensors of a checkpoint, from one safetensors file or from several with an index. File names
 * in an index never lead out of its directory; a symbolic link in the directory is followed
 * wherever it leads, since the Hugging Face cache is made of them and only the directory's owner
 * can make one.
 *
 * @rules CKPT-4
 */
public final class WeightFiles implements AutoCloseable {
  private final Path root;
  private final List<Safetensors> files = new ArrayList<>();
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

  private WeightFiles(Path root) {
    this.root = root;
  }

  /** Opens a checkpoint that is one file. */
  public static WeightFiles single(Path file) {
    WeightFiles weights = new WeightFiles(file);
    weights.add(file);
    return weights;
  }

  /**
   * Opens a checkpoint of several files.
   *
   * @param indexFile {@code model.safetensors.index.json}; the files lie beside it
   * @throws TouchstoneException if a file is missing, lacks a tensor that the index assigns to it,
   *     or has one that it does not
   */
  public static WeightFiles sharded(Path indexFile) {
    ShardIndex index = ShardIndex.read(indexFile);
    WeightFiles weights = new WeightFiles(indexFile);
    try {
      for (String shard : index.shards()) {
        weights.addShard(index, shard);
      }
      weights.requireAll(index);
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private Safetensors add(Path file) {
    Safetensors opened = Safetensors.open(file);
    files.add(opened);
    opened.tensors().forEach((name, tensor) -> tensors.put(name, new StoredTensor(tensor, file)));
    return opened;
  }

  private void addShard(ShardIndex index, String shard) {
    Safetensors opened = add(index.file().resolveSibling(shard));
    for (String name : opened.tensors().keySet()) {
      if (!shard.equals(index.fileOf().get(name))) {
        throw TouchstoneException.of(
            Fault.FORMAT,
            opened.file() + ": tensor '" + name + "'",
            Optional.ofNullable(index.fileOf().get(name))
                .map(other -> "the index assigns it to '" + other + "'")
                .orElse("the index does not list it"),
            "index and files must come from the same upload");
      }
    }
  }

  private void requireAll(ShardIndex index) {
    index
        .fileOf()
        .forEach(
            (name, shard) -> {
              if (!tensors.containsKey(name)) {
                throw TouchstoneException.of(
                    Fault.FORMAT,
                    index.file().resolveSibling(shard),
                    "tensor '" + name + "' is missing",
                    "the index assigns it to this file: download both again");
              }
            });
  }

  /** The tensor of that name. */
  public Optional<Tensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name)).map(StoredTensor::tensor);
  }

  /** The file that a tensor lies in; the only file, or the index, if there is no such tensor. */
  Path placeOf(String name) {
    return Optional.ofNullable(tensors.get(name)).map(StoredTensor::file).orElse(root);
  }

  /** All tensors by name: file by file, in the order of their headers. */
  public Map<String, StoredTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The opened files. */
  public List<Safetensors> files() {
    return List.copyOf(files);
  }

  /** As {@link Safetensors#verifyUnchanged}, for all files. */
  public void verifyUnchanged() {
    files.forEach(Safetensors::verifyUnchanged);
  }

  /** Unmaps all files. */
  @Override
  public void close() {
    files.forEach(Safetensors::close);
  }
}
