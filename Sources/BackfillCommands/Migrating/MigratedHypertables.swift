import Postgres
import TimescaleDB

/// The source's hypertables that are migrated.
struct MigratedHypertables {
  let all: [Hypertable]

  /// - Throws: `CommandFailure` where there are none; `PostgresError`.
  static func find(_ selection: Selection, on source: borrowing Connection) throws -> MigratedHypertables {
    let there = try Hypertable.all(on: source)
    let chosen = try selection.chosen(from: there, on: source)
    guard !chosen.isEmpty else {
      throw CommandFailure.failed(.selection(there.isEmpty ? .noHypertables : .nothingMatches))
    }
    return MigratedHypertables(all: chosen)
  }

  /// Those that have a completion point of their own: an aggregate has that of what it is computed from, where that is
  /// migrated too.
  var roots: [Hypertable] {
    let ids = Set(all.map(\.id))
    let links = Dictionary(all.map { ($0.id, $0.rawHypertableID) }, uniquingKeysWith: { first, _ in first })
    return all.filter { hypertable in
      var ancestor = hypertable.rawHypertableID
      while let id = ancestor {
        if ids.contains(id) { return false }
        ancestor = links[id] ?? nil
      }
      return true
    }
  }
}

extension TimeType {
  /// Its values are points of time that every clock agrees on, so that the time of day says which of them have come.
  /// A timestamp without a zone may be of any.
  var followsClock: Bool {
    switch self {
    case .timestamptz, .date, .uuid: true
    case .timestamp, .bigint, .integer, .smallint: false
    }
  }
}
