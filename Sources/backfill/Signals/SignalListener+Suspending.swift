import Glibc
import Postgres
import Waiting

extension SignalListener {
  /// Stops the process (Ctrl-Z), and returns when it goes on again. A stopped program would keep the locks that it has on
  /// the target for as long as it is stopped, so first those chunks are undone or finished that keep others from reading
  /// or writing. A second SIGTSTP stops at once.
  ///
  /// - Returns: SIGTSTP, or another signal that came while chunks were waited for.
  func suspend(_ interrupt: Interrupt, _ console: Console) -> Int32? {
    let suspension = interrupt.suspension
    suspension.isWanted = true
    defer { suspension.isWanted = false }
    if suspension.holders > 0 {
      console.complain(.suspending)
    }
    while suspension.holders > 0 {
      guard let heard = next(within: .milliseconds(20)) else { continue }
      guard heard == SIGTSTP else { return heard }
      break
    }
    // The live lines don't stay behind; whoever doesn't read them doesn't hold this up for long.
    console.finish(patience: Self.goodbye)
    // Not SIGTSTP, which the kernel ignores where no shell could continue the process; whoever sent it meant it.
    kill(getpid(), SIGSTOP)
    // Another thread may take the signal, and this one run on for a moment.
    usleep(50_000)
    return SIGTSTP
  }
}
