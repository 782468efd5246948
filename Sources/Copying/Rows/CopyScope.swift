internal import ChunkCatalog
internal import Postgres
internal import TaskEngine

/// A COPY in progress, from its source into its sink. However it ends, nothing of it is left on either session.
struct CopyScope<Source: RowSource, Sink: RowSink> {
  let source: Source
  let sink: Sink

  /// Copies all rows.
  ///
  /// - Parameters:
  ///   - statements: for the target, sent ahead of its COPY in the same message.
  ///   - operation: for error messages, what these do.
  ///   - look: is shown the answers to these.
  ///   - tell: called with bytes of COPY data as they go, and when they begin to.
  /// - Throws: `PostgresError`; `TaskFailure` when not all rows arrived, or the source's rows aren't the described ones.
  func run(
    behind statements: SQL, doing operation: String, _ sessions: borrowing WorkerSessions,
    _ look: (borrowing QueryResult) throws(PostgresError) -> Void, tell: (TaskNews) -> Void
  ) throws -> StreamedRows {
    do {
      try source.ask(sessions)
      try sink.begin(behind: statements, on: sessions.target, doing: operation, look)
      tell(.phase(.moving))
      let streamed = try source.stream(sessions) { tell(.moved(bytes: $0)) }
      guard streamed.sent == streamed.taken else {
        throw TaskFailure(.rowsLost(sent: streamed.sent, taken: streamed.taken, into: sink.name))
      }
      try sink.finish(on: sessions.target)
      try source.confirm(sessions)
      return streamed
    } catch {
      let reason = source.abandon(after: error, sessions)
      sink.abandon(on: sessions.target)
      throw reason
    }
  }
}
