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
  public var isRecoveryConflict: Bool {
    ["40001", "40P01"].contains(sqlState)
      && ["ProcessInterrupts", "ProcessRecoveryConflictInterrupt", "CheckRecoveryConflictDeadlock"].contains(
        routine)
  }
}
