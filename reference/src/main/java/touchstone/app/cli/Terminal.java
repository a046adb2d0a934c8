package touchstone.app.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import touchstone.error.Fault;
import touchstone.error.TouchstoneException;

/**
 * Where a command reads and writes: results to {@code out}, notes, progress and errors to {@code
 * err}. Always UTF-8. Progress appears only where the error stream is a terminal; colour, which marks
 * results too where they go to one, not where NO_COLOR is set.
 */
public final class Terminal {
  /** Thrown when whoever read the results has closed the pipe: the command ends, silently. */
  static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReaderGone(IOException cause) {
      super(cause);
    }
  }

  /** Longest wait for work that is to clean up: a disk may have much to take in. */
  private static final long PATIENCE_SECONDS = 30;

  private static final String DIM = "\u001b[2m";
  private static final String RED = "\u001b[31m";
  private static final String RESET = "\u001b[0m";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final InputStream in;
  private final OutputStream out;
  private final PrintWriter err;
  private final boolean interactive;
  private final boolean colour;
  private final boolean colouredResults;
  private volatile boolean outputLost; // what is still to be written goes nowhere
  private volatile boolean left; // the program is ending; what it says now is of no interest
  private volatile Runnable atEnd = () -> {};
  private boolean progressShown;
  private boolean lineOpen; // a person's cursor may stand behind text

  Terminal(
      InputStream in, OutputStream out, OutputStream err, boolean interactive, boolean colour) {
    this(in, out, err, interactive, colour, false);
  }

  /**
   * A terminal on given streams.
   *
   * @param interactive whether a person sees the error stream
   * @param colour whether notes and errors are coloured
   * @param colouredResults whether results are
   */
  public Terminal(
      InputStream in,
      OutputStream out,
      OutputStream err,
      boolean interactive,
      boolean colour,
      boolean colouredResults) {
    this.in = in;
    this.out = out;
    this.err = new PrintWriter(err, true, StandardCharsets.UTF_8);
    this.interactive = interactive;
    this.colour = colour;
    this.colouredResults = colouredResults;
  }

  /** The terminal of this process; the launcher says whether there is a person at it. */
  static Terminal system() {
    boolean interactive = Boolean.getBoolean("touchstone.terminal");
    String noColour = System.getenv("NO_COLOR");
    boolean colour = noColour == null || noColour.isEmpty();
    return new Terminal(
        System.in,
        new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
        new FileOutputStream(FileDescriptor.err),
        interactive,
        interactive && colour,
        Boolean.getBoolean("touchstone.terminal.results") && colour);
  }

  /** What a command reads. */
  public InputStream in() {
    return in;
  }

  /** The stream of the results, for a protocol that writes bytes. */
  public OutputStream out() {
    return out;
  }

  /** Whether results may be coloured. */
  public boolean colouredResults() {
    return colouredResults;
  }

  /** Whether a person sees the error stream. */
  boolean interactive() {
    return interactive;
  }

  /** Writes a part of the result at once. */
  public void print(String text) {
    if (outputLost) {
      return;
    }
    clearProgress();
    lineOpen = text.isEmpty() ? lineOpen : !text.endsWith("\n");
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw outputFault(e);
    }
  }

  /** Writes a line of the result. */
  public void println(String line) {
    print(line + "\n");
  }

  /** Hands everything written so far to the reader. */
  public void flush() {
    if (outputLost) {
      return;
    }
    try {
      out.flush();
    } catch (IOException e) {
      throw outputFault(e);
    }
  }

  private RuntimeException outputFault(IOException e) {
    outputLost = true;
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("Broken pipe")) {
      return new ReaderGone(e);
    }
    Fault fault = reason.contains("No space left") ? Fault.DISK_FULL : Fault.IO;
    return TouchstoneException.because(
        fault, "standard output", "cannot be written: " + reason, "check where it goes", e);
  }

  /** Writes a note for people, after what was written of the result. */
  public void note(String text) {
    if (!left) {
      flush();
      clearLine();
      err.println(colour ? DIM + text + RESET : text);
    }
  }

  /** Asks a person for the next line. */
  void ask(String prompt) {
    if (interactive) {
      clearLine();
      err.print(prompt);
      err.flush();
      lineOpen = true;
    }
  }

  /** The person has ended the line that {@link #ask} began. */
  void answered() {
    lineOpen = false;
  }

  /** Writes an error. */
  void error(String text) {
    if (!left) {
      clearLine();
      err.println((colour ? RED + "error:" + RESET : "error:") + " " + text);
    }
  }

  /** Shows how far long work is, in place; only to a person. */
  public void progress(String what, long done, long total) {
    progress(what, done, total, done + "/" + total);
  }

  /** As above, with the amount in words. */
  public void progress(String what, long done, long total, String amount) {
    if (interactive && !left) {
      int width = 24;
      int filled = (int) (width * done / Math.max(1, total));
      err.print(
          CLEAR_LINE
              + "%s [%s%s] %s"
                  .formatted(what, "=".repeat(filled), " ".repeat(width - filled), amount));
      err.flush();
      progressShown = true;
    }
  }

  /** Leaves the cursor where a shell can go on; called when the program ends, however it does. */
  void leave() {
    outputLost = true;
    left = true;
    clearLine();
    atEnd.run();
  }

  /**
   * Does work that takes away what it began when it fails. If the program is ended meanwhile, the work
   * is interrupted, which fails its next write, and {@link #leave} waits for it.
   */
  void whole(Runnable work) {
    Thread worker = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    atEnd =
        () -> {
          worker.interrupt();
          await(done);
        };
    try {
      work.run();
    } finally {
      atEnd = () -> {};
      done.countDown();
    }
  }

  private static void await(CountDownLatch done) {
    try {
      boolean _ = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void clearLine() {
    clearProgress();
    if (interactive && lineOpen) {
      err.println();
      lineOpen = false;
    }
  }

  private void clearProgress() {
    if (progressShown) {
      err.print(CLEAR_LINE);
      err.flush();
      progressShown = false;
    }
  }

  /** A writer on the results for help texts. */
  PrintWriter outWriter() {
    return new PrintWriter(
        new OutputStream() {
          @Override
          public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            try {
              out.write(bytes, offset, length);
            } catch (IOException e) {
              throw outputFault(e);
            }
          }
        },
        true,
        StandardCharsets.UTF_8);
  }

  /** The writer on the error stream. */
  PrintWriter errWriter() {
    return err;
  }

  /** How help is coloured. */
  Help.ColorScheme helpColours() {
    return Help.defaultColorScheme(colour ? Ansi.ON : Ansi.OFF);
  }
}
