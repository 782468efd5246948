public import Postgres
import TimescaleDB
public import Waiting

/// `refresh-caggs --watermarks-to`: reads of the source what a refresh of the target has to know. Only reads.
public struct ReadWatermarks: Sendable {
  public var source: ConnectionString
  public var selection: Selection

  public init(source: ConnectionString, selection: Selection) {
    self.source = source
    self.selection = selection
  }

  /// What was read.
  public struct Result: Sendable {
    /// For a file.
    public var text: String
    public var aggregates: Int
  }

  /// - Throws: `CommandFailure`.
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> Result {
    try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting { try read(interrupt: interrupt, reporter: reporter) }
    }
  }

  private func read(interrupt: Interrupt, reporter: any Reporter) throws -> Result {
    let session = try Databases.session(
      source, side: .source, purpose: "refresh-caggs", interrupt: interrupt)
    let installation = try Databases.installation(on: session)
    reporter.report(.connected(ConnectedDatabase(session, installation)))
    try session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", doing: "reading watermarks")
    let aggregates = try SourceAggregates.find(selection, on: session, installation)
    let text = try WatermarkFile.text(of: aggregates, on: session)
    try session.execute("COMMIT", doing: "reading watermarks")
    return Result(text: text, aggregates: aggregates.aggregates.count)
  }
}
