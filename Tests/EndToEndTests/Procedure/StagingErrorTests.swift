import TestServers
import Testing

/// A way of staging that can't work.
struct Refusal: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let arguments: [String]
  let code: Int32
  /// What the message has to contain.
  let facts: [String]

  static let all = [
    Refusal(
      testDescription: "--until is nonsense", arguments: ["--until", "soonish"], code: 2,
      facts: ["--until", "soonish"]),
    Refusal(
      testDescription: "--from is nonsense", arguments: ["--until", "2024-02-01", "--from", "x'y"], code: 2,
      facts: ["--from", "x'y"]),
    Refusal(
      testDescription: "--until is empty", arguments: ["--until", ""], code: 2, facts: ["--until"]),
    Refusal(
      testDescription: "--until is a number for a timestamp",
      arguments: ["--until", "5", "--filter", "times"],
      code: 1, facts: ["5", "\"public\".\"times\""]),
    Refusal(
      testDescription: "--until is a time for a number",
      arguments: ["--until", "2024-02-01", "--filter", "NUMBERS"], code: 1,
      facts: ["2024-02-01", "\"public\".\"numbers\""]),
    Refusal(
      testDescription: "--until is out of the type's range",
      arguments: ["--until", "40000", "-f", "numbers"],
      code: 1, facts: ["40000", "\"public\".\"numbers\""]),
    Refusal(
      testDescription: "--until for one of two doesn't suit it",
      arguments: ["--until", "2024-02-01", "--until", "public.numbers=2024-02-01", "-f", "times|numbers"],
      code: 1, facts: ["2024-02-01", "\"public\".\"numbers\""]),
    Refusal(
      testDescription: "--until is for a hypertable that isn't selected",
      arguments: ["--until", "2024-02-01", "--until", "public.numbers=7", "-f", "times"],
      code: 2, facts: ["public.numbers"]),
    Refusal(
      testDescription: "--from is after --until",
      arguments: ["--until", "2024-01-01", "--from", "2024-01-02", "-f", "times"], code: 2, facts: ["--from"]),
    Refusal(
      testDescription: "--from is --until",
      arguments: ["--until", "7", "--from", "7", "-f", "numbers"], code: 2, facts: ["--from"]),
    Refusal(
      testDescription: "--filter is no regular expression",
      arguments: ["--until", "2024-02-01", "-f", "a(b"],
      code: 2, facts: ["--filter", "a(b"]),
    Refusal(
      testDescription: "--filter matches nothing", arguments: ["--until", "2024-02-01", "-f", "^nothing$"],
      code: 1, facts: ["--filter"]),
    Refusal(
      testDescription: "the target lacks a hypertable",
      arguments: ["--until", "2024-02-01", "-f", "missing"],
      code: 1, facts: ["the target has no hypertable \"public\".\"missing\""]),
    Refusal(
      testDescription: "the target has a plain table", arguments: ["--until", "2024-02-01", "-f", "plain"],
      code: 1, facts: ["\"public\".\"plain\""]),
    Refusal(
      testDescription: "the target lacks a column", arguments: ["--until", "2024-02-01", "-f", "lacking"],
      code: 1, facts: ["\"public\".\"lacking\"", "\"note\""]),
    Refusal(
      testDescription: "the target has one more column", arguments: ["--until", "2024-02-01", "-f", "extra"],
      code: 1, facts: ["\"public\".\"extra\"", "\"added\""]),
    Refusal(
      testDescription: "a column has another type", arguments: ["--until", "2024-02-01", "-f", "typed"],
      code: 1, facts: ["\"public\".\"typed\"", "\"note\"", "text", "character varying(10)"]),
    Refusal(
      testDescription: "the dimensions differ", arguments: ["--until", "2024-02-01", "-f", "spaced"],
      code: 1, facts: ["\"public\".\"spaced\"", "dimensions"]),
    Refusal(
      testDescription: "the snapshot is gone",
      arguments: ["--until", "2024-02-01", "-f", "times", "--snapshot", "00000003-0000001B-1"], code: 1,
      facts: ["snapshot", "00000003-0000001B-1"]),
  ]
}

@Suite("Staging errors", .needsServer) struct StagingErrorTests {
  private static func hypertable(_ name: String, _ columns: String) -> String {
    """
    CREATE TABLE \(name) (time timestamptz NOT NULL, \(columns));
    SELECT create_hypertable('\(name)', 'time');
    """
  }

  private static let common =
    hypertable("times", "note text") + """
      CREATE TABLE numbers (time smallint NOT NULL);
      SELECT create_hypertable('numbers', 'time', chunk_time_interval => 100);
      """
  private static let source =
    common
    + ["missing", "plain", "lacking", "extra", "typed", "spaced"].map {
      hypertable($0, "note text") + "INSERT INTO \($0) VALUES ('2024-01-01Z', 'a');"
    }.joined()
  private static let target =
    common + "CREATE TABLE plain (time timestamptz NOT NULL, note text);"
    + hypertable("lacking", "other text") + hypertable("extra", "note text, added int")
    + hypertable("typed", "note varchar(10)") + hypertable("spaced", "note text")
    + "SELECT add_dimension('spaced', 'note', number_partitions => 2);"

  @Test("say what is wrong, once, and stage nothing", arguments: TestServer.one)
  func refusals(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: Self.source, targetSetup: Self.target)
    for refusal in Refusal.all {
      let outcome = try await migration.backfill.run(["stage"] + refusal.arguments)
      #expect(outcome.exitCode == refusal.code, "\(refusal.testDescription): \(outcome)")
      #expect(
        outcome.stderr.split(separator: "\n").filter { $0.hasPrefix("error: ") }.count == 1,
        "\(refusal.testDescription): \(outcome)")
      for fact in refusal.facts {
        #expect(outcome.stderr.contains(fact), "\(refusal.testDescription): \(outcome)")
      }
      #expect(!outcome.stderr.contains("connecting again"), "\(refusal.testDescription): \(outcome)")
      expectNoSecret(outcome)
    }
    #expect(try migration.target.value("SELECT to_regnamespace('__backfill')") == nil)
  }

  @Test(
    "different TimescaleDB versions are refused",
    .enabled(
      if: TestServer.all.first?.timescaleVersion != TestServer.all.last?.timescaleVersion,
      "needs two versions of TimescaleDB"))
  func versions() async throws {
    let (older, newer) = (try #require(TestServer.all.first), try #require(TestServer.all.last))
    let migration = Migration(from: try await older.makeDatabase(), to: try await newer.makeDatabase())
    for command in [["stage", "--until", "2024-01-01"], ["copy"], ["verify"]] {
      let outcome = try await migration.backfill.run(command)
      #expect(outcome.exitCode == 1, "\(outcome)")
      for version in [older, newer].map(\.timescaleVersion.description) {
        #expect(outcome.stderr.contains(version), "\(outcome)")
      }
    }
  }

  /// A pair of servers that differ in nothing but PostgreSQL's version.
  private static let twins: (older: TestServer, newer: TestServer)? = TestServer.all.lazy.compactMap {
    older in
    TestServer.all.first { $0.timescaleVersion == older.timescaleVersion && $0.pgMajor > older.pgMajor }
      .map { (older, $0) }
  }.first

  @Test(
    "a target with an older PostgreSQL is refused",
    .enabled(if: twins != nil, "needs one version of TimescaleDB on two versions of PostgreSQL"))
  func olderPostgres() async throws {
    let twins = try #require(Self.twins)
    let migration = Migration(
      from: try await twins.newer.makeDatabase(), to: try await twins.older.makeDatabase())
    let outcome = try await migration.run("stage", "--until", "2024-01-01", exits: 1)
    #expect(outcome.stderr.contains("PostgreSQL"), "\(outcome)")
  }
}
