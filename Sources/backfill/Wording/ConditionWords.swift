import BackfillCommands
import Postgres

extension ConditionFinding {
  var words: Words {
    switch self {
    case .connectionSlots(let side, let needed, let count): Self.words(side, needed, count)
    case .lockTable(let side, let size, let tables, let setting):
      Words(
        "\(side.rawValue): the lock table has room for \(size) locks, and there "
          + (side == .source ? "are" : "will be") + " \(tables) tables: "
          + (side == .source
            ? "pg_dump locks all of them at once"
            : "a query on a hypertable locks all of its chunks, unless its conditions leave some out")
          + " (a change takes a restart)",
        mend: Self.set("max_locks_per_transaction", "\(setting * (2 * tables / max(size, 1) + 1))"))
    case .workerProcesses(let maximum, let wanted):
      Words(
        "target: max_worker_processes is \(maximum), and TimescaleDB's jobs may take \(wanted): some will wait or fail when "
          + "the jobs are on again (a change takes a restart)",
        mend: Self.set("max_worker_processes", "\(wanted + 8)"))
    case .smallWAL(let maximum, let loaded):
      Words(
        "target: max_wal_size is \(Quantity.bytes(maximum)), and about \(Quantity.bytes(loaded)) are to be loaded: "
          + "checkpoints will follow each other closely, and slow loading down",
        mend: "\(Self.set("max_wal_size", "16GB")) SELECT pg_reload_conf();")
    case .archiving:
      Words("target: archiving is on, so that everything that is copied goes to the archive too")
    case .archivingFails:
      Words(
        "target: archiving fails, so that everything that is copied stays in the write-ahead log until the disk is full",
        hint: "look into the server's log, and mend archive_command")
    case .inactiveSlot(let slot):
      Words(
        "target: nobody uses the replication slot \(slot.shown), which keeps everything that is written until the disk is "
          + "full: let its user connect, or drop it",
        mend: "SELECT pg_drop_replication_slot(\(Self.literal(slot.name)));")
    case .synchronousStandbys(let names):
      Words(
        "target: commits wait for the synchronous standbys \(SafeText.line(names)); copy's own wait only at the end of a run"
      )
    case .noSynchronousStandby(let names):
      Words(
        "target: commits wait for the synchronous standbys \(SafeText.line(names)), none of which is connected, and so for "
          + "ever: connect them, or do without",
        mend: "ALTER SYSTEM SET synchronous_standby_names = ''; SELECT pg_reload_conf();")
    case .laggingStandby, .cancellingStandby: standbyWords
    case .clocks(let side, let difference):
      Words(
        "the \(side.rawValue)'s clock is ahead by \(Quantity.time(difference)) at least: the completion point is a time by "
          + "the application's clock, and rows that a server's clock dates (now()) may lie on different sides of it",
        hint: "set the clocks by NTP, or leave that much more time between the completion point and stage")
    case .pooler(let side):
      Words(
        "\(side.rawValue): a pooler in transaction mode is in between, so that settings and locks of a session get lost",
        hint: "connect directly, or to a pool in session mode")
    case .apacheTarget:
      Words(
        "target: TimescaleDB has the Apache edition there, and the Community edition on the source: without compression, "
          + "continuous aggregates and policies, and rows have to go through the hypertables, which is slower. The license "
          + "can be set if the part of TimescaleDB under it is installed",
        mend: "ALTER SYSTEM SET timescaledb.license = 'timescale'; SELECT pg_reload_conf();")
    case .apacheSource(let chunks):
      Words(
        "source: \(Quantity.count(chunks, "chunk")) \(chunks == 1 ? "is" : "are") compressed, and TimescaleDB has the "
          + "Apache edition there, which cannot read compressed rows",
        mend: "ALTER SYSTEM SET timescaledb.license = 'timescale'; SELECT pg_reload_conf();")
    case .timeZones, .encodings, .collations, .outdatedCollation: localeWords
    }
  }

  private var standbyWords: Words {
    switch self {
    case .laggingStandby(let standby) where standby.isPaused:
      Words(
        "source: this standby's replay is paused, so that rows from now on are missing there",
        mend: "SELECT pg_wal_replay_resume();")
    case .laggingStandby(let standby):
      Words(
        "source: this standby is behind its primary by \(Quantity.bytes(standby.lag))"
          + (standby.age.map { ", and its last commit is \(Quantity.roughTime(.seconds($0))) old" } ?? "")
          + ": rows before the completion point may be missing there when stage reads it",
        hint: "wait until it has caught up, or connect to the primary")
    default:
      Words(
        "source: this standby may cancel reading that takes long, as its replay waits for no query; such chunks are tried "
          + "again",
        mend: "ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf();")
    }
  }

  private var localeWords: Words {
    switch self {
    case .timeZones(let source, let target, let database):
      Words(
        "the time zone of sessions is \(SafeText.line(source)) on the source and \(SafeText.line(target)) on the target: "
          + "times without a zone, and days, mean something else there",
        mend: "ALTER DATABASE \(database) SET timezone = \(Self.literal(source));")
    case .encodings(let source, let target):
      Words(
        "the databases are encoded in \(source) on the source and \(target) on the target: text that the target cannot "
          + "express is refused, and compressed chunks with text are copied row by row",
        hint: "create the target's database with ENCODING '\(source)'")
    case .collations(let source, let target):
      Words(
        "the databases sort text by other rules: \(SafeText.line(source)) on the source and \(SafeText.line(target)) on the "
          + "target (provider, locale, version): compressed chunks with text in their order are copied row by row",
        hint:
          "if only the versions differ, that is all; otherwise create the target's database with the source's locale"
      )
    case .outdatedCollation(let side, let database):
      Words(
        "\(side.rawValue): the database's collation has another version than the one that its indexes were built with: they "
          + "may miss rows. Rebuild indexes on text with REINDEX, then say so",
        mend: "ALTER DATABASE \(database) REFRESH COLLATION VERSION;")
    default: Words("")
    }
  }

  private static func words(_ side: Side, _ needed: Int64, _ count: ConnectionLimits.Count) -> Words {
    let (whose, mend): (String, String) =
      switch count.limit {
      case .server: ("the server", set("max_connections", "\(count.used + needed + 10)"))
      case .role(let role):
        ("the role \(role.shown)", "ALTER ROLE \(role) CONNECTION LIMIT \(count.used + needed);")
      case .database(let database):
        (
          "the database \(database.shown)",
          "ALTER DATABASE \(database) CONNECTION LIMIT \(count.used + needed);"
        )
      }
    let workers = count.free - (side == .target ? 1 : 0)
    let less = workers > 0 ? "; copy --parallelism \(workers) does with that" : ""
    return Words(
      "\(side.rawValue): copy needs \(Quantity.count(needed, "session")), and \(whose) has room for \(count.free) "
        + "(\(count.used) of \(count.maximum) are in use)\(less)",
      mend: mend)
  }

  private static func set(_ name: String, _ value: String) -> String {
    "ALTER SYSTEM SET \(name) = '\(value)';"
  }

  private static func literal(_ text: String) -> String { ("\(text)" as SQL).text }
}
