import ChunkPairs
import Copying
import Postgres
import Testing
import TimescaleDB

@Suite("Batches move as they are") struct BatchObstacleTests {
  typealias S = Samples

  private static func tuples(
    _ name: QualifiedName, collation: String = "", enumOrder: String = "", meta: String = "_ts_meta_min_1"
  ) -> ChunkDescription.CompressedRelation {
    let least = Column(
      name: Identifier(meta), type: "text", number: 3, isGenerated: false, hasPortableBinaryForm: true,
      hasPortableBatches: true, builtinType: 25, isCollatable: true, missingValue: nil, collation: collation,
      enumOrder: enumOrder)
    return S.tuples(name, columns: [S.column("_ts_meta_count", "integer"), least])
  }

  private static func chunk(
    _ name: QualifiedName, _ tuples: ChunkDescription.CompressedRelation, enforced: Set<String> = [],
    columns: [Column] = S.columns
  ) -> ChunkDescription {
    ChunkDescription(
      id: 7, name: name, status: .compressed, hypertable: S.hypertable, dimensions: [S.time],
      slices: [S.slice], columns: columns,
      hypertableNumbers: [Identifier("time"): 1, Identifier("value"): 2],
      compressed: tuples, enforced: enforced)
  }

  private func moves(
    _ source: ChunkDescription, _ target: ChunkDescription,
    _ change: (inout CopyPlan.Facts) -> Void = { _ in }
  ) throws -> Bool {
    var facts = S.facts(source: source, target: target)
    change(&facts)
    return try CopyPlan(facts).steps.contains { step in
      if case .stream(let stream) = step { stream.source.isCompressed } else { false }
    }
  }

  private func source(collation: String = "", enumOrder: String = "") -> ChunkDescription {
    Self.chunk(S.sourceChunk, Self.tuples(S.sourceTuples, collation: collation, enumOrder: enumOrder))
  }

  private func target(
    collation: String = "", enumOrder: String = "", meta: String = "_ts_meta_min_1"
  ) -> ChunkDescription {
    Self.chunk(
      S.targetChunk, Self.tuples(S.targetTuples, collation: collation, enumOrder: enumOrder, meta: meta))
  }

  @Test("where texts are sorted alike") func collations() throws {
    #expect(try moves(source(collation: "C"), target(collation: "C")))
    #expect(try !moves(source(collation: "C"), target(collation: "i en 153.120")))
    #expect(try !moves(source(collation: "i en 153.120"), target(collation: "i en 153.121")))
    #expect(try moves(source(collation: "default"), target(collation: "default")))
    #expect(
      try !moves(source(collation: "default"), target(collation: "default")) {
        $0.defaultCollationsAgree = false
      })
    #expect(try moves(source(collation: "C"), target(collation: "C")) { $0.defaultCollationsAgree = false })
  }

  @Test("where metadata that doesn't tell its collation is of texts that are sorted alike")
  func untoldCollations() throws {
    func chunk(
      _ name: QualifiedName, _ tuples: QualifiedName, _ collation: String, meta: String
    ) -> ChunkDescription {
      let text = Column(
        name: Identifier("name"), type: "text", number: 3, isGenerated: false, hasPortableBinaryForm: true,
        hasPortableBatches: true, builtinType: 25, isCollatable: true, missingValue: nil,
        collation: collation)
      return Self.chunk(name, Self.tuples(tuples, collation: meta), columns: S.columns + [text])
    }
    func moves(_ there: String, _ here: String, meta: String) throws -> Bool {
      let target = chunk(S.targetChunk, S.targetTuples, here, meta: meta)
      return try self.moves(chunk(S.sourceChunk, S.sourceTuples, there, meta: meta), target) {
        $0.pair.targetColumns = target.columns
      }
    }
    #expect(try moves("C", "C", meta: "default"))
    #expect(try !moves("C", "i en 153.120", meta: "default"))
    // From 2.15 the metadata says it itself; another column's order doesn't matter.
    #expect(try moves("C", "i en 153.120", meta: "C"))
  }

  @Test("where enums have their labels in one order") func enums() throws {
    #expect(try moves(source(enumOrder: "'a', 'b'"), target(enumOrder: "'a', 'b'")))
    #expect(try !moves(source(enumOrder: "'a', 'b'"), target(enumOrder: "'b', 'a'")))
  }

  @Test("where the target forbids nothing that the source allows") func constraints() throws {
    let tuples = (S.tuples(S.sourceTuples), S.tuples(S.targetTuples))
    func chunks(_ there: Set<String>, _ here: Set<String>) -> (ChunkDescription, ChunkDescription) {
      (
        Self.chunk(S.sourceChunk, tuples.0, enforced: there),
        Self.chunk(S.targetChunk, tuples.1, enforced: here)
      )
    }
    let same = chunks(["CHECK (v > 0)"], ["CHECK (v > 0)"])
    #expect(try moves(same.0, same.1))
    let fewer = chunks(["CHECK (v > 0)"], [])
    #expect(try moves(fewer.0, fewer.1))
    let more = chunks([], ["CHECK (v > 0)"])
    #expect(try !moves(more.0, more.1))
  }

  @Test("but not after the target has refused a value in binary form") func refused() throws {
    let chunks = (source(), target())
    #expect(try moves(chunks.0, chunks.1))
    #expect(try !moves(chunks.0, chunks.1) { $0.binaryIsRefused = true })
  }
}
