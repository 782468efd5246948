import Archive
import ChunkCatalog
import ChunkPairs
import Postgres
import Testing

@testable import Copying
@testable import TimescaleDB

@Suite("The plan for a chunk out of an archive") struct ArchivedPlanTests {
  typealias S = Samples

  private static func file(_ name: String, _ columns: [String]) -> ArchivedFile {
    ArchivedFile(
      name: name, format: .binary, columns: columns.map { Identifier($0) }, tuples: 1, copiedBytes: 1,
      bytes: 1,
      sha256: "")
  }

  /// A compressed chunk with its batches in the archive, or its rows.
  private static func facts(
    status: ChunkStatus = [], asRows: Bool = false, source: [Column]? = nil, sink: [Column]? = nil,
    compressedOnTarget: Bool = true, targetCompresses: Bool = true, attempt: CopyPlan.Attempt = .first
  ) -> CopyPlan.Facts {
    let relation = S.tuples(S.sourceTuples, columns: source)
    let chunk = S.chunk(S.sourceChunk, status: status, compressed: relation)
    var facts = S.facts(
      source: chunk,
      target: S.chunk(
        S.targetChunk, compressed: compressedOnTarget ? S.tuples(S.targetTuples, columns: sink) : nil),
      targetCompresses: targetCompresses, attempt: attempt)
    let rows = file("a.copy.zst", ["value", "time"])
    let batches = ArchivedBatches(
      file: file("a.batches.zst", relation.columns.map(\.name.name)), rows: 1,
      settings: CompressionSettings(segmentBy: nil, orderBy: nil),
      origin: BatchOrigin(
        timescaleVersion: "2.29.2", postgresVersion: "18.1", encoding: "UTF8", defaultCollation: "C",
        bloomHash: nil))
    facts.archived = ArchivedRows(
      ArchivedChunk(
        name: "a", chunk: chunk, range: .init(lower: .min, upper: .max),
        rowFile: asRows || status.contains(.partial) ? rows : nil, batches: asRows ? nil : batches, rows: 1,
        checksum: "", position: nil), in: ArchiveDirectory("nowhere"))
    return facts
  }

  private static func text(collation: String, _ name: String = "_ts_meta_min_1") -> Column {
    Column(
      name: Identifier(name), type: "text", number: 3, isGenerated: false, hasPortableBinaryForm: true,
      hasPortableBatches: true, builtinType: 25, isCollatable: true, missingValue: nil, collation: collation)
  }

  private static let count = S.column("_ts_meta_count", "integer")
  private static let bloom = S.column("bloom", "_timescaledb_internal.bloom1", isPortable: false)
  private static let opening: [CopyStep] = [
    .skipInvalidation, S.countTuples, .truncate(S.targetTuples), S.clear,
  ]

  static let cases = [
    PlanCase("batches: as they are", facts(), opening + [S.rawTuples()]),
    PlanCase(
      "batches and rows beside them", facts(status: .partial),
      opening + [S.rows(columns: ["value", "time"]), S.rawTuples()]),
    PlanCase(
      "batches, not compressed on the target yet", facts(compressedOnTarget: false),
      [.skipInvalidation, S.clear, .compress(S.targetChunk), .planAgain]),
    PlanCase(
      "rows: compressed anew", facts(asRows: true),
      opening + [
        .decompress(S.targetChunk), S.rows(only: false, columns: ["value", "time"]), .compress(S.targetChunk),
      ], remarks: [.compressedAnew(.archivedRows)]),
    PlanCase(
      "batches in another order: their rows are compressed anew",
      facts(source: [count, text(collation: "C")], sink: [count, text(collation: "i en")]),
      opening + [
        S.rawTuples(columns: ["_ts_meta_count", "_ts_meta_min_1"]), .decompress(S.targetChunk),
        .compress(S.targetChunk),
      ], remarks: [.compressedAnew(.order(of: Identifier("_ts_meta_min_1")))]),
    PlanCase(
      "batches with other bloom filters: their rows are compressed anew",
      {
        var changed = ArchivedPlanTests.facts(source: [count, bloom], sink: [count, bloom])
        changed.bloomFiltersAgree = false
        return changed
      }(),
      opening + [
        S.rawTuples(columns: ["_ts_meta_count", "bloom"]), .decompress(S.targetChunk),
        .compress(S.targetChunk),
      ], remarks: [.compressedAnew(.bloomFilters)]),
  ]

  @Test("is", arguments: cases) func plan(each: PlanCase) { each.check() }

  @Test("refuses batches that can't be put there, and says why") func refusals() {
    func refusal(_ facts: CopyPlan.Facts, _ change: (inout CopyPlan.Facts) -> Void = { _ in })
      -> BatchObstacle?
    {
      var facts = facts
      change(&facts)
      do {
        _ = try CopyPlan(facts)
        return nil
      } catch {
        guard case .archivedBatches(let obstacle) = error else { return nil }
        return obstacle
      }
    }
    #expect(refusal(Self.facts()) == nil)
    #expect(refusal(Self.facts()) { $0.versionsAgree = false } == .versions)
    #expect(refusal(Self.facts()) { $0.pair.wasRefreshed = true } == .aggregateWasRefreshed)
    #expect(refusal(Self.facts()) { $0.pair.target = nil } == .slices)
    #expect(refusal(Self.facts()) { $0.isPart = true } == .slices)
    #expect(
      refusal(Self.facts(compressedOnTarget: false, targetCompresses: false)) == .noCompression)
    #expect(
      refusal(Self.facts(sink: [Self.count, S.column("other")], attempt: .afterPreparing)) == .settings)
    // Nothing hides behind what could be made anew.
    let constrained = Self.facts(
      source: [Self.count, Self.text(collation: "C")], sink: [Self.count, Self.text(collation: "i en")])
    #expect(
      refusal(constrained) {
        $0.pair.target = ChunkDescription(
          id: 7, name: S.targetChunk, status: .compressed, hypertable: S.hypertable, dimensions: [S.time],
          slices: [S.slice], columns: S.columns,
          hypertableNumbers: [Identifier("time"): 1, Identifier("value"): 2],
          compressed: S.tuples(S.targetTuples, columns: [Self.count, Self.text(collation: "i en")]),
          enforced: ["CHECK (false)"])
      } == .order(of: Identifier("_ts_meta_min_1")))
  }
}
