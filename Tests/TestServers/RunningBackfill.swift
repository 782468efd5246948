import Foundation

/// A command under way. It is killed when the test lets go of it.
public actor RunningBackfill {
  private let child: ChildProcess
  private let stdout: ScratchFile
  private let stderr: ScratchFile
  private let screen: TerminalScreen?
  private let started = ContinuousClock.now
  private var ended: (ending: ProcessEnding, after: Duration)?

  init(child: ChildProcess, stdout: ScratchFile, stderr: ScratchFile, screen: TerminalScreen?) {
    self.child = child
    self.stdout = stdout
    self.stderr = stderr
    self.screen = screen
  }

  deinit {
    guard ended == nil else { return }
    kill(child.pid, SIGKILL)
    let child = child
    Thread.detachNewThread { _ = child.waitForEnding() }
  }

  /// The process id.
  public nonisolated var pid: Int32 { child.pid }

  /// What it has written to standard output, or shown on its terminal, so far.
  public nonisolated var output: String { stdout.text }

  /// What it has written to standard error so far.
  public nonisolated var errors: String { stderr.text }

  /// Whether it still runs.
  public var isRunning: Bool {
    look()
    return ended == nil
  }

  /// Sends a signal, such as SIGINT; nothing happens if the process has ended.
  public func signal(_ signal: Int32) {
    look()
    guard ended == nil else { return }
    kill(child.pid, signal)
  }

  /// Types on its terminal; `\u{3}` is Ctrl-C.
  public func type(_ text: String) throws {
    guard let screen else { throw HarnessError("the command was not started on a terminal") }
    try screen.type(text)
  }

  /// Waits until standard output, or else standard error, contains `text`.
  ///
  /// - Throws: `HarnessError` when the process ends without that, or `limit` passes.
  public func waitUntilOutput(contains text: String, limit: Duration = .seconds(60)) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      // Asked before reading: what was written before the end counts.
      let wasRunning = isRunning
      if output.contains(text) || errors.contains(text) { return }
      guard wasRunning, ContinuousClock.now < deadline else {
        let what = wasRunning ? "was not written within \(limit)" : "was never written"
        throw HarnessError("“\(text)” \(what):\n\(output)\n--- stderr\n\(errors)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits for the end.
  ///
  /// - Throws: `HarnessError`, with the output so far, when `limit` passes; the process is killed then.
  public func wait(limit: Duration = .seconds(120)) async throws -> BackfillProcess.Outcome {
    let deadline = ContinuousClock.now + limit
    while isRunning {
      if ContinuousClock.now > deadline || Task.isCancelled {
        kill(child.pid, SIGKILL)
        throw HarnessError("no end within \(limit):\n\(output)\n--- stderr\n\(errors)")
      }
      try? await Task.sleep(for: .milliseconds(5))
    }
    await screen?.drain()
    guard let ended else { throw HarnessError("unreachable: ended without an ending") }
    return BackfillProcess.Outcome(
      ending: ended.ending, stdout: output, stderr: errors, duration: ended.after)
  }

  private func look() {
    guard ended == nil, let ending = child.endingIfEnded() else { return }
    ended = (ending, ContinuousClock.now - started)
  }
}
