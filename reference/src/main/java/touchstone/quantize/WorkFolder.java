package touchstone.quantize;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import touchstone.checkpoint.AtomicFile;
import touchstone.checkpoint.FileFaults;
import touchstone.checkpoint.OutputDirectory;
import touchstone.checkpoint.Safetensors;
import touchstone.checkpoint.SafetensorsWriter;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;
import touchstone.tensor.Tensor;

/**
 * Where a quantised model grows: a folder beside the one it is to become, so that the last step is one
 * rename. Each finished layer is a file that appears as a whole; after a kill the same command finds the
 * layers and goes on.
 *
 * @rules CALIB-5
 */
final class WorkFolder implements AutoCloseable {
  private static final String SUFFIX = ".unfinished";
  private static final String REPORT = "report.";

  private final Path directory;
  private final Path folder;
  private final FileChannel lock;

  private WorkFolder(Path directory, Path folder, FileChannel lock) {
    this.directory = directory;
    this.folder = folder;
    this.lock = lock;
  }

  /** The folder of a model directory. */
  static Path beside(Path directory) {
    Path whole = directory.toAbsolutePath().normalize();
    return whole.resolveSibling(whole.getFileName() + SUFFIX);
  }

  /**
   * Begins or takes up work.
   *
   * @throws TouchstoneException OUTPUT if the model directory is not to be had, the work was begun with
   *     another record, or another process does it
   */
  static WorkFolder open(Path directory, QuantisationRecord record) {
    OutputDirectory.requireFree(directory);
    Path folder = beside(directory);
    Optional<QuantisationRecord> begun = QuantisationRecord.read(folder);
    if (begun.isEmpty()) {
      begin(folder, record);
    }
    FileChannel lock = lock(folder);
    try {
      begun.ifPresent(there -> record.requireSame(there, folder));
      files(folder).filter(WorkFolder::isTemporary).forEach(WorkFolder::delete);
      return new WorkFolder(directory, folder, lock);
    } catch (RuntimeException | Error e) {
      close(lock);
      throw e;
    }
  }

  private static void begin(Path folder, QuantisationRecord record) {
    boolean made = OutputDirectory.make(folder);
    try {
      record.write(folder);
    } catch (RuntimeException | Error e) {
      if (made) {
        delete(folder);
      }
      throw e;
    }
  }

  /** The lock is the system's, so it goes with the process however that ends. */
  @SuppressWarnings("MustBeClosedChecker") // close() of the work folder closes it
  private static FileChannel lock(Path folder) {
    Path file = folder.resolve(QuantisationRecord.FILE);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException _) {
      // This process has it.
    } catch (IOException e) {
      throw FileFaults.creating(file, e);
    }
    close(channel);
    throw TouchstoneException.of(
        Fault.OUTPUT, folder, "another process works in it", "wait for that one or end it");
  }

  private static void close(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException _) {
      // A lock that cannot be given back goes with the process.
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted(Comparator.reverseOrder()).toList().stream();
    } catch (IOException e) {
      throw FileFaults.reading(folder, e);
    }
  }

  private static boolean isTemporary(Path file) {
    return file.getFileName().toString().startsWith(AtomicFile.TEMPORARY);
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw FileFaults.creating(file, e);
    }
  }

  /** The folder itself, for what is temporary. */
  Path path() {
    return folder;
  }

  /** How many layers are finished; they are the first ones. */
  int layers() {
    int layers = 0;
    while (Files.exists(file(layers))) {
      layers++;
    }
    return layers;
  }

  private Path file(int layer) {
    return folder.resolve("layer-%03d.safetensors".formatted(layer));
  }

  /**
   * Refuses work that the disk has no room for.
   *
   * @param bytes that the work takes, what is finished included
   */
  void requireSpace(long bytes) {
    long there = files(folder).mapToLong(file -> file.toFile().length()).sum();
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (bytes - there > free) {
        throw TouchstoneException.of(
            Fault.DISK_FULL,
            folder,
            "needs %d bytes, %d are free".formatted(bytes - there, free),
            "free some; half of them only until the model is put together");
      }
    } catch (IOException e) {
      throw FileFaults.reading(folder, e);
    }
  }

  /** Keeps a finished layer. */
  void save(int layer, List<Tensor> tensors, List<ModuleReport> reports) {
    Map<String, String> metadata = new TreeMap<>();
    for (int i = 0; i < reports.size(); i++) {
      metadata.put(REPORT + i, reports.get(i).line());
    }
    SafetensorsWriter.write(file(layer), metadata, tensors);
  }

  /** The tensors of a finished layer, mapped. */
  Safetensors open(int layer) {
    return Safetensors.open(file(layer));
  }

  /** What became of the modules of a finished layer, in the order in which they were quantised. */
  static List<ModuleReport> reports(Safetensors layer) {
    try {
      return IntStream.range(0, layer.metadata().size())
          .mapToObj(i -> ModuleReport.of(layer.metadata().getOrDefault(REPORT + i, "")))
          .toList();
    } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
      throw damaged(layer.file(), "no reports in its metadata");
    }
  }

  /** The fault of a finished layer that is not what was written. */
  static TouchstoneException damaged(Path file, String found) {
    return TouchstoneException.of(
        Fault.FORMAT, file, found, "it is damaged: remove it and what comes after it");
  }

  /** An empty folder in which the model is put together. */
  Path model() {
    Path model = folder.resolve("model");
    if (Files.exists(model)) {
      files(model).forEach(WorkFolder::delete);
    }
    OutputDirectory.make(model);
    return model;
  }

  /** Gives the model its place, in one step, and removes the rest. */
  void finish(Path model) {
    OutputDirectory.requireFree(directory);
    try {
      Files.deleteIfExists(directory);
      Files.move(model, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw FileFaults.creating(directory, e);
    }
    close(lock);
    removeAll();
  }

  private void removeAll() {
    files(folder).forEach(WorkFolder::delete);
  }

  /** Lets others at the folder. Finished layers stay; without any the folder goes. */
  @Override
  public void close() {
    if (lock.isOpen()) {
      boolean useless = layers() == 0;
      close(lock);
      if (useless) {
        removeAll();
      }
    }
  }
}
