import ChunkCatalog
import Postgres
import Waiting

/// One thread with two sessions that takes task after task until there are none, the run is stopped, or it can't go
/// on. What it does next `WorkerMachine` says; it performs the actions and tells the machine how they went.
struct Worker: Sendable {
  let number: Int
  let work: any TaskWork
  let setting: RunSetting
  let purpose: String
  let observe: @Sendable (PoolEvent) -> Void

  var control: RunControl { setting.control }

  func run() -> WorkerEnd {
    var machine = WorkerMachine(retry: control.retry, timeOfLostSessions: control.timeOfLostSessions)
    var action = machine.start()
    while true {
      switch action {
      case .connect: action = connect(&machine)
      case .reconnect(let wait, let error, let endsEarly):
        observe(.reconnecting(worker: number, error: error, wait: wait))
        control.pause(wait) { endsEarly && control.nothingIsLeft }
        action = machine.handle(.waited, circumstances)
      case .finish(let end):
        if case .finished = end { control.nothingIsLeft = true }
        return end
      case .step: return .failed(.unforeseen("there are no sessions for \(action)"))
      }
    }
  }

  /// Opens the sessions and performs what needs them. They end with the first action that doesn't.
  private func connect(_ machine: inout WorkerMachine) -> WorkerMachine.Action {
    do throws(PostgresError) {
      let sessions = try WorkerSessions.open(setting, for: work, purpose: purpose)
      observe(.connected(worker: number, process: sessions.targetProcess))
      let runner = ActionRunner(number: number, work: work, setting: setting, observe: observe)
      var action = machine.handle(.connected, circumstances)
      while case .step(let step) = action {
        let input = runner.perform(step, on: sessions)
        action = machine.handle(input, circumstances)
      }
      return action
    } catch {
      return machine.handle(.connectionFailed(error), circumstances)
    }
  }

  private var circumstances: WorkerMachine.Circumstances {
    WorkerMachine.Circumstances(
      now: .now, random: .random(in: 0..<1), isStopping: control.isStopping,
      isCancelled: control.interrupt.stage == .cancelled, isWanted: number <= control.parallelism,
      nothingIsLeft: control.nothingIsLeft)
  }
}
