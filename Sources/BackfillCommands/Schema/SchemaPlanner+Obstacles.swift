import Postgres
import TimescaleDB
import Waiting

/// What stops `schema` before it has written anything.
extension SchemaPlanner {
  /// - Throws: `CommandFailure`, `PostgresError`.
  func checkVersions(
    _ source: borrowing Connection, _ installation: Installation, _ target: borrowing SchemaTarget
  ) throws {
    guard !installation.isRestoring else { throw CommandFailure.failed(.databases(.isRestoring(.source))) }
    guard !target.session.server.isOlderMajor(than: source.server) else {
      throw CommandFailure.failed(
        .versions(
          .postgresOlderOnTarget(
            source: source.server.description, target: target.session.server.description)))
    }
  }

  /// - Returns: what is to be made, and how much of it is there.
  /// - Throws: `CommandFailure`, `PostgresError`.
  func state(
    _ source: borrowing Connection, _ target: borrowing SchemaTarget, rebuilds: Bool
  ) throws -> (TargetState, objects: Int, CatalogCounts) {
    let wanted = try SchemaObject.all(on: source)
    let counts = try CatalogCounts.find(on: source)
    let objects = wanted.count { !$0.kind.belongsToTable }
    guard target.isThere else { return (.empty, objects, counts) }
    try SameDatabase.refuse(source: source, target: target.session)
    // Each object is looked at by itself.
    guard !options.addsMissing else { return (.empty, objects, counts) }
    let there = target.installation == nil ? CatalogCounts() : try CatalogCounts.find(on: target.session)
    let isRestoring = target.installation?.isRestoring ?? false
    let present = try SchemaObject.all(on: target.session)
    let state =
      rebuilds
      ? TargetState(wanted: wanted, present: present)
      : TargetState(wanted: wanted, present: present, counts: (counts, there), isRestoring: isRestoring)
    let database = target.database
    switch state {
    case .empty, .restored, .complete: break
    case .occupied(let named):
      throw CommandFailure.failed(
        .transfer(
          .occupied(
            objects: Array(named.prefix(5)), count: named.count, database: database, isHalf: isRestoring)))
    case .catalogOccupied:
      throw CommandFailure.failed(
        .transfer(.catalogOccupied(there, database: database, isHalf: isRestoring)))
    }
    return (state, objects, counts)
  }

  /// What is left of another run may outlive it for a moment.
  ///
  /// - Throws: `CommandFailure`, `PostgresError`.
  func checkWorkers(_ target: borrowing SchemaTarget) throws {
    guard target.isThere else { return }
    let deadline = ContinuousClock.now + .seconds(5)
    while let process = try Self.worker(on: target.session) {
      guard ContinuousClock.now < deadline, interrupt.stage == .running else {
        throw CommandFailure.failed(.transfer(.atWork(process: process)))
      }
      interrupt.sleep(.milliseconds(100), until: .draining)
    }
  }

  private static func worker(on target: borrowing Connection) throws(PostgresError) -> Int64? {
    try target.query(
      """
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name = \(ApplicationName.name(for: MoveSchema.purpose)) ORDER BY pid LIMIT 1
      """, doing: "looking for other runs"
    ) { row throws(PostgresError) in try row.integer("pid") }.first
  }

  /// - Throws: `CommandFailure`, `PostgresError`.
  func checkNeeds(
    _ dumped: DumpedDatabase, _ installation: Installation, _ target: borrowing SchemaTarget
  ) throws {
    let available = Set(
      try target.session.query("SELECT name FROM pg_available_extensions", doing: "looking for extensions") {
        row throws(PostgresError) in try row.text("name")
      })
    let missing = dumped.extensions.filter { !available.contains($0) }
    guard missing.isEmpty else { throw CommandFailure.failed(.transfer(.extensionsUnavailable(missing))) }
    if options.skipsRoles, !options.isManaged {
      let roles = Set(
        try target.session.query("SELECT rolname FROM pg_roles", doing: "listing the target's roles") {
          row throws(PostgresError) in Identifier(try row.text("rolname"))
        })
      let missing = dumped.roles.filter { !roles.contains($0) }
      guard missing.isEmpty else { throw CommandFailure.failed(.transfer(.rolesMissing(missing))) }
    }
    if let there = target.installation, target.isThere { warnOfDifferences(installation, there) }
  }

  /// What would drop chunks before they are copied: the source is never written to.
  ///
  /// - Throws: `PostgresError`.
  func retention(_ source: borrowing Connection) throws(PostgresError) -> [ScheduledJob] {
    try BackgroundJob.all(on: source).filter { $0.isScheduled && $0.dropsChunks }.map(ScheduledJob.init)
  }

  private func warnOfDifferences(_ source: Installation, _ target: Installation) {
    var traits: [DatabaseTrait] = []
    if source.encoding != target.encoding {
      traits.append(DatabaseTrait(kind: .encoding, source: source.encoding, target: target.encoding))
    }
    if source.defaultCollation != target.defaultCollation {
      traits.append(
        DatabaseTrait(kind: .collation, source: source.defaultCollation, target: target.defaultCollation))
    }
    if !traits.isEmpty { reporter.report(.warning(.transfer(.databasesDiffer(traits)))) }
  }

  /// Each relation is locked until the end of the transaction that makes it. Tables beside ours need room too.
  ///
  /// - Throws: `PostgresError`.
  func fitsInOneTransaction(
    _ dumped: DumpedDatabase, _ target: borrowing Connection
  ) throws(PostgresError) -> Bool {
    let found = try target.query(
      """
      SELECT current_setting('max_locks_per_transaction')::bigint * (current_setting('max_connections')::bigint
        + current_setting('max_prepared_transactions')::bigint) AS locks
      """, doing: "looking at the size of the lock table"
    ) { row throws(PostgresError) in try row.integer("locks") }
    let locks = found.first ?? 0
    if dumped.relations * 5 <= locks * 4 { return true }
    reporter.report(.warning(.transfer(.notAtomic(relations: dumped.relations, locks: locks))))
    return false
  }

  /// Whether tablespaces stay behind; those that are missing are named.
  ///
  /// - Throws: `PostgresError`.
  func leavesTablespaces(
    _ dumped: DumpedDatabase, _ target: borrowing Connection
  ) throws(PostgresError) -> Bool {
    guard !options.isManaged else { return true }
    let there = Set(
      try target.query("SELECT spcname FROM pg_tablespace", doing: "listing tablespaces") {
        row throws(PostgresError) in Identifier(try row.text("spcname"))
      })
    let missing = dumped.tablespaces.filter { !there.contains($0) }
    guard !missing.isEmpty else { return false }
    reporter.report(.warning(.transfer(.tablespacesMissing(missing))))
    return true
  }
}
