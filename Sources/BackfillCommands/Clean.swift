import ChunkCatalog
public import Postgres

/// `clean`: removes the queue from the target.
public struct Clean: Sendable {
  public var target: ConnectionString

  public init(target: ConnectionString) { self.target = target }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CleanResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let session = try Databases.session(
          target, side: .target, purpose: "clean", interrupt: interrupt)
        try Databases.lock(.exclusive, on: session)
        var result = CleanResult()
        if try QueueSchema.exists(on: session) {
          let counts = try Queue.counts(on: session)
          result.removedTasks = counts.all
          result.uncopiedTasks = counts.uncopied
        }
        try session.execute(QueueSchema.drop, doing: "dropping the __backfill schema")
        return result
      }
    }
  }
}
