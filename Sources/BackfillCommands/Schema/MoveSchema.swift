import Postgres
import TimescaleDB
public import Waiting

/// `schema`: brings roles, database, schema and the rows of ordinary tables to the target, by PostgreSQL's own client
/// programs, and ends with jobs off and empty hypertables.
public struct MoveSchema: Sendable {
  static let purpose = "schema"

  public var endpoints: Endpoints
  public var options: SchemaOptions

  public init(endpoints: Endpoints, options: SchemaOptions) {
    self.endpoints = endpoints
    self.options = options
  }

  /// - Throws: `CommandFailure`. What was done until then stays, and running it again goes on from there; a restore that
  ///   did not fit into one transaction has to be undone by a person first, who is told how.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> SchemaResult {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let started = ContinuousClock.now
        guard !options.onlyRows else {
          var result = try RowMove(
            endpoints: endpoints, selection: options.selection, interrupt: interrupt, reporter: reporter
          ).perform()
          result.duration = ContinuousClock.now - started
          return result
        }
        let directory = try WorkingDirectory(in: options.environment["TMPDIR"])
        guard let plan = try plan(interrupt, reporter, directory) else { return SchemaResult() }
        guard !options.prints else {
          var result = SchemaResult()
          result.script = SchemaScript(plan)
          return result
        }
        let transfer = SchemaTransfer(
          plan: plan, endpoints: endpoints, interrupt: interrupt, reporter: reporter, directory: directory)
        var result = try transfer.perform()
        result.duration = ContinuousClock.now - started
        return result
      }
    }
  }

  /// Its sessions end with it: a database is made without anybody in it.
  private func plan(
    _ interrupt: Interrupt, _ reporter: any Reporter, _ directory: WorkingDirectory
  ) throws -> SchemaPlan? {
    let source = try Databases.session(
      endpoints.source, side: .source, purpose: Self.purpose, interrupt: interrupt)
    let target = try SchemaTarget.open(
      endpoints.target, mayBeMissing: !options.isManaged, interrupt: interrupt)
    return try SchemaPlanner(
      options: options, interrupt: interrupt, reporter: reporter, directory: directory
    ).plan(source: source, target: target)
  }
}
