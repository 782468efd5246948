import Glibc

/// A call that blocks and that nothing can wake, made on a thread of its own.
public enum BlockingCall {
  /// Makes the call, and waits for its end, for so long, or until the run is cancelled; it may go on after that.
  public static func run(interrupt: Interrupt, milliseconds: Int32, _ call: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    // Without descriptors it can't be waited for.
    guard pipe(&ends) == 0 else { return DedicatedThread.launch(call) }
    let (reader, writer) = (ends[0], ends[1])
    DedicatedThread.launch {
      call()
      close(writer)
    }
    interrupt.wait(for: reader, milliseconds: milliseconds)
    close(reader)
  }
}
