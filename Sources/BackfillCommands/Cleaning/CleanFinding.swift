public import ChunkCatalog
public import Postgres

/// What is found when a queue is removed.
public enum CleanFinding: Sendable {
  case uncopied(tasks: Int, of: Int)
  /// Chunks get back what they go without.
  case restoring
  case notRestored(RestorationObstacle, DeferredObject)
  case incomplete(failed: Int, of: Int)
  /// Loads of files that aren't done: without their marks they would begin anew.
  case unfinishedLoads(Int)
}

/// Why something that a chunk goes without isn't back.
public enum RestorationObstacle: Sendable {
  /// The hypertable has none like it any more.
  case unknownDefinition
  case server(PostgresError)
}

extension CleanFinding: FindingFacts {
  var code: String {
    switch self {
    case .uncopied: "uncopied-tasks"
    case .restoring: "restoring-indexes"
    case .notRestored: "not-restored"
    case .incomplete: "restoration-incomplete"
    case .unfinishedLoads: "unfinished-loads"
    }
  }

  var error: PostgresError? {
    if case .notRestored(.server(let error), _) = self { error } else { nil }
  }

  var side: Side? { .target }

  var object: String? {
    if case .notRestored(_, let object) = self { object.chunk.description } else { nil }
  }
}
