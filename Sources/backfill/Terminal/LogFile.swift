import Glibc
import Synchronization

/// A file that a run's lines are added to. Where it can't be written to any more, as its disk is full, the run goes on.
final class LogFile: TextSink {
  private struct State {
    /// Bytes that were lost since the last that were written.
    var lost = 0
    var isTold = false
  }

  /// Why the file can't be used, in the system's words.
  struct Refusal: Error {
    let reason: String

    init(_ number: Int32) { reason = String(cString: strerror(number)) }
  }

  private let descriptor: Int32
  private let state = Mutex(State())
  private let failed: @Sendable (String) -> Void

  /// Opens the file, and makes one where there is none that only its owner reads: errors have values of rows.
  ///
  /// - Parameter failed: told once why writing fails.
  init(_ path: String, failed: @escaping @Sendable (String) -> Void) throws(Refusal) {
    // Without waiting: a pipe that nobody reads would be waited for for ever.
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw Refusal(errno) }
    self.failed = failed
  }

  deinit { close(descriptor) }

  func write(_ text: some StringProtocol) {
    let reason = state.withLock { state -> String? in
      if state.lost > 0 {
        guard put(Self.gap(state.lost)).left == 0 else {
          state.lost += text.utf8.count
          return nil
        }
        state.lost = 0
      }
      let (left, number) = put(text)
      guard left > 0 else { return nil }
      state.lost += left
      defer { state.isTold = true }
      return state.isTold ? nil : String(cString: strerror(number))
    }
    if let reason { failed(reason) }
  }

  private static func gap(_ bytes: Int) -> String {
    "\n(\(Quantity.bytes(Int64(bytes))) are missing here: they could not be written)\n"
  }

  /// - Returns: how many bytes could not be written, and the number of the error that says why.
  private func put(_ text: some StringProtocol) -> (left: Int, error: Int32) {
    var text = String(text)
    var error: Int32 = 0
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        } else {
          error = errno
          if error != EINTR { break }
        }
      }
      return (rest.count, error)
    }
  }

  func isReady(within milliseconds: Int32) -> Bool { true }
}
