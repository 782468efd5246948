import Foundation

/// How a process ended.
public enum ProcessEnding: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  case signaled(Int32)

  /// Reads a status of waitpid(2).
  init(status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited((status >> 8) & 0xff) : .signaled(signal)
  }

  public var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .signaled(let signal): "signal \(signal)"
    }
  }
}

extension ChildProcess {
  /// The ending, if the process has ended; reaps it. Ask no more after the first answer.
  func endingIfEnded() -> ProcessEnding? {
    var status: Int32 = 0
    return waitpid(pid, &status, WNOHANG) == pid ? ProcessEnding(status: status) : nil
  }

  /// Waits without blocking a thread of Swift's pool. A process that outlives the limit is killed.
  ///
  /// - Throws: `HarnessError` when the limit passes.
  func ending(within limit: Duration, doing what: String) async throws -> ProcessEnding {
    let deadline = ContinuousClock.now + limit
    while true {
      if let ending = endingIfEnded() { return ending }
      if ContinuousClock.now > deadline || Task.isCancelled { break }
      try? await Task.sleep(for: .milliseconds(10))
    }
    kill(pid, SIGKILL)
    _ = waitForEnding()
    throw HarnessError("\(what) did not end within \(limit); it was killed")
  }

  /// Blocks until the process ends: for short programs, outside of asynchronous code.
  func waitForEnding() -> ProcessEnding {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    return ProcessEnding(status: status)
  }
}
