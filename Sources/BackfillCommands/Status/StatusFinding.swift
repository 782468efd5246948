public import Postgres

/// What `status` can't see.
public enum StatusFinding: Sendable, Equatable {
  /// The role may not read the tasks.
  case unreadableQueue(role: Identifier)
  /// The role may not read some of the queue's other tables.
  case unreadableTables([String], role: Identifier)
  /// The role may not see what sessions of other roles do.
  case hiddenSessions(role: Identifier)
  /// The queue belongs to a role that is nobody to the current one.
  case strangersQueue(owner: Identifier)
}

extension StatusFinding: FindingFacts {
  var code: String {
    switch self {
    case .unreadableQueue: "unreadable-queue"
    case .unreadableTables: "unreadable-tables"
    case .hiddenSessions: "hidden-sessions"
    case .strangersQueue: "strangers-queue"
    }
  }

  var side: Side? { .target }

  var object: String? {
    switch self {
    case .unreadableQueue(let role), .unreadableTables(_, let role), .hiddenSessions(let role): role.name
    case .strangersQueue(let owner): owner.name
    }
  }
}
