import ChunkPairs
import Copying
import TaskEngine
import TestConnections
import Testing
import TimescaleDB

@Suite("Whether a task covers its whole chunk") struct WholeChunkTests {
  typealias S = Samples

  @Test(
    "follows from the chunk's slice of time, 100 to 200",
    arguments: [
      Case("no bounds", (.min, .max), true), Case("exactly", (100, 200), true), Case("more", (0, 300), true),
      Case("until inside", (.min, 199), false), Case("from inside", (101, .max), false),
      Case("until its end", (.min, 200), true), Case("from its beginning", (100, .max), true),
    ] as [Case<(Int64, Int64), Bool>])
  func covers(_ row: Case<(Int64, Int64), Bool>) {
    #expect(S.facts(from: row.input.0, until: row.input.1).pair.isWholeChunk == row.expected)
  }

  @Test("looks at time, not at space, whatever comes first") func spaceFirst() {
    let source = S.chunk(
      S.sourceChunk, dimensions: [S.space, S.time],
      slices: [Dimension.Range(lower: .min, upper: 50), S.slice])
    #expect(S.facts(source: source, until: 200).pair.isWholeChunk)
    #expect(!S.facts(source: source, until: 150).pair.isWholeChunk)
  }
}
