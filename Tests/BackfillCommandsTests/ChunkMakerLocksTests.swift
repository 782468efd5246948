import Postgres
import Testing

@testable import BackfillCommands

@Suite("Locks for making chunks") struct ChunkMakerLocksTests {
  @Test("are waited for only while none is held, each of them in its turn") func first() {
    let locks = ChunkMakerLocks(
      hypertable: QualifiedName("public", "h"), changesSettings: true, existing: nil,
      referenced: [QualifiedName("public", "a"), QualifiedName("public", "b")])
    for (attempt, name) in ["h", "a", "b", "h"].enumerated() {
      let asked = locks.statements(attempt: attempt).text.split(separator: "\n").filter {
        $0.hasPrefix("LOCK TABLE")
      }
      #expect(asked.count == 3)
      #expect(asked.first?.contains("\"\(name)\" IN") == true)
      #expect(asked.map { $0.hasSuffix("NOWAIT;") } == [false, true, true])
    }
  }
}
