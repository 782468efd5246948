import ChunkCatalog
import CopyEngine
import Postgres

/// What `copy` and `verify` do around their workers: check both databases, hold the queue's lock for as long as the
/// run lasts, and count before and after. Lives on a thread of its own, as everything that waits for a server does.
struct QueueSession: Sendable {
  let setting: RunSetting
  let counts: Queue.Counts
  private let held: Held

  /// The session with the lock. Unchecked, as a libpq session may move between threads but not be used by two at
  /// once, which the compiler can't see: it is opened by one thread, left alone while the workers run, and finished by
  /// another that begins after they have ended.
  private final class Held: @unchecked Sendable {
    let connection: Connection

    init(_ connection: consuming Connection) { self.connection = connection }
  }

  /// - Throws: `CommandFailure` when there is no queue, or it is in use by a command that wants it alone.
  static func open(
    _ endpoints: Endpoints, purpose: String, interrupt: Interrupt, reporter: any Reporter
  ) async throws(CommandFailure) -> QueueSession {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let databases = try Databases.open(
          endpoints, purpose: purpose, interrupt: interrupt, reporter: reporter)
        let setting = databases.setting(endpoints, interrupt: interrupt)
        // A session of its own for the lock, as `databases` ends here.
        let lock = try Databases.session(
          endpoints.target, side: .target, purpose: purpose, interrupt: interrupt)
        try Databases.lock(.shared, on: lock)
        guard try QueueSchema.exists(on: lock) else {
          throw CommandFailure.failed("nothing is staged on the target", advice: "run stage first")
        }
        if try !QueueSchema.isComplete(on: lock) {
          try lock.execute(QueueSchema.upgrade, doing: "bringing the queue up to date")
        }
        let counts = try Queue.counts(on: lock)
        return QueueSession(setting: setting, counts: counts, held: Held(lock))
      }
    }
  }

  /// Counts what is left and lets go of the lock.
  ///
  /// - Parameter flushing: makes everything that the workers committed without waiting safe on disk first. One
  ///   synchronous commit does, as the write-ahead log is flushed in order.
  func finish(flushing: Bool) async throws(CommandFailure) -> Queue.Counts {
    let counts = self.counts
    let interrupt = setting.interrupt
    return try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        // After a cancellation nothing may wait any more; what is left is found by the next run.
        guard interrupt.stage != .cancelled else { return counts }
        if flushing {
          try held.connection.execute(
            "SET synchronous_commit = on; UPDATE __backfill.session SET created_at = created_at",
            doing: "making the run's commits durable")
        }
        return try Queue.counts(on: held.connection)
      }
    }
  }
}
