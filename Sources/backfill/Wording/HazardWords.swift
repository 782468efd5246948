import BackfillCommands
import Postgres

extension HazardFinding {
  var words: Words {
    switch self {
    case .publishedDeletes(let publications): Self.words(of: publications)
    case .firingTriggers(let triggers, let privilege):
      Words(
        "triggers on the target fire for copied rows: \(Self.list(triggers))",
        hint:
          "give copy --disable-triggers\(privilege.map { ", which requires \($0.text)," } ?? "") or drop them "
          + "until the migration is complete",
        mend: privilege?.grant ?? "\(Version.program) copy --disable-triggers")
    case .triggersEnabledOnChunks(let triggers):
      Words(
        "triggers on the target are disabled on their hypertable, but enabled on chunks that were created later: "
          + Self.list(triggers),
        hint: triggers.first.map {
          "run ALTER TABLE \($0.hypertable.shown) DISABLE TRIGGER \($0.trigger.shown) again, now that the chunks exist; "
            + "or give copy --disable-triggers"
        },
        mend: triggers.map { "ALTER TABLE \($0.hypertable) DISABLE TRIGGER \($0.trigger);" }
          .joined(separator: " "))
    case .undisabledTriggers(let triggers):
      Words(
        "triggers on the target are ENABLE ALWAYS or ENABLE REPLICA, and fire even with --disable-triggers: "
          + Self.list(triggers),
        hint: triggers.first.map {
          "run DROP TRIGGER \($0.trigger.shown) ON \($0.hypertable.shown), and create it again when the migration is "
            + "complete"
        },
        mend: triggers.map { "DROP TRIGGER \($0.trigger) ON \($0.hypertable);" }.joined(separator: " "))
    case .foreignFunctions(let functions, let role):
      Words(
        "copying runs functions of other roles on the target, with all rights of \(role.shown): "
          + Words.list(functions.map { SafeText.line("\($0.signature) of \($0.owner)") }),
        hint: "make sure that you trust them, or copy as the owner of the tables")
    case .scheduledJobs(let jobs):
      Words(
        "background jobs are still scheduled on the target, and may compress, drop or refresh what is being copied: "
          + Words.list(jobs.map(\.shown)),
        hint: "run '\(Version.program) jobs off' to turn them off until the migration is complete",
        mend: "\(Version.program) jobs off")
    case .retentionJobs(let jobs):
      Words(
        "retention on the source may drop staged chunks before they are copied: "
          + Words.list(jobs.map(\.shown)),
        hint:
          "to turn it off, run on the source: SELECT alter_job(id, scheduled => false, timezone => timezone) FROM "
          + "_timescaledb_config.bgw_job WHERE id IN (\(jobs.map { "\($0.id)" }.joined(separator: ", ")))",
        mend: jobs.map {
          "SELECT alter_job(id, scheduled => false, timezone => timezone) FROM _timescaledb_config.bgw_job WHERE id = \($0.id);"
        }.joined(separator: " "))
    case .loggedInvalidations(let hypertables, let role):
      Words(
        "uncompressed rows of \(Words.list(hypertables, limit: hypertables.count)) will be logged as changes of "
          + "continuous aggregates, which refresh policies then compute again",
        hint:
          "to prevent that, have a superuser run GRANT SET ON PARAMETER timescaledb.restoring TO \(role.shown)",
        mend: "GRANT SET ON PARAMETER timescaledb.restoring TO \(role);")
    case .foreignKeys(let keys):
      Words(
        "foreign keys on the target reject rows whose referenced rows are missing: \(Self.all(keys))",
        hint: "copy the referenced tables first")
    case .referencingKeys(let keys):
      Words(
        "foreign keys on the target reference rows that copying replaces, and prevent that or cascade it: "
          + Self.all(keys),
        hint: "drop them until the migration is complete, or give copy --disable-triggers")
    }
  }

  private static func words(of publications: [NamedPublication]) -> Words {
    Words(
      "publications on the target publish deletes of hypertables that have no replica identity, so that no chunk can be "
        + "cleared: "
        + Words.list(publications.map { "\($0.publication.shown) of \($0.hypertable.shown)" }),
      hint: publications.first.map {
        "run ALTER TABLE \($0.hypertable.shown) REPLICA IDENTITY FULL; or ALTER PUBLICATION \($0.publication.shown) SET "
          + "(publish = 'insert') until the migration is complete"
      },
      mend: publications.map { "ALTER TABLE \($0.hypertable) REPLICA IDENTITY FULL;" }.joined(separator: " "))
  }

  private static func list(_ triggers: [NamedTrigger]) -> String {
    Words.list(triggers.map { "\($0.trigger.shown) on \($0.hypertable.shown)" })
  }

  private static func all(_ phrases: [String]) -> String {
    phrases.map(SafeText.line).joined(separator: ", ")
  }
}

extension TriggerPrivilege {
  /// nil where nothing can be granted.
  fileprivate var grant: String? {
    switch self {
    case .parameter(let role): "GRANT SET ON PARAMETER session_replication_role TO \(role);"
    case .superuser: nil
    }
  }

  fileprivate var text: String {
    switch self {
    case .parameter(let role): "GRANT SET ON PARAMETER session_replication_role TO \(role.shown)"
    case .superuser: "a superuser"
    }
  }
}

extension ScheduledJob {
  /// `policy_retention (job 1002 on "public"."readings")`
  var shown: String {
    "\(SafeText.line(procedure)) (job \(id)\(hypertable.map { " on \($0.shown)" } ?? ""))"
  }
}
