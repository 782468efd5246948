import Foundation
import Synchronization

/// A command under way. It is killed when the test lets go of it.
public actor RunningBackfill {
  private let child: ChildProcess
  private let stdout: ScratchFile
  private let stderr: ScratchFile
  private let screen: TerminalScreen?
  private let end: ProcessEnd

  init(child: ChildProcess, stdout: ScratchFile, stderr: ScratchFile, screen: TerminalScreen?) {
    self.child = child
    self.stdout = stdout
    self.stderr = stderr
    self.screen = screen
    end = ProcessEnd(of: child)
  }

  deinit { end.signal(SIGKILL) }

  /// The process id.
  public nonisolated var pid: Int32 { child.pid }

  /// What it has written to standard output, or shown on its terminal, so far.
  public nonisolated var output: String { stdout.text }

  /// What it has written to standard error so far.
  public nonisolated var errors: String { stderr.text }

  /// Whether it still runs.
  public var isRunning: Bool { end.known == nil }

  /// Sends a signal, such as SIGINT; nothing happens if the process has ended.
  public func signal(_ signal: Int32) { end.signal(signal) }

  /// Types on its terminal; `\u{3}` is Ctrl-C.
  public func type(_ text: String) throws {
    guard let screen else { throw HarnessError("the command was not started on a terminal") }
    try screen.type(text)
  }

  /// Waits until standard output, or else standard error, contains `text`.
  ///
  /// - Throws: `HarnessError` when the process ends without that, or `limit` passes.
  public func waitUntilOutput(contains text: String, limit: Duration = .seconds(240)) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      // Asked before reading: what was written before the end counts.
      let wasRunning = isRunning
      if output.contains(text) || errors.contains(text) { return }
      guard wasRunning, ContinuousClock.now < deadline else {
        let what = wasRunning ? "was not written within \(limit)" : "was never written"
        throw HarnessError("“\(text)” \(what):\n\(output)\n--- stderr\n\(errors)")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Waits for the end.
  ///
  /// - Throws: `HarnessError`, with the output so far, when `limit` passes; the process is killed then.
  public func wait(limit: Duration = .seconds(300)) async throws -> BackfillProcess.Outcome {
    let deadline = ContinuousClock.now + limit
    while isRunning {
      if ContinuousClock.now > deadline || Task.isCancelled {
        end.signal(SIGKILL)
        throw HarnessError("no end within \(limit):\n\(output)\n--- stderr\n\(errors)")
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
    await screen?.drain()
    guard let known = end.known else { throw HarnessError("unreachable: ended without an ending") }
    return BackfillProcess.Outcome(
      ending: known.ending, stdout: output, stderr: errors, duration: known.after)
  }
}

/// Awaits a child on a thread of its own, so that its duration is told right however busy Swift's threads are.
private final class ProcessEnd: Sendable {
  typealias Known = (ending: ProcessEnding, after: Duration)

  private let child: ChildProcess
  private let state = Mutex<Known?>(nil)

  init(of child: ChildProcess) {
    self.child = child
    let started = ContinuousClock.now
    Thread.detachNewThread { [self] in
      // Left unreaped at first: its id stays its own until nobody can signal it any more.
      var information = siginfo_t()
      while waitid(P_PID, id_t(child.pid), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
      let after = ContinuousClock.now - started
      state.withLock { $0 = (child.waitForEnding(), after) }
    }
  }

  var known: Known? { state.withLock { $0 } }

  func signal(_ signal: Int32) {
    state.withLock { known in
      if known == nil { kill(child.pid, signal) }
    }
  }
}
