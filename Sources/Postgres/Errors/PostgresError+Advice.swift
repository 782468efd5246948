extension PostgresError {
  /// The session is gone or could not be had, in a way that time may heal: the network, a restart, a failover, too
  /// many connections. Not a wrong password or a database that isn't there.
  public var isConnectionTrouble: Bool {
    switch kind {
    case .connectionLost: return true
    case .connectionFailed:
      // Without an SQLSTATE it is libpq that speaks: of the network, mostly.
      return !lacksPassword && sqlState.map(SQLState.refusesSessionsForGood) != true
    case .refusedByServer:
      guard let sqlState else { return false }
      return ["53300", "57P01", "57P02", "57P03", "57P05"].contains(sqlState) || sqlState.hasPrefix("08")
    case .cancelled, .suspended, .unexpectedAnswer: return false
    }
  }

  /// A failure that has to do with what others did at the same time: worth doing the same again.
  public var isTransient: Bool {
    // Serialization failure (also a recovery conflict on a standby), deadlock, lock not available.
    ["40001", "40P01", "55P03"].contains(sqlState)
  }

  /// The target may have refused a value in binary form. So receive functions say it: an invalid binary or text
  /// representation, a character that isn't one, a message that ended too early, and, of the oldest, an internal error.
  public var isRefusedValue: Bool {
    kind == .refusedByServer && side == .target
      && ["22P03", "22P02", "22021", "08P01", "XX000"].contains(sqlState)
  }

  /// A standby's replay cancelled the statement: what those functions of the server have to say with these SQLSTATEs (14
  /// to 18).
  private var isRecoveryConflict: Bool {
    ["40001", "40P01"].contains(sqlState)
      && ["ProcessInterrupts", "ProcessRecoveryConflictInterrupt", "CheckRecoveryConflictDeadlock"].contains(
        routine)
  }

  /// What a person can do about it, where the SQLSTATE tells.
  public var advice: String? {
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
