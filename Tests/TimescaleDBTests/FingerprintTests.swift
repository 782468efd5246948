import Testing
import TimescaleDB

@Suite("A database's fingerprint") struct FingerprintTests {
  private let parts = ["system identifier": "7", "database OID": "5", "TimescaleDB version": "2.22.1"]

  @Test("says what is different, in words") func differences() {
    var other = parts
    other["database OID"] = "6"
    other["TimescaleDB version"] = "2.29.2"
    let now = Fingerprint(parts: other)
    let earlier = Fingerprint(parts: parts)
    #expect(
      now.differences(from: earlier) == [
        "TimescaleDB version was 2.22.1 and is 2.29.2", "database OID was 5 and is 6",
      ])
    #expect(now.differences(from: earlier, ofDatabaseOnly: true) == ["database OID was 5 and is 6"])
    #expect(earlier.differences(from: earlier).isEmpty)
  }

  @Test("isn't changed by the server's being a standby, nor by parts that weren't known before") func same() {
    let standby = Fingerprint(parts: parts, isInRecovery: true)
    #expect(standby.differences(from: Fingerprint(parts: parts)).isEmpty)
    #expect(Fingerprint(parts: parts).differences(from: Fingerprint(parts: ["database OID": "5"])).isEmpty)
  }
}
