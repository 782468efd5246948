import ChunkCatalog
public import Postgres
import TimescaleDB

/// `clean`: removes the queue from the target.
public struct Clean: Sendable {
  public var target: ConnectionString
  /// Removes a queue with tasks that haven't been copied, too.
  public var isForced: Bool

  public init(target: ConnectionString, isForced: Bool = false) {
    self.target = target
    self.isForced = isForced
  }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CleanResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let session = try Databases.session(
          target, side: .target, purpose: "clean", interrupt: interrupt)
        if let connected = try ConnectedDatabase.find(on: session) { reporter.report(.connected(connected)) }
        try Databases.lock(.exclusive, on: session, interrupt: interrupt)
        var result = CleanResult()
        if try QueueSchema.exists(on: session) {
          let counts = try Queue.counts(on: session)
          result.removedTasks = counts.all
          result.uncopiedTasks = counts.uncopied
          guard counts.uncopied == 0 || isForced else {
            throw CommandFailure.failed(
              "\(counts.uncopied) of the queue's \(counts.all) tasks have not been copied",
              advice: "run copy first, or clean --force to remove the queue all the same")
          }
        }
        try session.execute("BEGIN", doing: "dropping the __backfill schema")
        if result.removedTasks != nil, try QueueSchema.isComplete(on: session) {
          result.restoredChunks = try restore(session, reporter: reporter)
        }
        try session.execute(QueueSchema.drop + "; COMMIT", doing: "dropping the __backfill schema")
        return result
      }
    }
  }

  /// Split chunks that weren't copied to their last part go without indexes; these come back now, in the transaction
  /// that drops the queue.
  ///
  /// - Returns: how many chunks there are of that kind.
  private func restore(_ session: borrowing Connection, reporter: any Reporter) throws -> Int {
    let operation = "making indexes of chunks that are copied in part"
    let chunks = try Split.unfinishedChunks(on: session)
    guard !chunks.isEmpty, let installation = try Installation.find(on: session) else { return 0 }
    reporter.report(.note("Making indexes again: chunks that are copied in part go without"))
    let statements = try session.query(
      Split.unfinished(extensionSchema: installation.schema), doing: operation
    ) { row throws(PostgresError) in try Split.restoration(row) }
    for statement in statements { try session.execute(statement, doing: operation) }
    return chunks.count
  }
}
