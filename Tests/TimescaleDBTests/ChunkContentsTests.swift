import TestConnections
import Testing
import TimescaleDB

@Suite("What a chunk holds") struct ChunkContentsTests {
  @Test(
    "is told without reading it",
    arguments: [
      Case(
        "by the density at the last ANALYZE", ChunkContents(rowBytes: 819_200, tuples: 500, pages: 50), 1000),
      // Like the planner: (8192 - 24) bytes of a page / (8 + 24 + 4) bytes of a row.
      Case(
        "by the width of rows, where it was never analyzed", ChunkContents(rowBytes: 81920, rowWidth: 5), 2269
      ),
      Case(
        "by the width, where it was analyzed when it was empty",
        ChunkContents(rowBytes: 8192, tuples: 0, pages: 0, rowWidth: 5), 227),
      Case("nothing, where it is empty", ChunkContents(rowBytes: 0, tuples: 5000, pages: 40), 0),
      Case(
        "by what compressing noted, not by the statistics of before",
        ChunkContents(rowBytes: 0, batchBytes: 8192, batchedRows: 5000, tuples: 5000, pages: 40), 5000),
      Case(
        "in batches and beside them",
        ChunkContents(rowBytes: 8192, batchBytes: 8192, batchedRows: 5000, tuples: 100, pages: 1), 5100),
      Case("not at all, where batches don't tell", ChunkContents(rowBytes: 8192, batchBytes: 8192), nil),
    ] as [Case<ChunkContents, Int64?>])
  func rows(_ row: Case<ChunkContents, Int64?>) {
    #expect(row.input.rows == row.expected)
  }

  @Test("is the bytes of all its files, TOAST included") func bytes() {
    #expect(ChunkContents(rowBytes: 1, batchBytes: 20, toastBytes: 300).bytes == 321)
  }
}
