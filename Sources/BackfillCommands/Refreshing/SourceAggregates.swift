import ChunkCatalog
import Postgres
import TimescaleDB

/// What a refresh has to know of the source: asked of it, or told by a file.
struct SourceAggregates {
  let fingerprint: Fingerprint
  let database: RecordedDatabase
  /// Those to be refreshed.
  var aggregates: [Watermark]
  /// What these are computed from, themselves or through others, by the ids of hypertables.
  let links: [Int64: Link]
  /// What the source has in its aggregates, by their ids; nil where it can be asked.
  let listed: [Int64: ListedBuckets]?

  /// A hypertable of the source.
  struct Link: Equatable {
    var name: QualifiedName
    var timeColumn: Identifier?
    /// What it is computed from, if it is an aggregate's.
    var rawHypertableID: Int64?
  }

  /// Asks the source.
  ///
  /// - Throws: `CommandFailure` for a selection of nothing; `PostgresError`.
  static func find(
    _ selection: Selection, on source: borrowing Connection, _ installation: Installation
  ) throws -> SourceAggregates {
    let hypertables = try Hypertable.all(on: source)
    let chosen = try selection.chosenAggregates(
      try Watermark.all(on: source), \.materializedID, of: hypertables, on: source)
    let links = hypertables.map {
      (
        $0.id,
        Link(name: $0.name, timeColumn: $0.timeDimension?.column, rawHypertableID: $0.rawHypertableID)
      )
    }
    return SourceAggregates(
      fingerprint: try Fingerprint.find(on: source),
      database: ConnectedDatabase(source, installation).recorded, aggregates: chosen,
      links: Dictionary(links, uniquingKeysWith: { first, _ in first }), listed: nil)
  }
}

extension Selection {
  /// Those of some aggregates that are asked for, in the order given.
  ///
  /// - Parameter id: of an aggregate's hypertable.
  /// - Throws: `CommandFailure` for a selection of nothing.
  func chosenAggregates<Aggregate>(
    _ aggregates: [Aggregate], _ id: (Aggregate) -> Int64?, of hypertables: [Hypertable],
    on connection: borrowing Connection
  ) throws(CommandFailure) -> [Aggregate] {
    let ids = Set(try chosen(from: hypertables, on: connection).map(\.id))
    let chosen = aggregates.filter { id($0).map(ids.contains) ?? false }
    guard filter == nil || !chosen.isEmpty else {
      throw .failed(.selection(ids.isEmpty ? .nothingMatches : .noAggregateMatches))
    }
    return chosen
  }
}
