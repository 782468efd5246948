import Postgres
import TimescaleDB

/// Whether all tables can be locked at once, as a dump of the source does, and on the target any query that can't leave
/// chunks out by time. Once all is copied, the target has as many tables as the source.
struct LockTable: ChecklistItem {
  let source: SideFacts
  let target: SideFacts

  var findings: [CheckedFinding] {
    let tables = source.properties?.tables ?? 0
    return [(Side.source, source, tables), (.target, target, max(tables, target.properties?.tables ?? 0))]
      .compactMap { side, facts, tables in
        guard let size = facts.settings.lockTableSize,
          let setting = facts.settings.integer("max_locks_per_transaction"), size < tables
        else { return nil }
        return .init(
          .warning, .condition(.lockTable(side, size: size, tables: tables, setting: setting)))
      }
  }
}

/// Whether the target's server has processes for all that TimescaleDB's scheduler may start.
struct WorkerProcesses: ChecklistItem {
  let settings: ServerSettings

  var findings: [CheckedFinding] {
    guard let maximum = settings.integer("max_worker_processes"),
      let jobs = settings.integer(ExtensionSettings.jobWorkers), jobs > 0, maximum < jobs + Self.launchers
    else { return [] }
    return [
      .init(.note, .condition(.workerProcesses(maximum: maximum, wanted: jobs + Self.launchers)))
    ]
  }

  /// TimescaleDB's launcher, and PostgreSQL's for logical replication.
  private static let launchers: Int64 = 2
}

/// What becomes of all that the target writes.
struct WriteAheadLog: ChecklistItem {
  let settings: ServerSettings
  let state: WALState?
  /// To be loaded.
  let bytes: Int64

  var findings: [CheckedFinding] {
    var found: [CheckedFinding] = []
    if let standbys = settings["synchronous_standby_names"], !standbys.isEmpty {
      let isAlone = state?.receivers == 0 && !["off", "local"].contains(settings["synchronous_commit"])
      found.append(
        isAlone
          ? .init(.stop, .condition(.noSynchronousStandby(standbys)))
          : .init(.note, .condition(.synchronousStandbys(standbys))))
    }
    if let archives = settings["archive_mode"], archives != "off" {
      found.append(
        state?.archivingFails == true
          ? .init(.warning, .condition(.archivingFails)) : .init(.note, .condition(.archiving)))
    }
    found += (state?.inactiveSlots ?? []).map { .init(.warning, .condition(.inactiveSlot($0))) }
    // In megabytes.
    if let maximum = settings.integer("max_wal_size").map({ $0 << 20 }), bytes > 4 * maximum {
      found.append(.init(.note, .condition(.smallWAL(maximum: maximum, loaded: bytes))))
    }
    return found
  }
}

/// Whether a source that is a standby keeps up, and lets long statements end.
struct StandbySource: ChecklistItem {
  let settings: ServerSettings
  let state: WALState?

  /// What a standby that keeps up is behind by at most now and then.
  private static let lag: Int64 = 16 << 20

  var findings: [CheckedFinding] {
    guard let standby = state?.standby else { return [] }
    var found: [CheckedFinding] = []
    if standby.isPaused || standby.lag > Self.lag {
      found.append(.init(.warning, .condition(.laggingStandby(standby))))
    }
    if !settings.isOn("hot_standby_feedback"), settings["max_standby_streaming_delay"] != "-1" {
      found.append(.init(.note, .condition(.cancellingStandby)))
    }
    return found
  }
}

/// What two databases should have in common: clocks, time zones, encodings, collations.
struct DatabaseSettings: ChecklistItem {
  let source: SideFacts
  let target: SideFacts
  let installations: (source: Installation, target: Installation)

  /// What a completion point can do without, in practice.
  private static let clockTolerance = Duration.seconds(2)

  var findings: [CheckedFinding] {
    var found: [ConditionFinding] = []
    if let difference = source.clock.difference(from: target.clock), difference > Self.clockTolerance {
      found.append(.clocks(source.clock.offset > target.clock.offset ? .source : .target, difference))
    }
    let (theirs, ours) = installations
    if theirs.encoding != ours.encoding, ![theirs.encoding, ours.encoding].contains("SQL_ASCII") {
      found.append(.encodings(source: theirs.encoding, target: ours.encoding))
    }
    if theirs.defaultCollation != ours.defaultCollation {
      found.append(.collations(source: theirs.defaultCollation, target: ours.defaultCollation))
    }
    for (side, facts, installation) in [(Side.source, source, theirs), (.target, target, ours)]
    where facts.properties?.hasOutdatedCollation == true {
      found.append(.outdatedCollation(side, database: Identifier(installation.database)))
    }
    return found.map { .init(.warning, .condition($0)) } + timeZones
  }

  private var timeZones: [CheckedFinding] {
    guard let theirs = source.settings["TimeZone"], let ours = target.settings["TimeZone"], theirs != ours
    else { return [] }
    let database = Identifier(installations.target.database)
    return [.init(.note, .condition(.timeZones(source: theirs, target: ours, database: database)))]
  }
}
