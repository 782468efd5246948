import Foundation
import TestServers
import Testing

@Suite("Options for the output", .needsServer) struct OutputOptionTests {
  private func staged() async throws -> Migration {
    let server = try #require(TestServer.newest)
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    return migration
  }

  @Test("the log has what a quiet run doesn't show, each line with its time, and no secret") func log()
    async throws
  {
    let migration = try await staged()
    let log = try ScratchFile()
    let outcome = try await migration.run("copy", "-p1", "--quiet", "--timestamps", "--log-file", log.path)
    let shown = outcome.stdout.split(separator: "\n")
    #expect(shown.count == 2 && shown[0].contains("from 5 chunks in "), "\(outcome)")
    let lines = log.text.split(separator: "\n")
    let stamp = #/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z /#
    for line in shown + lines { #expect(line.prefixMatch(of: stamp) != nil, "\(line)") }
    #expect(lines.first?.hasSuffix(" timescaledb-backfill 0.1.0") == true, "\(log.text)")
    #expect(
      lines.dropFirst().first?.hasSuffix(
        " Command line: copy --parallelism=1 --timestamps --quiet --log-file=\(log.path)") == true,
      "\(log.text)")
    for part in [" source: ", " target: ", " Copying 5 chunks", " [5/5] Copied ", " from 5 chunks in "] {
      #expect(lines.contains { $0.contains(part) }, "\(part): \(log.text)")
    }
    for secret in [TestCluster.appPassword, "p%40ss"] { #expect(!log.text.contains(secret)) }
  }

  @Test("the log has a server's error with all that it said, and the run's end") func errors() async throws {
    let migration = try await staged()
    try migration.target.execute(
      """
      CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'not this one' USING ERRCODE = 'P0123', DETAIL = 'its detail', HINT = 'its hint'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON public.stated FOR EACH ROW EXECUTE FUNCTION public.refuse()
      """)
    let log = try ScratchFile()
    let outcome = try await migration.run("copy", "-p2", "--fail-fast", "--log-file", log.path, exits: 1)
    for part in ["not this one", "P0123", "its detail", "its hint", "routine: "] {
      #expect(log.text.contains(part), "\(part): \(log.text)")
    }
    let told = outcome.stderr.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(!told.isEmpty)
    for line in told { #expect(log.text.contains(line), "\(line): \(log.text)") }
  }

  @Test("a verbose run tells what each worker does") func verbose() async throws {
    let migration = try await staged()
    let copied = try await migration.run("copy", "-p2", "--verbose")
    for part in [
      "Worker 1: began \"_timescaledb_internal\".\"_hyper_1_", "Worker 1: looking at the chunk",
      "Worker 1: copying", "Worker 1: committing",
    ] { #expect(copied.stdout.contains(part), "\(part): \(copied)") }
    let verified = try await migration.run("verify", "-p2", "--verbose")
    #expect(verified.stdout.contains("Worker 1: verifying"), "\(verified)")
  }

  @Test("a log that can't be opened is refused before anything is done; one that is full stops no run")
  func unusable() async throws {
    let migration = try await staged()
    let refused = try await migration.run("copy", "--log-file=/nonexistent/log", exits: 2)
    #expect(
      refused.stderr.hasPrefix(
        "error: the file of --log-file can't be opened: No such file or directory"), "\(refused)")
    #expect(refused.stdout.isEmpty, "\(refused)")
    #expect(try migration.target.value("SELECT count(*) FROM __backfill.task WHERE worked IS NULL") == "5")
    let full = try await migration.run("copy", "--log-file=/dev/full")
    let warnings = full.stderr.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
    #expect(warnings == ["warning: the log can't be written to: No space left on device"], "\(full)")
    try migration.expectSame("stated")
  }
}
