import Postgres
import Synchronization
import TaskEngine

/// Changes the number of workers while they work: by what a person wrote into `__backfill.session.parallelism`, or by
/// trying when that was asked for.
final class Tuning: Sendable {
  private struct State {
    var tuner: ParallelismTuner?
    /// What the session's row said last.
    var asked: Int?
    var progress: Int64 = 0
    var measured = ContinuousClock.now
  }

  /// Long enough for a step's effect to show.
  private static let measuringTime = Duration.seconds(4)

  private let state: Mutex<State>
  private let control: RunControl
  private let reporter: any Reporter

  /// - Parameter asked: what the session's row says as the run begins, which was meant for an earlier one.
  init(_ parallelism: Parallelism, asked: Int?, control: RunControl, reporter: any Reporter) {
    let tuner = parallelism == .automatic ? ParallelismTuner(first: parallelism.first) : nil
    state = Mutex(State(tuner: tuner, asked: asked))
    self.control = control
    self.reporter = reporter
  }

  /// Takes a look, with the progress made so far and what the session's row says now.
  func look(progress: Int64, asked: Int?) {
    let before = control.parallelism
    let wanted = state.withLock { state -> Int in
      defer { state.asked = asked }
      if let asked, asked != state.asked {
        state.tuner = nil
        return asked
      }
      guard state.tuner != nil else {
        // Workers note latencies all the same, which would pile up.
        _ = control.takeSourceLatency()
        return before
      }
      let elapsed = ContinuousClock.now - state.measured
      guard elapsed >= Self.measuringTime else { return before }
      let throughput = Double(progress - state.progress) / (elapsed / .seconds(1))
      state.progress = progress
      state.measured = .now
      return state.tuner?.step(.init(throughput: throughput, sourceLatency: control.takeSourceLatency()))
        ?? before
    }
    guard wanted != before else { return }
    control.parallelism = min(255, wanted)
    reporter.report(.note(.work(.workersChanged(from: before, to: control.parallelism))))
  }
}
