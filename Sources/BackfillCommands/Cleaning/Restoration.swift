import ChunkCatalog
import Postgres
import TaskEngine
import TimescaleDB
import Waiting

/// Restores what split chunks go without that weren't copied to their last part. Each piece comes back in a transaction
/// of its own, together with the end of its note: what is done stays done, and what can't be done keeps its note.
struct Restoration {
  let interrupt: Interrupt
  let reporter: any Reporter

  /// - Returns: how many chunks got something back.
  /// - Throws: `CommandFailure` when something is still missing in the end, each told by a warning with what to run.
  func perform(_ session: borrowing Connection) throws -> Int {
    guard try Split.exists(on: session) else { return 0 }
    // A queue of an earlier version noted less.
    try session.execute(QueueSchema.upgrade, doing: "bringing the queue up to date")
    guard let installation = try Installation.find(on: session) else { return 0 }
    let deferred = try DeferredObject.all(on: session, extensionSchema: installation.schema)
    guard !deferred.isEmpty else { return 0 }
    reporter.report(.note(.clean(.restoring)))
    var restored: Set<QualifiedName> = []
    var failed = 0
    for object in deferred {
      guard interrupt.stage == .running else {
        throw CommandFailure.stopped(.beforeCleaning)
      }
      if let obstacle = try restore(object, on: session) {
        failed += 1
        reporter.report(.warning(.clean(.notRestored(obstacle, object))))
      } else {
        restored.insert(object.chunk)
      }
    }
    guard failed == 0 else {
      throw CommandFailure.failed(.clean(.incomplete(failed: failed, of: deferred.count)))
    }
    return restored.count
  }

  /// - Returns: why it could not be restored; nil when it was.
  private func restore(_ object: DeferredObject, on session: borrowing Connection) throws
    -> RestorationObstacle?
  {
    guard let statement = object.statement else { return .unknownDefinition }
    do throws(PostgresError) {
      let operation = "restoring what chunk \(object.chunk) goes without"
      try LockRetry(interrupt: interrupt, reporter: reporter).transact(
        on: session, locking: [object.relation], doing: operation
      ) { session, opening, _ throws(PostgresError) in
        try session.execute(opening + statement + ";" + object.forgetting, doing: operation)
      }
      return nil
    } catch {
      guard error.kind == .refusedByServer, session.isUsable else { throw error }
      return .server(error)
    }
  }
}
