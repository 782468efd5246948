import Glibc
import Synchronization

/// How far a run has been asked to stop. One value is shared by everything that belongs to the run.
///
/// Asking once drains: what is in flight finishes, nothing new begins. Asking twice cancels: whoever waits
/// on a server is woken through a descriptor that becomes readable and stays so.
public final class Interrupt: Sendable {
  /// The stages of stopping, in order; a run never goes back to an earlier one.
  public enum Stage: Int, Comparable, Sendable {
    case running = 0
    case draining = 1
    case cancelled = 2

    public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  private let state = Atomic<Int>(Stage.running.rawValue)

  public let suspension = Suspension()
  /// How long the run's sessions wait for a silent server.
  public let silenceLimit: SilenceLimit

  /// Readable once the run is cancelled; made for `poll`. Never read from, so that every waiter sees it.
  public let descriptor: Int32
  private let writeEnd: Int32

  public init(silenceLimit: SilenceLimit = SilenceLimit()) {
    self.silenceLimit = silenceLimit
    var ends: [Int32] = [-1, -1]
    // A pipe can only fail if there are no descriptors left; -1 is ignored by poll, and the stage is still seen
    // between waits.
    if pipe(&ends) == 0 {
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    descriptor = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if writeEnd >= 0 { close(writeEnd) }
  }

  public var stage: Stage { Stage(rawValue: state.load(ordering: .acquiring)) ?? .cancelled }

  /// Moves on to `stage` unless the run is already there or further.
  public func advance(to stage: Stage) {
    var current = state.load(ordering: .acquiring)
    while current < stage.rawValue {
      let (exchanged, original) = state.compareExchange(
        expected: current, desired: stage.rawValue, ordering: .acquiringAndReleasing)
      if exchanged {
        if stage == .cancelled { wake() }
        return
      }
      current = original
    }
  }

  /// Once: the pipe is never emptied, and a write to a full one would wait.
  private func wake() {
    var byte: UInt8 = 1
    if writeEnd >= 0 { _ = write(writeEnd, &byte, 1) }
  }

  /// Waits until a descriptor is readable or closed, the time is over, or the run is cancelled.
  public func wait(for descriptor: Int32, milliseconds: Int32) {
    var polled = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&polled, 2, milliseconds)
  }

  /// Waits while the process is about to be suspended, or until the run is asked to stop.
  public func awaitResumption() {
    while suspension.isWanted, stage == .running { sleep(.milliseconds(50), until: .draining) }
  }

  /// Sleeps for a while, or until the run has come to `stage`.
  public func sleep(_ duration: Duration, until stage: Stage = .cancelled) {
    let end = ContinuousClock.now + duration
    while self.stage < stage {
      let left = end - ContinuousClock.now
      guard left > .zero else { return }
      // Only the last stage wakes the descriptor; the others are looked for every now and then.
      let slice = min(left, .milliseconds(100))
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&polled, 1, Int32(slice / .milliseconds(1)) + 1)
    }
  }
}
