import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands
@testable import backfill

@Suite("What schema found of definitions") struct DefinitionWordsTests {
  private static let table = QualifiedName("public", "a")
  private static let work = QualifiedName("public", "work")
  private static let refused = PostgresError(
    kind: .refusedByServer, side: .target, operation: "x", sqlState: "42501", message: "permission denied")

  struct Row: Sendable, CustomTestStringConvertible {
    let finding: DefinitionFinding
    let code: String
    let begins: String
    let hint: String?

    init(_ finding: DefinitionFinding, _ code: String, _ begins: String, _ hint: String? = nil) {
      (self.finding, self.code, self.begins, self.hint) = (finding, code, begins, hint)
    }

    var testDescription: String { begins }
  }

  static let rows = [
    Row(
      .neededByVersions(source: "2.22.1", target: "2.29.2"), "from-definitions",
      "The source has TimescaleDB 2.22.1 and the target 2.29.2: hypertables"),
    Row(.neededByEditions, "from-definitions", "The target has TimescaleDB's Apache edition, and the source"),
    Row(
      .versionsDiffer(source: "2.22.1", target: "2.29.2"), "definitions-of-another-version",
      "stage and copy will need the same version of TimescaleDB", "update the older side"),
    Row(
      .unavailable(.compression(table)), "definition-left-out",
      #""public"."a" is not compressed on the target"#,
      "for compression, install"),
    Row(
      .unavailable(.aggregate(table)), "definition-left-out",
      #"the continuous aggregate "public"."a" is left out"#, "leave it out of stage"),
    Row(
      .unavailable(.job(procedure: work, relation: table)), "definition-left-out",
      #"the job "public"."work" of "public"."a" is left out"#, "run what it does"),
    Row(
      .unavailable(.sparseIndexes(table, indexes: "bloom(x)")), "definition-left-out",
      #"the sparse indexes bloom(x) of "public"."a" are left"#, "update TimescaleDB"),
    Row(
      .unavailable(.columnRanges(table, columns: [Identifier("n")])), "definition-left-out",
      #"chunk skipping by "n" of "public"."a""#, "call enable_chunk_skipping()"),
    Row(
      .unavailable(.directCompression(table)), "definition-left-out",
      #"rows inserted into "public"."a" are not compressed"#, "set timescaledb.direct_compress"),
    Row(
      .unavailable(.granularRefresh(table)), "definition-left-out",
      #"the granular refresh of "public"."a""#, "set timescaledb.granular_refresh_column"),
    Row(
      .unavailable(.policy(procedure: work, relation: nil)), "definition-left-out",
      #"the job "public"."work" is left out: this program"#, "create it"),
    Row(
      .unavailable(.plainTable(table)), "not-a-hypertable",
      #"the target has "public"."a" already, and it is not"#,
      "drop or rename it"),
    Row(
      .dependents(["VIEW public v app"]), "definition-left-out",
      "left out, as they depend on continuous aggregates: VIEW public v app", "create them"),
    Row(
      .refused(.aggregate(table), refused), "definition-refused",
      #"the target refused the continuous aggregate "public"."a", which is left out: permission denied"#,
      "create it"),
    Row(
      .extensionRows([table]), "extension-rows-left-out",
      #"rows that were added to tables of extensions are left out: "public"."a""#, "copy them"),
    Row(
      .droppedMeanwhile(["TABLE public a app"], jobs: [.job(procedure: work, relation: nil)]),
      "dropped-meanwhile",
      #"dropped from the target while schema was running: TABLE public a app, the job "public"."work""#,
      "nothing was changed"),
    Row(.largeObjects(2), "large-objects-left-out", "the source's 2 large objects are left out", "move them"),
  ]

  @Test("is told with what to do", arguments: rows) func words(row: Row) {
    let finding = Finding.definition(row.finding)
    #expect(finding.code == row.code)
    #expect(finding.words.text.hasPrefix(row.begins), "\(finding.words)")
    #expect(
      finding.words.hint?.hasPrefix(row.hint ?? "-") == (row.hint == nil ? nil : true), "\(finding.words)")
  }
}
