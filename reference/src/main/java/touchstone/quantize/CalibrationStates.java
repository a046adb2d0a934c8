package touchstone.quantize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.FileFaults;
import touchstone.tensor.Activations;

/**
 * The residual stream of every calibration sample between two steps of the model: in memory, or in a
 * temporary file where it is larger than a limit. The file has no name that outlives the process; where
 * the system allows it, none at all once it is open.
 *
 * @shapes [samples][seqLen, dim]
 */
final class CalibrationStates implements AutoCloseable {
  /** Most bytes handed to the operating system at once. */
  private static final int CHUNK = 1 << 22;

  private final int seqLen;
  private final int dim;
  private final Activations[] inMemory; // [samples], or one that all take turns in
  private final Optional<FileChannel> file;
  private final Path folder;

  /**
   * Room for samples.
   *
   * @param limit most bytes to keep in memory
   * @param folder where the file is to lie if there are more
   */
  CalibrationStates(int samples, int seqLen, int dim, long limit, Path folder) {
    this.seqLen = seqLen;
    this.dim = dim;
    this.folder = folder;
    boolean spills = bytes(samples, seqLen, dim) > limit;
    this.inMemory = new Activations[spills ? 1 : samples];
    for (int i = 0; i < inMemory.length; i++) {
      inMemory[i] = Activations.zeros(seqLen, dim);
    }
    this.file = spills ? Optional.of(open(folder)) : Optional.empty();
  }

  /** Bytes that samples take. */
  static long bytes(int samples, int seqLen, int dim) {
    return (long) Float.BYTES * samples * seqLen * dim;
  }

  private static FileChannel open(Path folder) {
    Path name = folder.resolve(AtomicFile.TEMPORARY + UUID.randomUUID() + ".tmp");
    try {
      return FileChannel.open(
          name,
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw FileFaults.creating(name, e);
    }
  }

  /** Whether the samples are on disk. */
  boolean spilled() {
    return file.isPresent();
  }

  /** Room for a sample [seqLen, dim] that is yet to be {@link #put}. */
  Activations room(int sample) {
    return inMemory[file.isPresent() ? 0 : sample];
  }

  /** A sample [seqLen, dim]; good until the next call, and changed for good only by {@link #put}. */
  Activations get(int sample) {
    Activations x = room(sample);
    if (file.isPresent()) {
      transfer(sample, x, false);
    }
    return x;
  }

  /** Keeps what {@link #room} or {@link #get} gave, as it is now. */
  void put(int sample, Activations x) {
    if (file.isPresent()) {
      transfer(sample, x, true);
    }
  }

  private void transfer(int sample, Activations x, boolean write) {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.nativeOrder());
    long position = bytes(sample, seqLen, dim);
    int count = seqLen * dim;
    try {
      for (int done = 0; done < count; ) {
        int floats = Math.min(CHUNK / Float.BYTES, count - done);
        chunk.clear().limit(floats * Float.BYTES);
        if (write) {
          chunk.asFloatBuffer().put(x.values(), done, floats);
        }
        whole(chunk, position + (long) done * Float.BYTES, write);
        if (!write) {
          chunk.flip().asFloatBuffer().get(x.values(), done, floats);
        }
        done += floats;
      }
    } catch (IOException e) {
      throw write
          ? FileFaults.writing(folder.resolve("activations"), e)
          : FileFaults.reading(folder.resolve("activations"), e);
    }
  }

  private void whole(ByteBuffer chunk, long position, boolean write) throws IOException {
    FileChannel channel = file.orElseThrow();
    long start = position - chunk.position();
    while (chunk.hasRemaining()) {
      long at = start + chunk.position();
      int moved = write ? channel.write(chunk, at) : channel.read(chunk, at);
      if (moved < 0) {
        throw new IOException("the file is shorter than it was written");
      }
    }
  }

  /** Gives the memory or the file back. */
  @Override
  public void close() {
    try {
      if (file.isPresent()) {
        file.get().close();
      }
    } catch (IOException _) {
      // It was temporary; the system takes it away with the process at the latest.
    }
  }
}
