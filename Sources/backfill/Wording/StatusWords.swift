import BackfillCommands
import ChunkCatalog
import Postgres

extension StatusFinding {
  var words: Words {
    switch self {
    case .unreadableQueue(let role):
      Words(
        "the role \(role.shown) may not read the queue",
        hint: "GRANT USAGE ON SCHEMA __backfill TO \(role.shown); "
          + "GRANT SELECT ON ALL TABLES IN SCHEMA __backfill TO \(role.shown)")
    case .unreadableTables(let tables, let role):
      Words(
        "the role \(role.shown) may not read __backfill.\(tables.joined(separator: ", __backfill.")), so what is in there "
          + "is not shown",
        hint: "GRANT SELECT ON ALL TABLES IN SCHEMA __backfill TO \(role.shown)")
    case .hiddenSessions(let role):
      Words(
        "the role \(role.shown) may not see what the runs' sessions do; only that they are there, and their locks",
        hint: "GRANT pg_read_all_stats TO \(role.shown)")
    case .strangersQueue(let owner):
      Words("the queue belongs to the role \(owner.shown), whose privileges the current role does not have")
    }
  }
}

extension NextStep {
  /// The command, as it is typed.
  ///
  /// - Parameter archive: the directory of the archive that the queue's rows are in, as a word for the shell; nil where
  ///   they are in a source.
  func command(of archive: String? = nil) -> String {
    "\(Version.program) " + (archive.flatMap(words(of:)) ?? words)
  }

  private var words: String {
    switch self {
    case .check: "check"
    case .schema: "schema"
    case .stage: "stage"
    case .copy: "copy"
    case .verify: "verify"
    case .copyDiffering: "copy --again --differing"
    case .refreshCaggs: "refresh-caggs"
    case .jobsOn: "jobs on"
    case .clean: "clean"
    }
  }

  /// nil for what is the same with an archive.
  private func words(of archive: String) -> String? {
    switch self {
    case .stage, .copy: "import --input \(archive)"
    case .verify: "verify --input \(archive)"
    case .copyDiffering: "import --again --differing --input \(archive)"
    case .refreshCaggs: "refresh-caggs --watermarks-from \(archive)/watermarks.json"
    case .check, .schema, .jobsOn, .clean: nil
    }
  }

  /// Stands for an archive's directory where that isn't known.
  static let archivePlaceholder = "DIR"
}

extension TaskPlace {
  /// `"public"."readings" from 2024-01-03 to 2024-01-04 (chunk "a"."b", part 2 of 5)`
  var shown: String {
    var text = place.hypertable.shown
    if let from = place.from, from != .beginning { text += " from \(from.shown)" }
    if let to = place.to, to != .end { text += " to \(to.shown)" }
    let parts = part.map { part in ", part \(part.number)" + (part.count.map { " of \($0)" } ?? "") } ?? ""
    return "\(text) (chunk \(ChunkLine.name(chunk))\(parts))"
  }
}

extension Holder {
  /// `process 4711 (role app, "psql" from 10.0.0.1, idle in transaction since 2024-01-03 12:00:00+00)`
  var shown: String {
    switch owner {
    case .session(let session): "process \(session.process)\(Self.told(session.facts))"
    case .preparedTransaction(let name, let role, let since):
      "prepared transaction '\(SafeText.line(name))'"
        + Self.told(
          ["role \(SafeText.line(role))"] + (since.map { ["in a transaction since \($0.whole)"] } ?? []))
    case .unknown: owner.shown
    }
  }

  private static func told(_ facts: [String]) -> String {
    facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
  }

  private static func literal(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
  }

  /// The statement that gets it out of the way; nil where nobody knows whom.
  fileprivate var ending: String? {
    switch owner {
    case .session(let session): "SELECT pg_terminate_backend(\(session.process))"
    case .preparedTransaction(let name, _, _): "ROLLBACK PREPARED '\(Self.literal(SafeText.line(name)))'"
    case .unknown: nil
    }
  }
}

extension ServerSession {
  fileprivate var facts: [String] {
    let opened = since.map { " since \($0.whole)" } ?? ""
    let doing =
      state.map { SafeText.line($0) + opened } ?? (opened.isEmpty ? nil : "in a transaction\(opened)")
    let program = application.map {
      "\"\(SafeText.line($0))\" from \(address.map(SafeText.line) ?? "this host")"
    }
    return [role.map { "role \(SafeText.line($0))" }, program, doing].compactMap { $0 }
  }
}

extension RecordedRun {
  /// `run 3 (copy on host "db1", process 4711)`
  var shown: String {
    "run \(id) (\(SafeText.line(command)) on host \(SafeText.line(host)), process \(process))"
  }
}

extension RecordedRun {
  /// What does the same again. Of a run that read an archive all options are told, as one of them leads to that.
  fileprivate var retyped: String {
    let readsArchive = options.hasPrefix("--input=") || options.contains(part: " --input=")
    let options = readsArchive ? " \(options)" : ""
    return SafeText.line("\(Version.program) \(command)\(options)")
  }
}

extension AwaitedLock {
  var shown: String {
    let from = since.map { " since \($0.whole)" } ?? ""
    let holders = holders.map(\.shown).joined(separator: " and ")
    return "waits for \(SafeText.line(lock))\(from)" + (holders.isEmpty ? "" : ", held by \(holders)")
  }
}

extension AwaitedLock {
  /// Without what there is to say of the holders; of those that are none of ours that is said elsewhere.
  fileprivate var brief: String {
    let names = holders.map(\.briefName).joined(separator: " and ")
    return "waits for \(SafeText.line(lock))" + (names.isEmpty ? "" : " that \(names) has")
  }
}

extension Holder {
  fileprivate var briefName: String {
    switch owner {
    case .session(let session): "process \(session.process)"
    case .preparedTransaction: "a prepared transaction"
    case .unknown: "another session"
    }
  }
}

extension Timestamp {
  /// Without a fraction of a second.
  var whole: String { Timestamp(microseconds: microseconds - microseconds % 1_000_000).text }
}

extension StatusTrouble {
  /// What is dead or stuck, and what to do about it.
  var words: Words {
    switch self {
    case .dead(let run):
      Words(
        "\(run.shown) has no session any more and did not say that it ended: it was killed, or its machine was lost",
        hint: "its unfinished chunks are free; run '\(run.retyped)' again")
    case .silent(let command, let run, let since):
      Words(
        "nothing has been heard from \(run?.shown ?? SafeText.line(command))"
          + (since.map { " since \($0.whole)" } ?? "") + ", but its sessions are there",
        hint:
          "if its process is stopped, continue it (kill -CONT); if its machine is gone, end its sessions with "
          + "pg_terminate_backend")
    case .orphans(let processes):
      Words(
        "\(Quantity.count(processes.count, "session")) of a run that has lost its session with the queue's lock: "
          + "\(processes.count == 1 ? "process" : "processes") \(Words.list(processes.map { "\($0)" }))",
        hint:
          "a living run makes up for that within seconds; if this stays, end them with pg_terminate_backend")
    case .lockedTask(let task, let holder):
      Words(
        "no run can work on \(task.shown): \(holder.shown) has its task locked, and is none of ours",
        hint: Self.waiting(for: [holder]))
    case .waiting(let process, let task, let lock):
      Words(
        "process \(process)\(task.map { ", at work on \($0.shown)," } ?? "") \(lock.shown)",
        hint: Self.waiting(for: lock.holders.filter { !$0.isOurs }))
    case .lockedQueue(let holder):
      Words(
        "\(holder.shown) has the queue's lock, and is none of ours",
        hint: Self.waiting(for: [holder]))
    case .unfinished(let deferred):
      Words(
        "all parts of \(deferred.shownChunk) are copied, and it still lacks \(deferred.shownWork)",
        hint: "clean restores it, or says what is in the way")
    }
  }
}

extension StatusTrouble {
  fileprivate static func waiting(for holders: [Holder]) -> String {
    "wait for it, or end it: " + holders.compactMap(\.ending).joined(separator: "; ")
  }
}

extension DeferredStatus {
  /// `"public"."readings" (chunk "a"."b")`
  var shownChunk: String { "\(hypertable.shown) (chunk \(ChunkLine.name(work.chunk)))" }

  /// `2 indexes (a, b)`
  var shownWork: String {
    guard work.kind == "index" else { return "its \(SafeText.line(work.kind))" }
    let count = work.count == 1 ? "1 index" : "\(work.count) indexes"
    return work.names.isEmpty
      ? count : "\(count) (\(Words.list(work.names.map(SafeText.line), count: work.count)))"
  }
}

extension WorkerStatus.Phase {
  /// What the session does, as the rest of a line that begins with it.
  func shown(since: Duration?) -> String {
    let time = since.map { " for \(Quantity.roughTime($0))" } ?? ""
    return switch self {
    case .waiting(let lock): lock.brief
    case .copying(let rows, let bytes):
      "loading\(time), \(Quantity.count(rows, "row")), \(Quantity.bytes(bytes))"
    case .indexing(let phase): "building an index\(time) (\(SafeText.line(phase)))"
    case .working: "running a statement\(time)"
    case .reading: "reading from the source\(time)"
    case .idle: "between two tasks"
    case .unseen: "at work"
    }
  }
}
