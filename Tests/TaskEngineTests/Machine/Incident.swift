import ChunkCatalog
import Postgres
import Testing

@testable import TaskEngine

/// A row of the machine's table: where a worker is, what happens to it, and everything that it does then.
struct Incident: CustomTestStringConvertible, Sendable {
  let name: String
  /// What the chaos suite calls the faults that look like this to a worker.
  let faults: [String]
  let start: Start
  let course: [Happening]

  init(_ name: String, _ start: Start, faults: [String] = [], _ course: Happening...) {
    self.name = name
    self.faults = faults
    self.start = start
    self.course = course
  }

  var testDescription: String { name }

  /// One thing that happens, what the run is like then, and the action that has to follow.
  struct Happening: Sendable {
    let input: WorkerMachine.Input
    let action: String
    var circumstances = Incident.circumstances()

    /// The run has been asked to stop.
    var whileStopping: Happening { changed { $0.isStopping = true } }
    /// The run has been cancelled.
    var whileCancelled: Happening {
      changed {
        $0.isStopping = true
        $0.isCancelled = true
      }
    }
    /// The run wants fewer workers.
    var unwanted: Happening { changed { $0.isWanted = false } }
    /// Another worker has found that nothing is left.
    var whenNothingIsLeft: Happening { changed { $0.nothingIsLeft = true } }

    func after(_ time: Duration) -> Happening { changed { $0.now += time } }

    private func changed(_ change: (inout WorkerMachine.Circumstances) -> Void) -> Happening {
      var changed = self
      change(&changed.circumstances)
      return changed
    }
  }

  private static let beginning = ContinuousClock.now

  static func circumstances() -> WorkerMachine.Circumstances {
    WorkerMachine.Circumstances(now: beginning, random: 0.5)
  }

  /// Steps at which an incident finds a worker, with what has brought it there.
  enum Start: Sendable {
    case connecting, connected, pacing, performing, undoing, pausingBeforeRetry, ending, recording
    /// With the end of task a, which wasn't answered.
    case settling
    /// The same, when nothing else is left.
    case awaiting

    var inputs: [WorkerMachine.Input] {
      switch self {
      case .connecting: []
      case .connected: [.connected]
      case .pacing: Self.connected.inputs + [.ended(claim(1))]
      case .performing: Self.pacing.inputs + [.paused]
      case .undoing: Self.performing.inputs + [.performFailed(failure(.deadlock))]
      case .pausingBeforeRetry: Self.undoing.inputs + [.undone]
      case .ending: Self.performing.inputs + [.performed(outcome(.copied))]
      case .recording: Self.performing.inputs + [.taskFailed(TaskFailure(.tiered), isClaimed: true)]
      case .settling: Self.ending.inputs + Self.losing
      case .awaiting:
        Self.settling.inputs + [
          .looked(isCommitted: nil), .ended(nil), .released, .ended(nil), .released,
        ]
      }
    }

    private static let losing: [WorkerMachine.Input] = [
      .endFailed(failure(.lost, targetIsUsable: false)), .lossNoted(isTooMany: false), .waited, .connected,
    ]
  }

  /// What the worker does, action by action.
  func actions() -> [String] {
    var machine = WorkerMachine(
      retry: RetryPolicy(budget: .seconds(60), base: .milliseconds(100), cap: .seconds(10)),
      timeOfLostSessions: .seconds(30))
    _ = machine.start()
    for input in start.inputs { _ = machine.handle(input, Self.circumstances()) }
    return course.map { machine.handle($0.input, $0.circumstances).text }
  }
}

infix operator => : AssignmentPrecedence

/// What happens, and the action that follows.
func => (input: WorkerMachine.Input, action: String) -> Incident.Happening {
  Incident.Happening(input: input, action: action)
}

/// Tasks are called by letters: 1 is a.
private func letter(_ priority: Int64) -> String {
  String(UnicodeScalar(UInt8(ascii: "a") + UInt8(priority - 1)))
}

func claim(_ number: Int64, snapshot: String? = nil) -> TaskTransaction.Claim {
  let task = BackfillTask(
    priority: number, chunk: QualifiedName("s", letter(number)), targetHypertable: QualifiedName("s", "h"),
    targetChunk: nil, snapshot: snapshot)
  return TaskTransaction.Claim(
    task: task, place: TaskTransaction.Place(isRetried: false, priority: number))
}

func outcome(_ kind: TaskOutcome.Kind) -> TaskOutcome { TaskOutcome(kind: kind, closing: "") }

extension WorkerMachine.Action {
  var text: String {
    switch self {
    case .connect: "connect"
    case .reconnect(let wait, _, let endsEarly):
      "reconnect in \(milliseconds(wait))" + (endsEarly ? ", if anything is left" : "")
    case .finish(.finished): "finished"
    case .finish(.drained): "drained"
    case .finish(.cancelled): "cancelled"
    case .finish(.failed(let error)): "failed: \(error.message ?? "\(error.reason)")"
    case .step(let step): step.text
    }
  }
}

extension WorkerMachine.Step {
  fileprivate var text: String {
    switch self {
    case .look(let lost):
      "look for \(letter(lost.task.priority))'s \(lost.finishing != nil ? "commit" : lost.failing != nil ? "failure" : "mark")"
    case .end(let ending): ending.text
    case .report(.finished(let finished)): "report \(letter(finished.attempt.task.priority)) done"
    case .report(.failed(let failed)): "report \(letter(failed.task.priority)) failed"
    case .perform(let task, let isAnnounced):
      "perform \(letter(task.priority))" + (isAnnounced ? " again" : "")
    case .undo: "undo"
    case .release: "roll back"
    case .pause(.beforeRetry(let wait, _)): "pause \(milliseconds(wait)) before another try"
    case .pause(.beforeClaim(let wait)): "pause \(milliseconds(wait)) before another claim"
    case .pause(.untilResumed): "pause until resumed"
    case .pause(.pace): "pace"
    case .noteLoss(let task): "note the loss of \(letter(task.priority))"
    }
  }
}

extension WorkerMachine.Ending {
  fileprivate var text: String {
    let end: [String] =
      switch news {
      case .finished(let finished): ["commit \(letter(finished.attempt.task.priority))"]
      case .failed(let failed):
        [
          "record \(letter(failed.task.priority)) failed: \(failed.failure.text)"
            + (failed.isPlain ? ", plainly" : "") + (failed.isClaimed ? "" : ", without a claim")
        ]
      case nil: []
      }
    let claim = claims ? ["claim" + (place.map { " after \(letter($0.priority))" } ?? "")] : []
    return (end + claim).joined(separator: "; ")
  }
}

extension TaskFailure {
  fileprivate var text: String {
    switch self {
    case .server(let error): "\(error)"
    case .chunk(let problem): "\(problem)"
    case .copying(let problem): "\(problem)"
    case .archive(let fault): "\(fault)"
    }
  }
}

private func milliseconds(_ duration: Duration) -> String { "\(Int(duration / .milliseconds(1))) ms" }
