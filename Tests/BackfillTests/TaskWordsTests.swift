import ChunkCatalog
import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import backfill

@Suite("How a task went, in words") struct TaskWordsTests {
  private static let table = QualifiedName("public", "metrics")

  private static func difference(
    _ source: Int64, _ target: Int64, columns: [String] = [], ends: (String, String)? = nil
  ) -> ComparisonResult {
    .differs(
      Difference(
        sourceRows: source, targetRows: target, columns: columns.map(Identifier.init),
        ends: ends.map { Difference.Ends(first: $0.0, last: $0.1) }))
  }

  @Test(
    "tells how many rows there are, which columns differ and when",
    arguments: [
      Case("one column", difference(5, 5, columns: ["a b"]), #"5 rows on both sides; column "a b" differs"#),
      Case(
        "at one time", difference(5, 5, columns: ["a b"], ends: ("12", "12")),
        #"5 rows on both sides; column "a b" differs at 12"#),
      Case(
        "several columns", difference(5, 5, columns: ["time", "a b"]),
        #"5 rows on both sides; columns "time", "a b" differ"#),
      Case(
        "at several times", difference(5, 5, columns: ["time", "a b"], ends: ("12", "15")),
        #"5 rows on both sides; columns "time", "a b" differ between 12 and 15"#),
      Case(
        "other number of rows", difference(5, 4, ends: ("12", "12")),
        "5 rows on the source, 4 on the target; the difference is at 12"),
      Case("nobody knows when", difference(5, 0), "5 rows on the source, 0 on the target"),
      Case(
        "values in other rows", difference(5, 5, ends: ("12", "15")),
        """
        5 rows on both sides, each column by itself has equal values but rows combine them differently between 12 and 15
        """),
      Case("equal rows", .equalRows(5), "5 rows are equal"),
      Case("equal tuples", .equalTuples(2, rows: 5), "5 rows in 2 compressed tuples are equal"),
      Case("as many rows", .equalCounts(5), "5 rows on both sides"),
      Case(
        "no chunk", .chunkIsGone, "the chunk is gone from the source, so there is nothing to compare with"),
    ])
  func comparison(_ row: Case<ComparisonResult, String>) {
    #expect(row.input.text == row.expected)
    #expect(StoredWords().verifyMessage(row.input) == row.expected)
  }

  @Test(
    "tells how a chunk was copied",
    arguments: [
      Case("text", .asText(.columns([Identifier("moods")])), #"as text, for column "moods""#),
      Case(
        "refused values", .asText(.binaryIsRefused), "as text, as the target refused a value in binary form"),
      Case(
        "settings", .compressedAnew(.settings),
        "compressed anew on the target, as the hypertables' compression settings differ"),
      Case(
        "bloom filters", .compressedAnew(.bloomFilters),
        "compressed anew on the target, as bloom filters of the source would mislead the target"),
      Case(
        "a new column", .compressedAnew(.missingValues),
        "compressed anew on the target, as a column was added with a default after the chunk was compressed"),
      Case(
        "types", .compressedAnew(.columnTypes),
        "compressed anew on the target, as batches cannot carry a column's type between databases"),
      Case(
        "a refresh", .compressedAnew(.aggregateWasRefreshed),
        "compressed anew on the target, as a continuous aggregate on it has been refreshed on the target"),
      Case(
        "no compression", .storedUncompressed,
        "stored uncompressed, as the target's hypertable has no compression"),
      Case(
        "no chunk with its slices", .throughHypertable,
        "through the hypertable, as the target has no chunk with the same slices"),
      Case("a part", .part(number: 2, of: 3), "part 2 of 3"),
    ] as [Case<CopyRemark, String>])
  func remark(_ row: Case<CopyRemark, String>) {
    #expect(TaskRemark.copying(row.input).text == row.expected)
  }

  @Test("keeps what there is to say of a copied chunk in one line") func stored() {
    let words = StoredWords()
    #expect(words.copyMessage([]) == nil)
    #expect(
      words.copyMessage([.throughHypertable, .part(number: 1, of: 2)])
        == "through the hypertable, as the target has no chunk with the same slices; part 1 of 2")
  }

  private static func column(_ name: String, _ type: String, definition: String = "") -> Column {
    Column(
      name: Identifier(name), type: type, number: 1, isGenerated: false, hasPortableBinaryForm: true,
      hasPortableBatches: true, builtinType: nil, isCollatable: false, missingValue: nil,
      typeDefinition: definition)
  }

  private static let numeric = Dimension(
    column: Identifier("time"), type: "numeric", isOpen: true, partitioningFunction: nil)

  @Test(
    "tells why a chunk was refused, and what to do",
    arguments: [
      Case(
        "a column that the target lacks",
        .columns(.onlyOnSource(column("value", "real")), target: table),
        #"the target's "public"."metrics" has no column "value""#),
      Case(
        "a column that the source lacks", .columns(.onlyOnTarget(column("new", "real")), target: table),
        #"the source's chunk has no column "new""#),
      Case(
        "a column of another type",
        .columns(
          .types(source: column("value", "double precision"), target: column("value", "real")), target: table),
        #"column "value" is double precision on the source and real on the target"#),
      Case(
        "a type of another make",
        .columns(
          .types(
            source: column("a", "t", definition: "(x int)"), target: column("a", "t", definition: "(y int)")),
          target: table),
        #"type t of column "a" is defined otherwise on the source ((x int)) than on the target ((y int))"#),
      Case(
        "hypercore", .hypercore(.source),
        "the chunk on the source uses the hypercore access method, which this program cannot copy"),
      Case(
        "a type that can't be compared", .inexpressibleRange(numeric),
        #"the range of dimension "time" (type numeric) cannot be written as a condition"#),
      Case(
        "batches of an archive", .archivedBatches(.settings),
        "the archive has the chunk as compressed batches, which cannot be put into the target as they are, as the hypertables' compression settings differ"
      ),
    ] as [Case<ChunkProblem, String>])
  func refusal(_ row: Case<ChunkProblem, String>) {
    let failure = TaskFailure(row.input)
    #expect(failure.words.text == row.expected)
    #expect(failure.words.hint?.isEmpty == false)
    #expect(StoredWords().lastError(failure) == row.expected)
  }

  @Test("keeps a server's error without the advice") func server() {
    let failure = Sample.refused("53100")
    #expect(StoredWords().lastError(failure) == "target: copying: disk full (SQLSTATE 53100)")
    #expect(failure.words.hint == "make room on the target's disk, then run the same command again")
  }
}
