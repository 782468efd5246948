import Postgres
import TimescaleDB

/// `--until`: a time for all relations, and others for single ones. Each is read as the type of its relation's time.
public struct CompletionPoint: Sendable, Equatable {
  /// The time of one hypertable or continuous aggregate, and of the aggregates on it that have none of their own.
  public struct Exception: Sendable, Equatable {
    /// `schema.table` or `schema.view`, as the names are or as PostgreSQL quotes them.
    public var relation: String
    public var until: String

    public init(relation: String, until: String) {
      self.relation = relation
      self.until = until
    }
  }

  public var general: String
  public var exceptions: [Exception]

  public init(_ general: String, exceptions: [Exception] = []) {
    self.general = general
    self.exceptions = exceptions
  }

  var texts: [String] { [general] + exceptions.map(\.until) }
}

extension CompletionPoint {
  /// Which time is meant for which of the chosen hypertables.
  struct Assignment {
    /// By the hypertables' ids; those that aren't there have the general one.
    fileprivate(set) var exceptions: [Int64: String] = [:]
    /// Names that are none of the chosen hypertables'.
    fileprivate(set) var unknown: [String] = []
  }

  func assigned(to hypertables: [Hypertable]) -> Assignment {
    var result = Assignment()
    var own: [Int64: String] = [:]
    for exception in exceptions {
      let named = hypertables.filter { $0.knownName.isSpelled(exception.relation) }
      if named.isEmpty { result.unknown.append(exception.relation) }
      for hypertable in named { own[hypertable.id] = exception.until }
    }
    let byID = Dictionary(hypertables.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for hypertable in hypertables {
      var ancestor: Hypertable? = hypertable
      while let current = ancestor {
        if let until = own[current.id] {
          result.exceptions[hypertable.id] = until
          break
        }
        ancestor = current.rawHypertableID.flatMap { byID[$0] }
      }
    }
    return result
  }
}

extension QualifiedName {
  /// In either of the spellings that `--filter` is matched against.
  fileprivate func isSpelled(_ text: String) -> Bool {
    func plain(_ identifier: Identifier) -> [String] {
      [identifier.name, identifier.description]
    }
    return plain(schema).contains { schema in
      plain(name).contains { name in "\(schema).\(name)".hasSameBytes(as: text) }
    }
  }
}
