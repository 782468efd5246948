import BackfillCommands
import ChunkCatalog
import JSONValues
import Postgres

/// What several documents and lines tell of: databases, problems, tasks, and who is in the way.

extension JSON {
  static func database(_ database: ConnectedDatabase?) -> JSON {
    guard let database else { return .null }
    return .members(database.members)
  }

  static func name(_ name: QualifiedName?) -> JSON { .text(name?.description) }

  static func names(_ names: some Sequence<some CustomStringConvertible>) -> JSON {
    .array(names.map { .text("\($0)") })
  }

  /// nil where no time passed.
  static func rate(_ count: Int64, in duration: Duration) -> JSON {
    let seconds = duration / .seconds(1)
    return seconds > 0 ? .number(Double(count) / seconds) : .null
  }
}

extension ConnectedDatabase {
  var members: [JSON.Member] {
    [
      JSON.Member("address", .text(address)), JSON.Member("database", .text(database)),
      JSON.Member("user", .text(user)), JSON.Member("postgresql", .text(postgresVersion)),
      JSON.Member("timescaledb", .text(timescaleVersion)),
    ]
  }
}

extension Message {
  /// A problem, as documents have it.
  var members: [JSON.Member] {
    [
      JSON.Member("code", .text(facts.code)), JSON.Member("message", .text(text)),
      JSON.Member("detail", .text(facts.detail)), JSON.Member("hint", .text(hint)),
      JSON.Member("side", .text(facts.side)), JSON.Member("sqlstate", .text(facts.sqlState)),
      JSON.Member("object", .text(facts.object)),
    ]
  }

  var json: JSON { .members(members) }
}

extension TaskPlace {
  var json: JSON {
    .object([
      "priority": .integer(priority), "hypertable": .name(place.hypertable), "chunk": .name(chunk),
      "from": place.from?.json ?? .null, "to": place.to?.json ?? .null, "part": .integer(part?.number),
      "parts": .integer(part?.count),
    ])
  }
}

extension TimePoint {
  var json: JSON {
    switch self {
    case .beginning, .end: .null
    case .time(let time), .localTime(let time): .text(time.rfc3339)
    case .date(let day): .text(day.date)
    case .number(let number): .integer(number)
    }
  }
}

extension TimeText {
  /// As the server writes it, which is how an option takes it.
  var json: JSON {
    switch self {
    case .beginning, .end: .null
    case .time(let text): .text(text)
    }
  }
}

extension Holder {
  var json: JSON { owner.json(isRun: isOurs) }
}

extension LockOwner {
  /// A holder.
  fileprivate func json(isRun: Bool) -> JSON {
    switch self {
    case .session(let session):
      Self.holder(
        session.process, session.application, session.role, session.address, session.state, session.since,
        isRun)
    case .preparedTransaction(let name, let role, let since):
      Self.holder(nil, name, role, nil, nil, since, isRun)
    case .unknown: Self.holder(nil, nil, nil, nil, nil, nil, isRun)
    }
  }

  private static func holder(
    _ process: Int64?, _ name: String?, _ role: String?, _ address: String?, _ state: String?,
    _ since: Timestamp?, _ isRun: Bool
  ) -> JSON {
    .object([
      "backend": .integer(process), "name": .text(name), "user": .text(role), "host": .text(address),
      "state": .text(state), "since": .text(since?.rfc3339), "is_run": .flag(isRun),
    ])
  }
}

extension HeldChunk {
  var json: JSON {
    .object(["chunk": .name(chunk), "holder": holder == .unknown ? .null : holder.json(isRun: false)])
  }
}
