package touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How a terminal is left. */
class TerminalTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal =
      new Terminal(
          new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), err, true, false);

  @Test
  void whatIsSaidAfterTheEndIsNotShown() {
    terminal.progress("writing", 1, 4, "1 of 4");
    terminal.leave();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("\r\u001b[Kwriting [======                  ] 1 of 4\r\u001b[K");
    err.reset();
    terminal.progress("writing", 2, 4);
    terminal.note("a note");
    terminal.error("an error");
    assertThat(err.size()).isZero();
  }

  @Test
  void theEndInterruptsWorkAndWaitsForIt() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Thread end = new Thread(terminal::leave);
    boolean[] cleaned = {false};
    terminal.whole(
        () -> {
          end.start();
          try {
            never.await();
          } catch (InterruptedException _) {
            assertThat(end.isAlive()).isTrue();
            cleaned[0] = true;
          }
        });
    end.join();
    assertThat(cleaned[0]).isTrue();
    terminal.leave(); // has nothing to wait for any more
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
