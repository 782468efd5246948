import Synchronization

/// Standard output and standard error as one thing: they may be the same terminal, and a warning must not
/// land in the middle of the live lines. Any thread may write.
final class Console: Sendable {
  private struct Screen {
    var region = LiveRegion()
    var live: [String] = []

    mutating func put(scrolled: [String], on output: any TextSink) {
      let text = region.frame(scrolled: scrolled, live: live)
      if !text.isEmpty { output.write(text) }
    }
  }

  private let screen = Mutex(Screen())
  private let output: any TextSink
  private let errors: any TextSink
  let outputStyle: Style
  let errorStyle: Style

  init(
    output: any TextSink, errors: any TextSink, outputStyle: Style = Style(isColoured: false),
    errorStyle: Style = Style(isColoured: false)
  ) {
    self.output = output
    self.errors = errors
    self.outputStyle = outputStyle
    self.errorStyle = errorStyle
  }

  /// Lines for standard output.
  func say(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    screen.withLock { $0.put(scrolled: lines, on: output) }
  }

  /// A message for standard error.
  func complain(_ message: Message) {
    screen.withLock { put(message, &$0) }
  }

  /// New live lines, with lines that scroll away above them.
  func redraw(scrolled: [String], live: [String]) {
    screen.withLock {
      $0.live = live
      $0.put(scrolled: scrolled, on: output)
    }
  }

  /// As `complain`, but for the thread that listens to signals: it must hear the next one, so it waits for
  /// nobody. The message is dropped if standard error is blocked.
  func complainWithoutWaiting(_ message: Message) {
    _ = screen.withLockIfAvailable { if errors.isReady, output.isReady { put(message, &$0) } }
  }

  /// Before leaving without regard for what is going on: the live lines don't stay behind.
  func clearWithoutWaiting() {
    _ = screen.withLockIfAvailable {
      $0.live = []
      let erasure = $0.region.erasure()
      if !erasure.isEmpty, output.isReady { output.write(erasure) }
    }
  }

  private func put(_ message: Message, _ screen: inout Screen) {
    let erasure = screen.region.erasure()
    if !erasure.isEmpty { output.write(erasure) }
    errors.write(message.lines(errorStyle).joined(separator: "\n") + "\n")
    if !screen.live.isEmpty { screen.put(scrolled: [], on: output) }
  }
}
