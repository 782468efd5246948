public import Postgres
import TimescaleDB

/// What on either side gets in the way of copying, or is set off by it.
public enum HazardFinding: Sendable, Equatable {
  /// The server would refuse to clear chunks of these.
  case publishedDeletes([NamedPublication])
  /// They fire for copied rows. `privilege` is what the role lacks to disable them.
  case firingTriggers([NamedTrigger], lacking: TriggerPrivilege?)
  /// Disabled on the hypertable, and enabled on chunks that were made later.
  case triggersEnabledOnChunks([NamedTrigger])
  /// ENABLE ALWAYS or ENABLE REPLICA: --disable-triggers doesn't reach them.
  case undisabledTriggers([NamedTrigger])
  /// Functions of other roles that run as the role that copies.
  case foreignFunctions([NamedFunction], role: Identifier)
  case scheduledJobs([ScheduledJob])
  /// Jobs of the source that drop chunks.
  case retentionJobs([ScheduledJob])
  /// Rows that come in are noted as changes of continuous aggregates, as the role may not keep them out of the log.
  case loggedInvalidations([QualifiedName], role: Identifier)
  /// Foreign keys of hypertables: a phrase for each.
  case foreignKeys([String])
  /// Foreign keys that refer to hypertables: a phrase for each.
  case referencingKeys([String])
}

public struct NamedPublication: Sendable, Hashable {
  public var publication: Identifier
  public var hypertable: QualifiedName
}

public struct NamedTrigger: Sendable, Hashable {
  public var trigger: Identifier
  public var hypertable: QualifiedName
}

public struct NamedFunction: Sendable, Hashable {
  public var signature: String
  public var owner: Identifier
}

/// What a role needs to disable triggers for its session.
public enum TriggerPrivilege: Sendable, Equatable {
  /// SET on session_replication_role, PostgreSQL 15 and later.
  case parameter(role: Identifier)
  case superuser
}

public struct ScheduledJob: Sendable, Equatable {
  public var id: Int64
  public var procedure: String
  public var hypertable: QualifiedName?
}

extension ScheduledJob {
  init(id: Int64, _ identity: JobIdentity) {
    self.init(id: id, procedure: identity.procedure.name.name, hypertable: identity.relation)
  }

  init(_ job: BackgroundJob) { self.init(id: job.id, job.identity) }
}

extension HazardFinding: FindingFacts {
  var code: String {
    switch self {
    case .publishedDeletes: "published-deletes"
    case .firingTriggers: "firing-triggers"
    case .triggersEnabledOnChunks: "triggers-enabled-on-chunks"
    case .undisabledTriggers: "undisabled-triggers"
    case .foreignFunctions: "functions-of-other-roles"
    case .scheduledJobs: "scheduled-jobs"
    case .retentionJobs: "retention-on-source"
    case .loggedInvalidations: "logged-invalidations"
    case .foreignKeys: "foreign-keys"
    case .referencingKeys: "referencing-foreign-keys"
    }
  }

  var side: Side? {
    if case .retentionJobs = self { .source } else { .target }
  }

  var object: String? {
    let names: Set<QualifiedName> =
      switch self {
      case .publishedDeletes(let found): Set(found.map(\.hypertable))
      case .firingTriggers(let triggers, _), .triggersEnabledOnChunks(let triggers),
        .undisabledTriggers(let triggers):
        Set(triggers.map(\.hypertable))
      case .loggedInvalidations(let hypertables, _): Set(hypertables)
      case .foreignFunctions, .scheduledJobs, .retentionJobs, .foreignKeys, .referencingKeys: []
      }
    return names.count == 1 ? names.first?.description : nil
  }
}
