import CopyEngine
import Postgres
import Synchronization

/// Changes the number of workers while they work: by what a person wrote into `__backfill.session.parallelism`, or by
/// trying when that was asked for.
final class Tuning: Sendable {
  private struct State {
    var tuner: ParallelismTuner?
    /// What the session's row said last; nil before the first look. A value found there at first was meant for an
    /// earlier run.
    var asked: Int??
    var progress: Int64 = 0
    var measured = ContinuousClock.now
  }

  /// Long enough for a step's effect to show.
  private static let measuringTime = Duration.seconds(4)

  private let state: Mutex<State>
  private let control: RunControl
  private let reporter: any Reporter

  init(_ parallelism: Parallelism, control: RunControl, reporter: any Reporter) {
    state = Mutex(State(tuner: parallelism == .automatic ? ParallelismTuner(first: parallelism.first) : nil))
    self.control = control
    self.reporter = reporter
  }

  /// Takes a look, with the progress made so far and what the session's row says now.
  func look(progress: Int64, asked: Int?) {
    let before = control.parallelism
    let wanted = state.withLock { state -> Int in
      let known = state.asked
      state.asked = .some(asked)
      if let known, let asked, asked != known {
        state.tuner = nil
        return asked
      }
      let elapsed = ContinuousClock.now - state.measured
      guard state.tuner != nil, elapsed >= Self.measuringTime else { return before }
      let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
      let throughput = Double(progress - state.progress) / seconds
      state.progress = progress
      state.measured = .now
      return state.tuner?.step(.init(throughput: throughput, sourceLatency: control.takeSourceLatency()))
        ?? before
    }
    guard wanted != before else { return }
    control.parallelism = min(255, wanted)
    reporter.report(.note("Workers: \(control.parallelism) (were \(before))"))
  }
}
