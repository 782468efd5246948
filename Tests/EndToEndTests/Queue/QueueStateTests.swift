import TestServers
import Testing

@Suite("States of the queue", .needsServer) struct QueueStateTests {
  static let setup = """
    CREATE TABLE stated (time timestamptz NOT NULL, value int);
    SELECT create_hypertable('stated', 'time', chunk_time_interval => interval '1 day');
    INSERT INTO stated SELECT t, 1 FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-05Z', '1 hour') AS t;
    """

  @Test("each command says what to run instead when there is nothing for it", arguments: TestServer.one)
  func nothingToDo(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    func expect(_ command: String, says text: String) async throws {
      let outcome = try await migration.run(command, exits: 1)
      #expect(outcome.stderr.contains(text), "\(outcome)")
    }
    try await expect("copy", says: "stage")
    try await expect("verify", says: "stage")
    try await migration.run("stage", "--until", "2023-01-01")
    try await expect("copy", says: "stage")
    try await migration.run("stage", "--until", "2024-02-01")
    try await expect("verify", says: "run copy first")
  }

  @Test("copy and verify with nothing left to do succeed, and say so", arguments: TestServer.one)
  func nothingLeft(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    let copied = try await migration.run("copy")
    #expect(
      copied.stdout.contains("Nothing to copy: all of the queue's tasks (5) have been copied"), "\(copied)")
    let verified = try await migration.run("verify")
    #expect(
      verified.stdout.contains("Nothing to verify: all copied tasks (5) have been verified"), "\(verified)")
  }

  @Test("clean keeps a queue with tasks that aren't copied, unless it is forced", arguments: TestServer.one)
  func cleanUncopied(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try migration.target.execute("UPDATE __backfill.task SET worked = '[now,now]' WHERE priority > 2")
    let refused = try await migration.run("clean", exits: 1)
    #expect(refused.stderr.contains("2 of the queue's 5 tasks have not been copied"), "\(refused)")
    #expect(refused.stderr.contains("clean --force"), "\(refused)")
    #expect(try migration.target.tasks() == 5)
    let forced = try await migration.run("clean", "--force")
    #expect(forced.stdout.contains("5 tasks, 2 of them not copied"), "\(forced)")
    // verify is optional.
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.run("copy")
    try await migration.run("clean")
  }

  @Test("clean removes the queue and nothing else, and again does no harm", arguments: TestServer.one)
  func clean(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    let cleaned = try await migration.run("clean")
    #expect(cleaned.stdout.contains("5 tasks"), "\(cleaned)")
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
    try migration.expectSame("stated")
    let again = try await migration.run("clean")
    #expect(again.stdout.contains("Nothing to clean"), "\(again)")
  }

  @Test("staging the same again is skipped and counted", arguments: TestServer.one)
  func again(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    let first = try await migration.run("stage", "--until", "2024-01-03T12:00:00Z")
    #expect(first.stdout.contains("Staged 3 chunks"), "\(first)")
    for _ in 1...2 {
      let second = try await migration.run("stage", "--until", "2024-01-03T12:00:00Z")
      #expect(second.stdout.contains("Staged 0 chunks"), "\(second)")
      #expect(second.stdout.contains("3 more were staged already"), "\(second)")
    }
    try await migration.run("copy")
    try await migration.run("stage", "--until", "2024-01-03T12:00:00Z")
    #expect(try migration.target.tasks() == 3)
    #expect(try migration.target.tasks(where: "worked IS NULL") == 0)
  }

  @Test("staging with a later end gives the boundary chunk its missing part", arguments: TestServer.ends)
  func later(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-03T12:00:00Z")
    try await migration.copyAndVerify()
    try migration.target.execute(
      "INSERT INTO stated VALUES ('2024-01-03 13:30Z', -1), ('2024-01-04 22:00Z', -2)")
    try await migration.run("stage", "--until", "2024-01-04T22:00:00Z")
    try await migration.copyAndVerify()
    try migration.expectSame("stated", where: "time < '2024-01-04 22:00Z'")
    #expect(
      try migration.target.query("SELECT value FROM stated WHERE time >= '2024-01-04 22:00Z'") == [["-2"]])
  }

  @Test("a staging that fails leaves no part of a queue", arguments: TestServer.one)
  func failed(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.setup)
    try await migration.run("stage", "--until", "2024-01-02")
    // Some of the tasks can be written, and then one can't.
    try migration.target.execute(
      """
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT count(*) FROM __backfill.task) >= 3 THEN RAISE EXCEPTION 'no more tasks'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON __backfill.task FOR EACH ROW EXECUTE FUNCTION refuse()
      """)
    let before = try migration.target.query("SELECT * FROM __backfill.task ORDER BY priority")
    let outcome = try await migration.run("stage", "--until", "2024-02-01", exits: 1)
    #expect(outcome.stderr.contains("no more tasks"), "\(outcome)")
    #expect(try migration.target.query("SELECT * FROM __backfill.task ORDER BY priority") == before)
  }
}
