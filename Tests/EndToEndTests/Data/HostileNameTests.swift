import Foundation
import TestServers
import Testing

@Suite("Hostile names", .needsServer) struct HostileNameTests {
  /// Each is at once a schema, a table, a column, an index, an enum type and its label.
  static let names = [
    "with \"quotes\" and 'more'", "With Space and CASE", "Größe, 大きさ, 📏", "x'; DROP TABLE public.canary; --",
    "x\"; DROP TABLE public.canary; --", "$$ || (SELECT 1/0) || $$", "back\\slash\\", "new\nline\ttab",
    "percent %s %1$I {0}", "select", "a.b.c", "\u{1b}[31mred", String(repeating: "ü", count: 31) + "x",
    "time < '2024-01-01' OR true",
  ]

  private static func definition(_ number: Int, _ name: String) -> String {
    let quoted = quotedIdentifier(name)
    let label = quotedLiteral(String(name.prefix(20)))
    let schema = quotedLiteral("\(String(name.prefix(20))) \(number)")
    return """
      CREATE SCHEMA \(quoted);
      CREATE TYPE \(quoted).\(quotedIdentifier("e" + name.prefix(15))) AS ENUM (\(label));
      CREATE TABLE \(quoted).\(quoted) (\(quoted) timestamptz NOT NULL,
        "e" \(quoted).\(quotedIdentifier("e" + name.prefix(15))), "v" text DEFAULT \(label), "n" int);
      CREATE SCHEMA \(quotedIdentifier("\(String(name.prefix(20))) \(number)"));
      SELECT create_hypertable(format('%I.%I', \(quotedLiteral(name)), \(quotedLiteral(name)))::regclass,
        \(quotedLiteral(name)), chunk_time_interval => interval '1 day', create_default_indexes => false,
        associated_schema_name => \(schema), associated_table_prefix => \(quotedLiteral(String(name.prefix(12)))));
      CREATE INDEX \(quotedIdentifier(String(name.reversed()))) ON \(quoted).\(quoted) (\(quoted), "n");
      INSERT INTO \(quoted).\(quoted) SELECT t, \(label), \(label), 1
      FROM generate_series('2024-01-01Z'::timestamptz, '2024-01-03Z', '6 hours') AS t;
      """
  }

  @Test("are names and nothing else", arguments: TestServer.ends)
  func names(server: TestServer) async throws {
    let setup =
      "CREATE TABLE canary (alive bool);\n"
      + Self.names.enumerated().map(Self.definition).joined(separator: "\n")
    let unique = String(UInt32.random(in: .min ... .max), radix: 36)
    let source = try await server.makeDatabase(name: "so\"ur'ce \(unique)", setup: setup)
    let target = try await server.makeDatabase(name: "tar get; \\ü \(unique)")
    try await source.dumpSchema(into: target)
    for name in Self.names {
      let table = "\(quotedIdentifier(name)).\(quotedIdentifier(name))"
      // Chunks in a schema of the user's own are not left out by the dump that the migration guide describes.
      try target.execute(
        """
        DELETE FROM \(table); INSERT INTO \(table) (\(quotedIdentifier(name)), n) VALUES ('2024-01-01 01:00Z', 2), ('2024-01-02 15:00Z', 3)
        """)
    }
    let migration = Migration(from: source, to: target)
    let staged = try await migration.run("stage", "--until", "2024-01-02T15:00:00Z")
    #expect(try target.tasks() == 2 * Self.names.count, "\(staged)")
    try await migration.copyAndVerify()
    for name in Self.names {
      let (table, column) = (
        "\(quotedIdentifier(name)).\(quotedIdentifier(name))", quotedIdentifier(name)
      )
      try migration.expectSame(table, where: "\(column) < '2024-01-02 15:00Z'")
      let kept = try target.query("SELECT n FROM \(table) WHERE \(column) >= '2024-01-02 15:00Z'")
      #expect(kept == [["3"]], "\(name)")
    }
    for database in [source, target] {
      #expect(try database.value("SELECT to_regclass('public.canary')") == "canary")
    }
  }

  @Test("of one table are told as themselves, on one line", arguments: TestServer.one)
  func told(server: TestServer) async throws {
    let name = "new\nline\u{1b}[31m"
    let migration = try await Migration.on(server, setup: Self.definition(1, name))
    try await migration.run("stage", "--until", "2024-02-01")
    let copied = try await migration.run("copy")
    #expect(!copied.stdout.contains("\u{1b}"), "\(copied)")
    let lines = copied.stdout.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("[") }.count == 3, "\(copied)")
    #expect(lines.allSatisfy { !$0.hasPrefix("line") }, "\(copied)")
  }
}
