import TestServers
import Testing

@Suite("What others caused", .needsServer) struct TransientFailureTests {
  /// The target refuses so many times, and not again.
  private static func refusing(_ sqlState: String, times: Int, before event: String) -> String {
    """
    CREATE SEQUENCE public.refusals;
    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF pg_catalog.nextval('public.refusals') <= \(times) THEN
        RAISE EXCEPTION 'made to fail' USING ERRCODE = '\(sqlState)';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE \(event) FOR EACH ROW EXECUTE FUNCTION public.refuse()
    """
  }

  /// Where in a task's course it happens.
  enum Moment: String, CaseIterable, Sendable {
    case writing = "INSERT ON public.stated"
    case ending = "UPDATE OF worked ON __backfill.task"
  }

  private func staged(_ sqlState: String, times: Int, _ moment: Moment) async throws -> Migration {
    let migration = try await Migration.on(try #require(TestServer.newest), setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(Self.refusing(sqlState, times: times, before: moment.rawValue))
    return migration
  }

  @Test(
    "is done again, however far the chunk was", arguments: ["40001", "40P01", "55P03"], Moment.allCases)
  func again(sqlState: String, moment: Moment) async throws {
    let migration = try await staged(sqlState, times: 3, moment)
    let outcome = try await migration.run("copy", "-p1")
    #expect(Set(outcome.copiedChunks).count == 5 && outcome.copiedChunks.count == 5, "\(outcome)")
    #expect(try migration.target.tasks(where: "worked IS NULL OR attempts > 0") == 0)
    try migration.target.execute("DROP FUNCTION public.refuse CASCADE")
    try await migration.run("verify")
    try migration.expectSame("stated")
  }

  @Test("and doesn't pass within the budget fails the chunk", arguments: Moment.allCases)
  func budget(moment: Moment) async throws {
    let migration = try await staged("40P01", times: 1_000_000, moment)
    let outcome = try await migration.run("copy", "-p5", "--retry-budget", "4s", exits: 1)
    #expect(outcome.stderr.contains("5 chunks failed"), "\(outcome)")
    let tries = Int(try migration.target.value("SELECT last_value FROM refusals") ?? "") ?? 0
    #expect(tries > 5, "never tried again")
  }

  @Test(
    "isn't: what won't go away by itself fails the chunk at once",
    arguments: ["23514", "42501", "42703", "22003", "57014"], Moment.allCases)
  func once(sqlState: String, moment: Moment) async throws {
    let migration = try await staged(sqlState, times: 1, moment)
    let outcome = try await migration.run("copy", "-p1", exits: 1)
    #expect(outcome.stderr.contains("(SQLSTATE \(sqlState))"), "\(outcome)")
    #expect(outcome.stderr.contains("1 chunk failed"), "\(outcome)")
    #expect(outcome.copiedChunks.count == 4, "\(outcome)")
    #expect(
      try migration.target.tasks(where: "attempts = 1 AND worked IS NULL AND last_error LIKE '%\(sqlState)%'")
        == 1)
    try await migration.run("copy")
    #expect(try migration.target.tasks(where: "worked IS NULL OR last_error IS NOT NULL") == 0)
  }

  @Test("isn't: with a full disk the run stops, whatever is left", arguments: Moment.allCases)
  func diskFull(moment: Moment) async throws {
    let migration = try await staged("53100", times: 1, moment)
    let outcome = try await migration.run("copy", "-p1", exits: 1)
    for fact in ["the target's disk is full", "stopped with 5 chunks left", "make room on the target's disk"]
    {
      #expect(outcome.stderr.contains(fact), "\(fact): \(outcome)")
    }
    #expect(outcome.copiedChunks.isEmpty, "\(outcome)")
    #expect(try migration.target.tasks(where: "attempts = 0") == 4)
    try await migration.run("copy")
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
  }

  @Test(
    "a chunk at which sessions are lost again and again fails, and the others are copied", arguments: [1, 3])
  func poison(workers: Int) async throws {
    let migration = try await Migration.on(try #require(TestServer.newest), setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      """
      CREATE FUNCTION public.hang_up() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());
        RETURN NEW;
      END $$;
      CREATE TRIGGER hang_up BEFORE INSERT ON stated FOR EACH ROW WHEN (NEW.time = '2024-01-03 05:00Z')
        EXECUTE FUNCTION public.hang_up()
      """)
    let outcome = try await migration.run("copy", "-p\(workers)", exits: 1)
    #expect(outcome.copiedChunks.count == 4, "\(outcome)")
    #expect(outcome.stderr.contains("1 chunk failed") && outcome.stderr.contains("57P01"), "\(outcome)")
    #expect(
      try migration.target.tasks(where: "worked IS NULL AND attempts = 1 AND last_error LIKE '%57P01%'") == 1)
    try migration.target.execute("DROP FUNCTION public.hang_up CASCADE")
    try await migration.copyAndVerify()
    try migration.expectSame("stated")
  }

  @Test(
    "a constraint that is checked at the commit fails the chunk like any other", arguments: TestServer.one)
  func deferred(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute(
      """
      CREATE TABLE public.limits (day text PRIMARY KEY);
      CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.worked IS NOT NULL AND NEW.priority = 3 THEN
          RAISE EXCEPTION 'refused at the end' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON __backfill.task DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.refuse()
      """)
    let outcome = try await migration.run("copy", "-p2", exits: 1)
    #expect(outcome.copiedChunks.count == 4, "\(outcome)")
    #expect(outcome.stderr.contains("refused at the end"), "\(outcome)")
    // Twice, when the other worker took it up after the lock had gone with the commit.
    #expect(
      try migration.target.tasks(where: "priority = 3 AND worked IS NULL AND attempts BETWEEN 1 AND 2") == 1)
    try migration.target.execute("DROP FUNCTION public.refuse CASCADE")
    let next = try await migration.run("copy")
    #expect(next.copiedChunks.count == 1, "\(next)")
    try migration.expectSame("stated")
  }
}
