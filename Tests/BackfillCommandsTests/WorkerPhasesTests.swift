import Postgres
import TaskEngine
import Testing

@testable import BackfillCommands

@Suite("What a worker is doing") struct WorkerPhasesTests {
  private func told(_ phase: WorkerPhase) -> String {
    switch phase {
    case .awaitingLock(let processes): "lock of \(processes)"
    case .indexing(let number, let count): "index \(number.map(String.init) ?? "?") of \(count)"
    default: "\(phase)"
    }
  }

  private func wait(_ process: Int64, for holder: Int64) -> OwnActivity.Wait {
    OwnActivity.Wait(
      process: process,
      holder: LockHolder(lock: .relation("c"), session: ServerSession(process: holder)),
      isAmongUs: false)
  }

  private func looks(_ phases: inout WorkerPhases, _ activity: OwnActivity) -> [String] {
    phases.take(activity).map { "\($0.worker): \(told($0.phase))" }
  }

  @Test("is what it says, unless it waits for a lock; and again when it has that") func waiting() {
    var phases = WorkerPhases()
    phases.connect(1, process: 11)
    phases.connect(2, process: 12)
    #expect(told(phases.take(1, .clearing)) == "clearing")
    #expect(told(phases.take(2, .moving)) == "copying")
    let waits = OwnActivity(waits: [wait(11, for: 7), wait(11, for: 8), wait(99, for: 7)])
    #expect(looks(&phases, waits) == ["1: lock of [7, 8]"])
    #expect(looks(&phases, waits) == [])
    #expect(looks(&phases, OwnActivity()) == ["1: clearing"])
    #expect(looks(&phases, OwnActivity()) == [])
  }

  @Test("knows which index it builds, as far as the server tells") func indexes() {
    var phases = WorkerPhases()
    phases.connect(1, process: 11)
    #expect(told(phases.take(1, .indexing(3))) == "index ? of 3")
    func building(_ number: Int) -> OwnActivity { OwnActivity(builds: [.init(process: 11, number: number)]) }
    #expect(looks(&phases, building(1)) == ["1: index 1 of 3"])
    #expect(looks(&phases, building(2)) == ["1: index 2 of 3"])
    // Whatever else is made besides, there are no more than that.
    #expect(looks(&phases, building(5)) == ["1: index 3 of 3"])
    _ = phases.take(1, .clearing)
    // An index that isn't what the worker says that it does.
    #expect(looks(&phases, building(1)) == [])
  }

  @Test("is nothing between two tasks, nor on a session that it has lost") func idle() {
    var phases = WorkerPhases()
    phases.connect(1, process: 11)
    let waits = OwnActivity(waits: [wait(11, for: 7)])
    #expect(looks(&phases, waits) == [])
    _ = phases.take(1, .beginning)
    phases.end(1)
    #expect(looks(&phases, waits) == [])
    phases.connect(1, process: 12)
    _ = phases.take(1, .beginning)
    #expect(looks(&phases, waits) == [])
  }
}
