import Glibc
import Postgres
import Waiting

/// SIGINT, SIGTERM, SIGHUP and SIGTSTP, taken by one thread with sigtimedwait, where any code may run; a signal
/// handler could do next to nothing safely.
///
/// They are blocked before any other thread exists, and every thread inherits that. The main thread must
/// keep it so: `dispatchMain`, and with it Swift's asynchronous main, opens all signals on that thread
/// (libdispatch, queue.c, `_dispatch_sigsuspend`), and the first one would kill the process.
struct SignalListener: Sendable {
  /// How long a cancelled run may take to roll back and say goodbye before it is cut short.
  static let patience = Duration.seconds(5)

  /// How long a reader has for the last words when the program leaves or stops at once.
  static let goodbye = Duration.milliseconds(500)

  private let signals: sigset_t

  /// Blocks the signals. To be made before any other thread.
  init() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    // nohup's whole purpose.
    if !Self.isIgnored(SIGHUP) { sigaddset(&set, SIGHUP) }
    if !Self.isIgnored(SIGTSTP) { sigaddset(&set, SIGTSTP) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signals = set
  }

  /// Listens from now on, to the end of the process. Without a thread to listen, signals end the program
  /// as they end any other.
  ///
  /// - Parameters:
  ///   - telling: what a person is told of what a signal does; nil where that isn't told.
  ///   - leaving: gives the last words of a run that is left alone, and the exit code.
  func listen(
    _ interrupt: Interrupt, _ console: Console,
    telling: @escaping @Sendable (StopSequence.Step) -> Message?,
    leaving: @escaping @Sendable () -> ExitCode = { .stopped }
  ) {
    let isListening = DedicatedThread.start { [self] in
      var sequence = StopSequence()
      while true {
        var heard = next(within: interrupt.stage == .cancelled ? Self.patience : nil)
        if heard == SIGTSTP { heard = suspend(interrupt, console) }
        if heard == SIGTSTP { continue }
        let step = heard == nil ? .leave : sequence.hear()
        // Before it has any effect: a run that is stopped may end at once, and its last words come last.
        if let message = telling(step) { console.complain(message) }
        switch step {
        case .drain: interrupt.advance(to: .draining)
        case .cancel: interrupt.advance(to: .cancelled)
        case .leave: break
        }
        if step == .leave {
          let code = leaving()
          console.finish(patience: Self.goodbye)
          // Not exit(): its handlers could wait for threads that are stuck.
          _exit(code.rawValue)
        }
      }
    }
    guard !isListening else { return }
    var set = signals
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// - Returns: the signal; nil if the time is up.
  func next(within patience: Duration?) -> Int32? {
    var set = signals
    while true {
      let number: Int32
      if let patience {
        var time = timespec(patience)
        number = sigtimedwait(&set, nil, &time)
      } else {
        number = sigwaitinfo(&set, nil)
      }
      if number > 0 { return number }
      if errno == EAGAIN { return nil }
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
