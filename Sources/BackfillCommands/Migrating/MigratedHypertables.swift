import Postgres
import TimescaleDB

/// The source's hypertables that are migrated.
struct MigratedHypertables {
  let all: [Hypertable]

  /// - Throws: `CommandFailure` where there are none; `PostgresError`.
  static func find(_ selection: Selection, on source: borrowing Connection) throws -> MigratedHypertables {
    MigratedHypertables(all: try selection.some(of: try Hypertable.all(on: source), on: source).chosen)
  }

  /// Those that have a completion point of their own: an aggregate has that of what it is computed from, where that is
  /// migrated too.
  var roots: [Hypertable] {
    let ids = Set(all.map(\.id))
    return all.filter { $0.rawHypertableID.map(ids.contains) != true }
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
