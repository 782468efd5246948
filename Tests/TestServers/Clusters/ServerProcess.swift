import Foundation

/// A PostgreSQL server process, known by its process id. It is the watchdog's child, not ours.
struct ServerProcess: Sendable {
  let pid: pid_t

  /// Whether it still runs. One that has ended but was not yet reaped (state Z) does not.
  var isRunning: Bool {
    guard let state = Self.fields(of: pid).first else { return false }
    return state != "Z"
  }

  /// Waits until it has ended.
  func end(within limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while isRunning {
      guard ContinuousClock.now < deadline else {
        throw HarnessError("server process \(pid) did not stop within \(limit)")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Sends a signal to the server and to each of its processes: they sit in process groups of their own.
  func signalAll(_ signal: Int32) {
    // The postmaster first when stopping and last when continuing would be the same to clients.
    kill(pid, signal)
    for child in children { kill(child, signal) }
  }

  /// The server's own processes: its backends and background processes.
  var children: [pid_t] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter {
      let fields = Self.fields(of: $0)
      return fields.count > 1 && fields[1] == "\(pid)"
    }
  }

  /// State, parent and the rest of /proc/PID/stat, after the program's name in parentheses; empty if gone.
  private static func fields(of pid: pid_t) -> [Substring] {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return [] }
    let text = String(decoding: data, as: UTF8.self)
    guard let name = text.lastIndex(of: ")") else { return [] }
    return text[text.index(after: name)...].split(separator: " ")
  }
}
