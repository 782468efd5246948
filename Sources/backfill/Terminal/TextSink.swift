import Glibc
import Synchronization

/// Where text goes: standard output, standard error, or a test's memory.
protocol TextSink: Sendable {
  /// Hands all of `text` on at once; nothing stays in a buffer. Whether anyone still listens is not the
  /// caller's concern.
  func write(_ text: some StringProtocol)

  /// Waits until `write` would return at once with a text of some kilobytes. A terminal stopped with Ctrl-S and a full
  /// pipe would not.
  ///
  /// - Returns: false if the time is up first.
  func isReady(within milliseconds: Int32) -> Bool
}

/// A file descriptor. Once it can't be written to any more (a closed pipe, a terminal that is gone, a full
/// disk), what is written is dropped: the run's work doesn't depend on somebody watching.
final class DescriptorSink: TextSink {
  private let descriptor: Int32
  private let isBroken = Atomic<Bool>(false)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func write(_ text: some StringProtocol) {
    var text = String(text)
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty, !isBroken.load(ordering: .relaxed) {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        } else if errno == EAGAIN {
          _ = wait(milliseconds: -1)
        } else if errno != EINTR {
          isBroken.store(true, ordering: .relaxed)
        }
      }
    }
  }

  func isReady(within milliseconds: Int32) -> Bool {
    isBroken.load(ordering: .relaxed) || wait(milliseconds: milliseconds)
  }

  private func wait(milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, milliseconds) > 0
  }
}
