import ChunkCatalog
public import Postgres
public import Waiting

/// `report`: what the queue on the target tells of the whole migration. Only reads, and only the target.
public struct Report: Sendable {
  public var target: ConnectionString

  public init(target: ConnectionString) { self.target = target }

  /// - Throws: `CommandFailure`; also where there is no queue to tell of.
  public func run(
    interrupt: Interrupt, reporter: any Reporter
  ) async throws(CommandFailure) -> MigrationReport {
    try await DedicatedThread.run { () throws(CommandFailure) in
      let session = try Databases.session(target, side: .target, purpose: "report", interrupt: interrupt)
      let found: QueueRecord
      do throws(PostgresError) {
        try session.execute(QueueRecord.preparation, doing: "preparing the session")
        found = try QueueRecord.read(on: session)
      } catch {
        throw CommandFailure(error)
      }
      let shape = found.shape
      let database = ConnectedDatabase(session, shape)
      reporter.report(.connected(database))
      guard shape.hasQueue else { throw .failed(.queue(.absentForReport)) }
      guard shape.reads("task") else {
        throw .failed(.status(.unreadableQueue(role: Identifier(shape.role))))
      }
      for note in StatusResult.notes(shape, tables: QueueRecord.tablesBeside) {
        reporter.report(.warning(.status(note)))
      }
      return MigrationReport(found, database)
    }
  }
}
