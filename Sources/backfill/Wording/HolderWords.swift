import Postgres

extension ServerSession {
  /// `"psql" from 10.0.0.7 (server process 4711) since 2026-01-02 03:04:05 UTC`
  var shown: String { shown(role: nil, since: "since") }

  /// - Parameters:
  ///   - role: shown behind the program, where it is known.
  ///   - since: what stands before the time.
  fileprivate func shown(role: String?, since phrase: String) -> String {
    let words: [String?] = [
      "\"\(application ?? "a session")\"", role.map { "of \($0)" }, "from \(address ?? "this host")",
      "(server process \(process))", since.map { "\(phrase) \($0.wholeUTC)" },
    ]
    return SafeText.line(words.compactMap { $0 }.joined(separator: " "))
  }
}

extension LockOwner {
  var shown: String {
    switch self {
    case .session(let session): session.shown(role: session.role, since: "in a transaction since")
    case .preparedTransaction(let name, let role, let since):
      SafeText.line(
        "the prepared transaction '\(name)' of \(role)" + (since.map { " since \($0.wholeUTC)" } ?? ""))
    case .unknown: "a session that could not be found"
    }
  }
}

extension LockHolder {
  /// `lock on public.readings, held by process 4711 (role app, "psql", query begun 2026-01-02 03:04:05 UTC, active)`
  var shown: String {
    let wanted =
      switch lock {
      case .relation(let name): "lock on \(name)"
      case .other(let type): "lock (\(type))"
      }
    let facts = [
      session.role.map { "role \($0)" }, session.application.map { "\"\($0)\"" },
      session.since.map { "query begun \($0.wholeUTC)" }, session.state,
    ]
    let known = facts.compactMap { $0 }.joined(separator: ", ")
    return SafeText.line("\(wanted), held by process \(session.process) (\(known))")
  }
}

extension Timestamp {
  /// `2026-01-02 03:04:05 UTC`
  fileprivate var wholeUTC: String {
    let second = Timestamp(microseconds: microseconds - microseconds % 1_000_000)
    return "\(second.date) \(second.time) UTC"
  }
}
