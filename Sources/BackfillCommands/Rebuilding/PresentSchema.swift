import Postgres
import TimescaleDB

/// What the target has already of what the source has.
struct PresentSchema {
  var objects: Set<ObjectAddress> = []
  var definitions = PresentDefinitions()

  /// - Throws: `PostgresError`.
  static func find(
    _ contents: ArchiveContents, _ source: borrowing Connection, _ target: borrowing Connection
  ) throws(PostgresError) -> PresentSchema {
    PresentSchema(
      objects: try PresentObjects.find(contents, source, target),
      definitions: try PresentDefinitions.find(on: target))
  }

  /// Makes sure that the target still has what was therefore not made.
  ///
  /// - Parameter now: what it has since the rest was made.
  /// - Throws: `CommandFailure` with what somebody has dropped.
  func refuseLosses(_ reading: RebuildReading, now: PresentSchema) throws(CommandFailure) {
    let objects = objects.subtracting(now.objects)
    let entries = reading.contents.entries.filter { $0.address.map(objects.contains) ?? false }
    let jobs = reading.definitions.jobs.filter { definitions.has($0) && !now.definitions.has($0) }
    guard !entries.isEmpty || !jobs.isEmpty else { return }
    throw .failed(
      .definition(
        .droppedMeanwhile(
          entries.map(\.text),
          jobs: jobs.map(\.job.identity).map { .job(procedure: $0.procedure, relation: $0.relation) })))
  }
}
