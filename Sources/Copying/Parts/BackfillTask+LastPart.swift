import ChunkCatalog
import Postgres
import TaskEngine

extension BackfillTask.Part {
  /// What the task has to do as the last part of its chunk: nothing for the others.
  ///
  /// - Throws: `PostgresError`; `TaskFailure` where something that was deferred can't be restored. The note of it stays.
  func finishing(
    _ task: BackfillTask, extensionSchema: Identifier, sessions: borrowing WorkerSessions,
    tell: (TaskNews) -> Void
  ) throws -> SQL {
    let operation = "ending a part of the chunk"
    try sessions.target.send(
      Split.finishing(task, self, extensionSchema: extensionSchema), doing: operation)
    _ = try sessions.target.nextRows(doing: operation) { _ throws(PostgresError) in () }
    let deferred = try DeferredObject.answer(on: sessions.target, doing: operation)
    guard !deferred.isEmpty else { return "" }
    var statements: [SQL] = []
    for object in deferred {
      guard let statement = object.statement else { throw TaskFailure(.notRestored(object)) }
      statements.append(statement)
    }
    let compresses = deferred.contains { $0.kind == DeferredObject.Kind.compression.rawValue }
    for relation in Set(deferred.map(\.relation)) {
      try sessions.lockLate(relation, compresses ? .accessExclusive : .shareRowExclusive, doing: operation)
    }
    let indexes = deferred.count { $0.kind == DeferredObject.Kind.index.rawValue }
    if indexes > 0 || compresses { tell(.phase(indexes > 0 ? .indexing(indexes) : .compressing)) }
    let memory =
      CopyStep.raiseMaintenanceMemory.sql(extensionSchema: extensionSchema) ?? ""
    return ([memory] + statements).map { $0 + ";" }.joined(separator: "\n") + "\n" + Split.forget(self)
  }
}
