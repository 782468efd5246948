import ChunkCatalog
import Loading
import Postgres
import Waiting

/// Finds the load that goes on, or begins one, and makes it this run's.
struct LoadOpening {
  let inputs: LoadInputs
  let wanted: RecordedLoad
  let run: String
  let isAgain: Bool
  let interrupt: Interrupt

  /// How long another process is waited for that was killed: its server processes may take that long to notice.
  private static let patience = Duration.seconds(10)

  /// - Returns: the load, with what of it is in.
  /// - Throws: `CommandFailure`; `PostgresError`.
  func perform(on session: borrowing Connection) throws -> (load: RecordedLoad, marks: [LoadMark]) {
    let deadline = ContinuousClock.now + Self.patience
    while true {
      if let opened = try attempt(on: session) {
        try refuseEmptied(opened.marks, on: session)
        return opened
      }
      guard ContinuousClock.now < deadline, interrupt.stage == .running else {
        throw CommandFailure.failed(.load(.inUse))
      }
      interrupt.sleep(.milliseconds(200), until: .draining)
    }
  }

  /// A person who empties the table to begin anew would get what is left of the files.
  private func refuseEmptied(_ marks: [LoadMark], on session: borrowing Connection) throws {
    let rows = marks.reduce(0) { $0 + $1.outcome.rows }
    guard rows > 0 else { return }
    guard try session.hasRows(in: wanted.table, doing: "looking for what was loaded") else {
      throw CommandFailure.failed(.load(.table(.emptied(wanted.table, rows: rows))))
    }
  }

  /// - Returns: nil where another process has the load.
  private func attempt(on session: borrowing Connection) throws -> (load: RecordedLoad, marks: [LoadMark])? {
    let operation = "recording the load"
    do {
      try session.execute(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;\n" + QueueTrust.guarding, doing: operation)
      try session.execute(LoadRecord.opening, doing: operation)
      var load = wanted
      switch LoadDecision(
        try RecordedLoad.all(into: wanted.table, of: inputs.identities.map(\.path), on: session),
        files: inputs.identities, wanted: wanted, isAgain: isAgain)
      {
      case .refuse(let finding): throw CommandFailure.failed(.load(finding))
      case .resume(let begun): load = begun
      case .begin(let forgotten):
        for id in forgotten {
          guard try LoadRecord.take(id, on: session) else {
            session.rollBack()
            return nil
          }
        }
        try session.execute(RecordedLoad.forgetting(forgotten), doing: operation)
        load.id = try wanted.insert(run: run, on: session)
      }
      guard try LoadRecord.take(load.id, on: session) else {
        session.rollBack()
        return nil
      }
      try session.execute(RecordedLoad.handing(load.id, to: run) + "COMMIT", doing: operation)
      return (load, try LoadMark.all(of: load.id, on: session))
    } catch {
      session.rollBack()
      throw error
    }
  }
}
