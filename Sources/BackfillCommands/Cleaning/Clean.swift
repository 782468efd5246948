import ChunkCatalog
public import Postgres
import TimescaleDB
public import Waiting

/// `clean`: removes the queue from the target.
public struct Clean: Sendable {
  public var target: ConnectionString
  /// Removes a queue with tasks that haven't been copied, too.
  public var isForced: Bool

  public init(target: ConnectionString, isForced: Bool = false) {
    self.target = target
    self.isForced = isForced
  }

  /// - Throws: `CommandFailure`; also when something that chunks go without could not be restored. Then the queue stays.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> CleanResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let session = try Databases.session(
          target, side: .target, purpose: "clean", interrupt: interrupt)
        let connected = try ConnectedDatabase.find(on: session)
        if let connected { reporter.report(.connected(connected)) }
        try Databases.lock(.exclusive, on: session, interrupt: interrupt)
        var result = CleanResult()
        // Looks at whose the schema is, before anything in it is read.
        let hasQueue = try QueueSchema.exists(on: session)
        let loads = try LoadRecord.counts(on: session)
        guard loads.unfinished == 0 || isForced else {
          throw CommandFailure.failed(.clean(.unfinishedLoads(loads.unfinished)))
        }
        result.removedLoads = loads.all
        if hasQueue {
          let counts = try Queue.counts(on: session)
          result.removedTasks = counts.all
          let uncopied = try counts.uncopied + (connected == nil ? 0 : Queue.replaced(on: session))
          result.uncopiedTasks = uncopied
          guard uncopied == 0 || isForced else {
            throw CommandFailure.failed(.clean(.uncopied(tasks: uncopied, of: counts.all)))
          }
        }
        if result.removedTasks != nil {
          result.restoredChunks = try Restoration(interrupt: interrupt, reporter: reporter).perform(session)
        }
        result.recordedJobs = try QueueSchema.drop(on: session)
        if result.recordedJobs > 0 {
          reporter.report(.warning(.jobs(.stillOff(jobs: result.recordedJobs))))
        }
        return result
      }
    }
  }
}
