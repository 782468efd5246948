import Glibc
public import Waiting

/// Runs programs to their end. Blocks: belongs on a thread of the caller's own (`DedicatedThread`). Once the run is asked
/// to stop, the programs are ended.
public struct ProgramRun: Sendable {
  /// Between a request to end and the end by force.
  private static let patience = Duration.seconds(5)

  private let interrupt: Interrupt
  private let hear: @Sendable (ProgramLine) -> Void

  /// - Parameter hear: is told each line on a program's standard error.
  public init(interrupt: Interrupt, hear: @escaping @Sendable (ProgramLine) -> Void) {
    self.interrupt = interrupt
    self.hear = hear
  }

  /// - Returns: what the program wrote to standard output.
  /// - Throws: `ProgramFailure`.
  public func output(of call: ProgramCall) throws(ProgramFailure) -> [UInt8] {
    var child = try SpawnedProgram(call, takesInput: false)
    var lines = ErrorLines()
    var output: [UInt8] = []
    var end = Ending(interrupt)
    while child.output != nil || child.errors != nil {
      let ready = Self.poll([(child.output, POLLIN), (child.errors, POLLIN)])
      if ready[0] { if let piece = child.readOutput() { output += piece } else { child.closeOutput() } }
      if ready[1] { child.listen(&lines, hear) }
      end.look { child.signal($0) }
    }
    while !child.hasEnded() {
      end.look { child.signal($0) }
      usleep(2000)
    }
    try child.check(lines, stopped: end.isAsked)
    return output
  }

  /// Runs two programs, of which the second reads what the first writes. It comes through here, so that a first one that
  /// fails is never taken for one that has said all, and neither goes on without this process.
  ///
  /// - Throws: `ProgramFailure` of the one that failed first.
  public func pipe(_ first: ProgramCall, into second: ProgramCall) throws(ProgramFailure) {
    var programs = try PipedPrograms(first, into: second)
    var end = Ending(interrupt)
    while programs.areOpen {
      programs.move(hear: hear)
      end.look { programs.signal($0) }
    }
    while !programs.haveEnded() {
      end.look { programs.signal($0) }
      usleep(2000)
    }
    try programs.check(stopped: end.isAsked)
  }

  /// Waits a moment until something can be read or written.
  ///
  /// - Returns: for each whether it is ready, or broken; false for nil.
  static func poll(_ wanted: [(descriptor: Int32?, events: Int32)]) -> [Bool] {
    // A negative descriptor is left out.
    var polled = wanted.map { pollfd(fd: $0.descriptor ?? -1, events: Int16($0.events), revents: 0) }
    guard Glibc.poll(&polled, nfds_t(polled.count), 100) > 0 else { return wanted.map { _ in false } }
    return polled.map { $0.fd >= 0 && $0.revents != 0 }
  }

  /// Ends programs once the run is asked to stop: first politely.
  private struct Ending {
    let interrupt: Interrupt
    private var asked: ContinuousClock.Instant?

    init(_ interrupt: Interrupt) { self.interrupt = interrupt }

    var isAsked: Bool { asked != nil }

    mutating func look(_ signal: (Int32) -> Void) {
      guard interrupt.stage > .running else { return }
      if let asked {
        if ContinuousClock.now - asked > ProgramRun.patience { signal(SIGKILL) }
      } else {
        asked = .now
        signal(SIGTERM)
      }
    }
  }
}
