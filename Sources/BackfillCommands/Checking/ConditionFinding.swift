public import Postgres

/// What is found of the servers, and of the databases as a whole.
public enum ConditionFinding: Sendable, Equatable {
  /// Fewer sessions can be opened than `copy` takes.
  case connectionSlots(Side, needed: Int64, ConnectionLimits.Count)
  /// What has all tables locked needs more places than there are.
  case lockTable(Side, size: Int64, tables: Int64, setting: Int64)
  /// TimescaleDB's jobs may need more.
  case workerProcesses(maximum: Int64, wanted: Int64)
  /// Bytes; those that are to be loaded make several checkpoints.
  case smallWAL(maximum: Int64, loaded: Int64)
  case archiving
  case archivingFails
  /// It keeps all that is written.
  case inactiveSlot(Identifier)
  /// Commits wait for them.
  case synchronousStandbys(String)
  /// Commits wait for them for ever.
  case noSynchronousStandby(String)
  /// The source.
  case laggingStandby(WALState.Standby)
  /// The source's long statements may be ended for its replay's sake.
  case cancellingStandby
  /// The side whose clock is ahead, and by how much at least.
  case clocks(Side, Duration)
  case timeZones(source: String, target: String, database: Identifier)
  case encodings(source: String, target: String)
  case collations(source: String, target: String)
  case outdatedCollation(Side, database: Identifier)
  /// Statements of one session go to several servers' sessions.
  case pooler(Side)
  /// The source has the Community edition, and the target doesn't.
  case apacheTarget
  /// Compressed chunks can't be read.
  case apacheSource(chunks: Int)
}

extension ConditionFinding: FindingFacts {
  var code: String {
    switch self {
    case .connectionSlots: "connection-slots"
    case .lockTable: "lock-table"
    case .workerProcesses: "worker-processes"
    case .smallWAL: "small-wal"
    case .archiving: "archiving"
    case .archivingFails: "archiving-fails"
    case .inactiveSlot: "inactive-slot"
    case .synchronousStandbys: "synchronous-standbys"
    case .noSynchronousStandby: "no-synchronous-standby"
    case .laggingStandby: "lagging-standby"
    case .cancellingStandby: "standby-cancels"
    case .clocks: "clocks-differ"
    case .timeZones: "time-zones-differ"
    case .encodings: "encodings-differ"
    case .collations: "collations-differ"
    case .outdatedCollation: "collation-outdated"
    case .pooler: "transaction-pooler"
    case .apacheTarget: "apache-target"
    case .apacheSource: "apache-source"
    }
  }

  var side: Side? {
    switch self {
    case .connectionSlots(let side, _, _), .lockTable(let side, _, _, _), .outdatedCollation(let side, _),
      .pooler(let side):
      side
    case .workerProcesses, .smallWAL, .archiving, .archivingFails, .inactiveSlot, .synchronousStandbys,
      .noSynchronousStandby, .apacheTarget, .timeZones:
      .target
    case .laggingStandby, .cancellingStandby, .apacheSource: .source
    case .clocks, .encodings, .collations: nil
    }
  }

  var object: String? {
    switch self {
    case .inactiveSlot(let slot): slot.description
    case .outdatedCollation(_, let database), .timeZones(_, _, let database): database.description
    case .connectionSlots(_, _, let count):
      switch count.limit {
      case .server: nil
      case .role(let name), .database(let name): name.description
      }
    default: nil
    }
  }
}
