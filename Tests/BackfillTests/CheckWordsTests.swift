import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands
@testable import backfill

/// The statements that are said to mend something, as they are pasted: names are quoted.
@Suite("What mends a finding") struct CheckWordsTests {
  typealias Told = Case<Finding, String?>

  private static let odd = QualifiedName("My schema", "a\"b")
  private static let role = Identifier("O'Neil")

  private static func table(_ fact: TableFinding.Fact, isAggregate: Bool = false) -> Finding {
    .table(TableFinding(relation: odd, isAggregate: isAggregate, table: odd, fact: fact))
  }

  static let mends: [Told] = [
    Told(
      "a constraint that is missing",
      table(.missing(TableRule(.check, Identifier("Few"), "CHECK ((a > 0))"))),
      #"ALTER TABLE "My schema"."a""b" ADD CONSTRAINT "Few" CHECK ((a > 0));"#),
    Told(
      "an index that is too much",
      table(.onlyOnTarget(TableRule(.uniqueIndex, Identifier("one"), "USING btree (a)"))),
      #"DROP INDEX "My schema"."one";"#),
    Told(
      "an index that is missing", table(.missing(TableRule(.index, Identifier("one"), "USING btree (a)"))),
      #"CREATE INDEX "one" ON "My schema"."a""b" USING btree (a);"#),
    Told(
      "compression that is off",
      table(
        .compressionOff(
          CompressionSettings(
            segmentBy: [Identifier("D'x")],
            orderBy: [.init(column: Identifier("t"), isDescending: true, nullsFirst: false)])),
        isAggregate: true),
      #"ALTER MATERIALIZED VIEW "My schema"."a""b" SET (timescaledb.compress = true, timescaledb.compress_segmentby = "#
        + #"'"D''x"', timescaledb.compress_orderby = '"t" DESC NULLS LAST');"#),
    Told(
      "another interval",
      table(
        .dimensionSize(
          column: Identifier("t"), source: .init(value: 1, text: "1 day", isOpen: true, isInterval: true),
          target: .init(value: 2, text: "2 days", isOpen: true, isInterval: true))),
      #"SELECT set_chunk_time_interval('"My schema"."a""b"', interval '1 day', 't');"#),
    Told(
      "a role", .access(.roleMissing(role, relations: 1)), #"CREATE ROLE "O'Neil";"#),
    Told(
      "rights", .access(.unreadable(odd, chunks: nil, role: role)),
      #"GRANT USAGE ON SCHEMA "My schema" TO "O'Neil"; GRANT SELECT ON "My schema"."a""b" TO "O'Neil";"#),
    Told(
      "a slot", .condition(.inactiveSlot(Identifier("it's"))), "SELECT pg_drop_replication_slot('it''s');"),
    Told(
      "a limit",
      .condition(
        .connectionSlots(.target, needed: 9, .init(.role(role), maximum: 5, used: 3))),
      #"ALTER ROLE "O'Neil" CONNECTION LIMIT 12;"#),
    Told("a pooler", .condition(.pooler(.source)), nil),
    Told("jobs", .hazard(.scheduledJobs([])), "timescaledb-backfill jobs off"),
    Told("an empty target", .schema(.emptyTarget(hypertables: 2)), "timescaledb-backfill schema"),
  ]

  @Test("can be pasted", arguments: mends)
  func mend(told: Told) { #expect(told.input.words.mend == told.expected) }
}
