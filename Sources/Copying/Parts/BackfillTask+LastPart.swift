import ChunkCatalog
import Postgres
import TaskEngine

extension BackfillTask.Part {
  /// What the task has to do as the last part of its chunk: nothing for the others.
  ///
  /// - Throws: `PostgresError`; `TaskFailure` where something that was put off can't be put back. The note of it stays.
  func finishing(
    _ task: BackfillTask, extensionSchema: Identifier, sessions: borrowing WorkerSessions
  ) throws -> SQL {
    let operation = "ending a part of the chunk"
    try sessions.target.send(
      Split.finishing(task, self, extensionSchema: extensionSchema), doing: operation)
    _ = try sessions.target.nextRows(doing: operation) { _ throws(PostgresError) in () }
    let putOff = try PutOff.answer(on: sessions.target, doing: operation)
    guard !putOff.isEmpty else { return "" }
    var statements: [SQL] = []
    for one in putOff {
      guard let statement = one.statement else { throw TaskFailure(.notPutBack(one)) }
      statements.append(statement)
    }
    let compresses = putOff.contains { $0.kind == Split.Deferred.compression.rawValue }
    for relation in Set(putOff.map(\.relation)) {
      try sessions.lockLate(relation, compresses ? .accessExclusive : .shareRowExclusive, doing: operation)
    }
    let memory =
      CopyStep.raiseMaintenanceMemory.sql(extensionSchema: extensionSchema) ?? ""
    return ([memory] + statements).map { $0 + ";" }.joined(separator: "\n") + "\n" + Split.forget(self)
  }
}
