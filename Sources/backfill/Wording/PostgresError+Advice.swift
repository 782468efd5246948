import Postgres

extension PostgresError {
  /// What a person can do about it, where the reason or the SQLSTATE tells.
  var advice: String? {
    switch reason {
    case .objection(let objection): return (objection as? any WordedObjection)?.advice
    case .passwordInValue:
      return
        "write an @ inside the user name or password of a URI as %40, and check the quotes of a keyword string"
    case .said, .fault, .stopped, .suspended, .lost, .silent, .noAnswer, .outOfMemory: return stateAdvice
    }
  }

  private var stateAdvice: String? {
    switch sqlState {
    case SQLState.insufficientPrivilege where kind == .connectionFailed:
      "GRANT CONNECT ON DATABASE to the role on the \(side.rawValue)"
    case SQLState.insufficientPrivilege where ["check_enable_rls", "ExecWithCheckOptions"].contains(routine):
      "use a role with BYPASSRLS on the \(side.rawValue)"
    case SQLState.insufficientPrivilege: "run as the owner of the tables on the \(side.rawValue)"
    case "53100": "make room on the \(side.rawValue)'s disk, then run the same command again"
    case "53200": "raise max_locks_per_transaction or memory on the \(side.rawValue), or lower --parallelism"
    case "53300": "raise max_connections on the \(side.rawValue), or lower --parallelism"
    case _ where isRecoveryConflict:
      "raise max_standby_streaming_delay or turn hot_standby_feedback on at the standby, or read from the primary"
    case "23505": "the target has rows outside the copied range with the same key; see the detail"
    case SQLState.foreignKeyViolation:
      "if the key is the hypertable's own, copy the referenced table first; if other tables refer to rows that are "
        + "replaced, drop their foreign keys until the migration is complete, or give copy --disable-triggers"
    case "23514":
      "a constraint of the target refuses a row of the source: drop the constraint or change the row, "
        + "then run copy again"
    case _ where ["ImportSnapshot", "SetTransactionSnapshot"].contains(routine):
      "the exporting transaction must stay open until all is copied; stage again with a new snapshot"
    default: nil
    }
  }
}
