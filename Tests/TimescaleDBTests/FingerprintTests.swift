import Testing
import TimescaleDB

@Suite("A database's fingerprint") struct FingerprintTests {
  private let parts: [Fingerprint.Key: String] = [
    .systemIdentifier: "7", .databaseOID: "5", .timescaleVersion: "2.22.1",
  ]

  @Test("says what is different") func differences() {
    var other = parts
    other[.databaseOID] = "6"
    other[.timescaleVersion] = "2.29.2"
    let now = Fingerprint(parts: other)
    let earlier = Fingerprint(parts: parts)
    #expect(
      now.differences(from: earlier) == [
        .init(key: .databaseOID, earlier: "5", now: "6"),
        .init(key: .timescaleVersion, earlier: "2.22.1", now: "2.29.2"),
      ])
    #expect(
      now.differences(from: earlier, ofDatabaseOnly: true) == [
        .init(key: .databaseOID, earlier: "5", now: "6")
      ])
    #expect(earlier.differences(from: earlier).isEmpty)
  }

  @Test("isn't changed by the server's being a standby, nor by parts that weren't known before") func same() {
    let standby = Fingerprint(parts: parts, isInRecovery: true)
    #expect(standby.differences(from: Fingerprint(parts: parts)).isEmpty)
    #expect(Fingerprint(parts: parts).differences(from: Fingerprint(parts: [.databaseOID: "5"])).isEmpty)
  }

  @Test("is read from a queue under the names of any version, and what isn't known there is different")
  func recorded() {
    let now = Fingerprint(parts: parts)
    let labelled = Fingerprint(recorded: [
      "system identifier": "7", "database OID": "6", "TimescaleDB version": "2.22.1",
    ])
    #expect(now.differences(from: labelled) == [.init(key: .databaseOID, earlier: "6", now: "5")])
    let today = Fingerprint(recorded: ["system_identifier": "7", "database_oid": "5", "branch": "main"])
    #expect(now.differences(from: today) == [.init(key: .unknown("branch"), earlier: "main", now: nil)])
    let both = Fingerprint(recorded: ["database OID": "6", "database_oid": "5"])
    #expect(now.differences(from: both).isEmpty)
  }
}
