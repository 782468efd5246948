import ChunkCatalog
public import Postgres
import TimescaleDB

/// `clean`: removes the queue from the target.
public struct Clean: Sendable {
  public var target: ConnectionString

  public init(target: ConnectionString) { self.target = target }

  /// - Throws: `CommandFailure`; also when something that chunks go without could not be put back. Then the queue stays.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CleanResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let session = try Databases.session(
          target, side: .target, purpose: "clean", interrupt: interrupt)
        try Databases.lock(.exclusive, on: session, interrupt: interrupt)
        var result = CleanResult()
        if try QueueSchema.exists(on: session) {
          let counts = try Queue.counts(on: session)
          result.removedTasks = counts.all
          result.uncopiedTasks = counts.uncopied
        }
        if result.removedTasks != nil {
          result.restoredChunks = try Restoration(interrupt: interrupt, reporter: reporter).perform(session)
        }
        try session.execute(QueueSchema.drop, doing: "dropping the __backfill schema")
        return result
      }
    }
  }
}
