import Foundation
import Synchronization
import TestServers

/// Runs a command to its end and measures it.
enum MeasuredProcess {
  struct Outcome {
    let sample: Sample
    let isSuccess: Bool
    let output: String
    let errors: String
  }

  /// - Parameter limit: after so long the command and its children are killed, which is a failure.
  static func run(_ command: Command, limit: Duration = .seconds(7200)) throws -> Outcome {
    let (output, errors) = (try ScratchFile(), try ScratchFile())
    let loadBefore = Machine.loadAverage
    let started = ContinuousClock.now
    let child = try ChildProcess.start(
      command.words, environment: environment.merging(command.environment) { $1 },
      input: command.input.map { .reading($0) } ?? .nothing, output: .writing(output.path),
      errors: .writing(errors.path))
    let sampler = MemorySampler(child.pid)
    let killer = Killer(child.pid, after: limit)
    var status: Int32 = 0
    var usage = rusage()
    // It counts the children that the process itself has waited for: of a pipe under xargs, all of them.
    while wait4(child.pid, &status, 0, &usage) == -1, errno == EINTR {}
    let elapsed = ContinuousClock.now - started
    killer.stop()
    let sample = Sample(
      seconds: elapsed / .seconds(1), clientSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds,
      clientMemory: sampler.stop(), loadBefore: loadBefore)
    return Outcome(sample: sample, isSuccess: status == 0, output: output.text, errors: errors.text)
  }

  private static let environment = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
  ]
}

/// Ends a process group that hangs.
private final class Killer: Sendable {
  private let isOver = Atomic(false)

  init(_ pid: pid_t, after limit: Duration) {
    let deadline = ContinuousClock.now + limit
    Thread.detachNewThread { [self] in
      while !isOver.load(ordering: .relaxed) {
        if ContinuousClock.now > deadline {
          kill(-pid, SIGKILL)
          return
        }
        usleep(200_000)
      }
    }
  }

  func stop() { isOver.store(true, ordering: .relaxed) }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
