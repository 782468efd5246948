/// What keeps a server's write-ahead log, and who has to have received it.
public struct WALState: Sendable, Equatable {
  /// The last try to archive a segment failed.
  public let archivingFails: Bool
  /// Servers that stream from this one.
  public let receivers: Int64
  /// Replication slots that nobody uses.
  public let inactiveSlots: [Identifier]
  /// nil for a primary.
  public let standby: Standby?

  /// How a standby follows its primary.
  public struct Standby: Sendable, Equatable {
    public var isPaused: Bool
    /// Bytes that were received and not replayed.
    public var lag: Int64
    /// Seconds since the last replayed commit; nil where there was none yet.
    public var age: Int64?

    public init(isPaused: Bool, lag: Int64, age: Int64?) {
      self.isPaused = isPaused
      self.lag = lag
      self.age = age
    }
  }

  public init(archivingFails: Bool, receivers: Int64, inactiveSlots: [Identifier], standby: Standby?) {
    self.archivingFails = archivingFails
    self.receivers = receivers
    self.inactiveSlots = inactiveSlots
    self.standby = standby
  }

  /// - Throws: `PostgresError`.
  public static func find(on connection: borrowing Connection) throws(PostgresError) -> WALState? {
    try connection.query(question, doing: "looking at the write-ahead log") { row throws(PostgresError) in
      let isPaused = try row.flag("is_paused")
      let standby = Standby(
        isPaused: isPaused, lag: try row.optionalInteger("lag") ?? 0, age: try row.optionalInteger("age"))
      return WALState(
        archivingFails: try row.flag("archiving_fails"), receivers: try row.integer("receivers"),
        inactiveSlots: try row.texts("slots").map(Identifier.init),
        standby: try row.flag("is_in_recovery") ? standby : nil)
    }.first
  }

  private static let question: SQL = """
    SELECT coalesce((SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver), false)
        AS archiving_fails,
      (SELECT count(*) FROM pg_stat_replication) AS receivers,
      ARRAY(SELECT slot_name::text FROM pg_replication_slots WHERE NOT active ORDER BY slot_name) AS slots,
      r.is_in_recovery, CASE WHEN r.is_in_recovery THEN pg_is_wal_replay_paused() ELSE false END AS is_paused,
      CASE WHEN r.is_in_recovery THEN pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::int8 END AS lag,
      CASE WHEN r.is_in_recovery
        THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::int8 END AS age
    FROM (SELECT pg_is_in_recovery() AS is_in_recovery) AS r
    """
}
