import TestServers

/// Holds copies in flight: all rows of their task are in, and its completion waits until the gate opens.
struct Gate {
  private let target: TestDatabase
  private let session: SQLSession
  /// The server's process that keeps it closed.
  let process: String
  private static let key = 4711
  private static let arrivals = """
    \(TestDatabase.locks) WHERE locktype = 'advisory' AND NOT granted AND objid = \(key)
    """

  /// Puts the gate into a queue, closed.
  ///
  /// - Parameter condition: which tasks it holds up, by their rows OLD and NEW.
  init(closedOn target: TestDatabase, when condition: String = "true") throws {
    self.target = target
    session = try target.session()
    process = try session.query("SELECT pg_backend_pid()").first?.first.flatMap { $0 } ?? ""
    try session.execute(
      """
      CREATE OR REPLACE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_catalog.pg_advisory_xact_lock_shared(\(Self.key));
        RETURN NEW;
      END $$;
      CREATE OR REPLACE TRIGGER gate BEFORE UPDATE ON __backfill.task
        FOR EACH ROW WHEN (\(condition)) EXECUTE FUNCTION public.wait_at_gate();
      SELECT pg_advisory_lock(\(Self.key))
      """)
  }

  /// Waits until so many tasks stand at the gate, which has to last: where more may come, the moment can be missed.
  func waitForArrivals(_ count: Int) async throws {
    try await target.wait(until: "count(*) = \(count) FROM \(Self.arrivals)")
  }

  /// Waits until that many tasks stand at the gate, and maybe more.
  func waitForArrivals(atLeast count: Int) async throws {
    try await target.wait(until: "count(*) >= \(count) FROM \(Self.arrivals)")
  }

  func open() throws {
    try session.execute("SELECT pg_advisory_unlock(\(Self.key))")
  }
}
