import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@Suite("What migrate remembers", .needs(TestServer.all)) struct MigrationRecordTests {
  private static let source = Fingerprint(parts: [.databaseOID: "5", .systemIdentifier: "a'b"])
  private static let target = Fingerprint(parts: [.databaseOID: "7", .systemIdentifier: "c"])

  private func opened(_ session: borrowing Connection) throws {
    try session.execute("BEGIN", doing: "test")
    try session.execute(
      MigrationRecord.opening(source: Self.source, target: Self.target), doing: "test")
    try session.execute("COMMIT", doing: "test")
  }

  @Test("comes back as it was written") func written() async throws {
    try await TestDatabase.plain().withTwoConnections { session, other throws in
      #expect(try MigrationRecord.find(on: session) == nil)
      try opened(session)
      let empty = MigrationRecord(source: Self.source, target: Self.target)
      #expect(try MigrationRecord.find(on: session) == empty)
      let choice = MigrationRecord.Choice(
        until: ["2026-01-01", #"public."Ev'ents"=5"#, "a\\b={,}"], from: "1'", filter: "^x|\"y\"",
        exclude: "",
        cascadeUp: true)
      try session.execute(MigrationRecord.choosing(choice), doing: "test")
      let time = Timestamp(microseconds: 1_767_323_045_678_901)
      try session.execute(MigrationRecord.marking(.writing, at: time), doing: "test")
      let found = try #require(try MigrationRecord.find(on: other))
      #expect(found.choice == choice)
      #expect(found.marks == [.writing: time])
      // Beginning again changes nothing.
      try opened(session)
      #expect(try MigrationRecord.find(on: session) == found)
    }
  }

  @Test("forgets later steps when an earlier one is done again") func again() async throws {
    try await TestDatabase.plain().withTwoConnections { session, _ throws in
      try opened(session)
      for mark in MigrationRecord.Mark.allCases {
        try session.execute(MigrationRecord.marking(mark), doing: "test")
      }
      #expect(try MigrationRecord.find(on: session)?.marks.count == 8)
      try session.execute(MigrationRecord.marking(.copied), doing: "test")
      let marks = try MigrationRecord.find(on: session)?.marks.keys.map { $0 }
      #expect(Set(marks ?? []) == [.schema, .jobsOff, .writing, .staged, .copied])
    }
  }

  @Test("is not believed where another role has made it") func stranger() async throws {
    try await TestDatabase.plain().withTwoConnections { session, _ throws in
      try opened(session)
      try session.execute(
        "ALTER TABLE __backfill.migration ENABLE ROW LEVEL SECURITY", doing: "test")
      #expect(throws: PostgresError.self) {
        try session.execute("BEGIN;" + MigrationRecord.locking, doing: "test")
      }
    }
  }
}
