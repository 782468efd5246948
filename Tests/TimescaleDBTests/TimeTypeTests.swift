import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import TimescaleDB

@Suite("Time types") struct TimeTypeTests {
  @Test(
    "write constants that need no setting",
    arguments: [
      Case("timestamptz", (.timestamptz, 5), "_timescaledb_functions.to_timestamp(5::bigint)"),
      Case(
        "timestamp", (.timestamp, -5), "_timescaledb_functions.to_timestamp_without_timezone((-5)::bigint)"),
      Case("date", (.date, 0), "_timescaledb_functions.to_date(0::bigint)"),
      Case("bigint", (.bigint, .min), "(-9223372036854775808)::bigint"),
      Case("integer", (.integer, 7), "7::integer"),
      Case("integer beyond its range", (.integer, 9_999_999_999), "2147483647::integer"),
      Case("smallint beyond its range", (.smallint, -99999), "(-32768)::smallint"),
      Case("uuid", (.uuid, 1_700_000_000_000_000), "'018bcfe5-6800-7000-8000-000000000000'::uuid"),
    ] as [Case<(TimeType, Int64), SQL>])
  func constants(_ row: Case<(TimeType, Int64), SQL>) {
    #expect(row.input.0.constant(row.input.1) == row.expected)
  }

  @Test(
    "make UUID boundaries of whole milliseconds, rounded up",
    arguments: [
      Case("the epoch", 0, "00000000-0000-7000-8000-000000000000"),
      Case("one microsecond", 1, "00000000-0001-7000-8000-000000000000"),
      Case("999 microseconds", 999, "00000000-0001-7000-8000-000000000000"),
      Case("a millisecond", 1000, "00000000-0001-7000-8000-000000000000"),
      Case("one more", 1001, "00000000-0002-7000-8000-000000000000"),
      Case("before the epoch", -1500, "00000000-0000-7000-8000-000000000000"),
    ])
  func uuidBoundaries(_ row: Case<Int64, String>) {

    #expect(TimeType.uuidBoundary(row.input) == row.expected)
  }

  @Test("know which bounds bound nothing") func beyondRange() {
    for type in TimeType.allCases {
      #expect(type.isBeyondRange(.min), "\(type)")
      #expect(type.isBeyondRange(.max), "\(type)")
      #expect(!type.isBeyondRange(5), "\(type)")
    }
    #expect(TimeType.integer.isBeyondRange(2_147_483_648))
    #expect(!TimeType.integer.isBeyondRange(2_147_483_647))
    #expect(TimeType.smallint.isBeyondRange(32768))
    #expect(!TimeType.smallint.isBeyondRange(-32768))
    #expect(TimeType.uuid.isBeyondRange(0))
  }
}

@Suite(
  "Time types, as a server reads them", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct TimeTypeOnServerTests {
  static let withUUIDs = Servers(.newest, .since(2, 22))
  static let moments: [Int64] = [
    -210_866_803_200_000_000, -86_400_000_000, 0, 86_400_000_000, 946_684_800_000_000, 1_704_067_200_000_000,
    253_402_214_400_000_000,
  ]

  /// Here and not in the test's arguments, where Swift 6.0.3 crashes on a closure.
  private static let withConstants = TimeType.allCases.filter { $0 != .uuid }

  @Test("write constants that stand for the internal value", arguments: withConstants)
  func constants(_ type: TimeType) async throws {
    let database = try await #require(TestServer.newest).makeDatabase(
      options: DatabaseOptions(settings: ["TimeZone": "Asia/Kathmandu"]))
    try await database.withConnection { connection throws in
      for zone in ["UTC", "Asia/Kathmandu", "America/New_York"] {
        try connection.run("SELECT set_config('TimeZone', \(zone), false)")
        let values: [Int64] =
          type == .smallint ? [-32768, 0, 32767] : type == .integer ? [.min, 0, 5] : Self.moments
        for value in values where !type.isBeyondRange(value) {
          let constant = type.constant(value)
          let back: SQL =
            type.isInteger ? "(\(constant))::int8" : "_timescaledb_functions.time_to_internal(\(constant))"
          #expect(try connection.value("SELECT \(back)") == "\(value)")
          #expect(try connection.value("SELECT pg_typeof(\(constant))") == type.rawValue)
        }
      }
    }
  }

  @Test(
    "read what a person writes",
    arguments: [
      Case("timestamptz", (.timestamptz, "2024-01-31T12:00:00Z"), "1706702400000000"),
      Case("timestamptz with a zone", (.timestamptz, "2024-01-31 12:00+05:45"), "1706681700000000"),
      Case("timestamptz without a zone is UTC", (.timestamptz, "2024-01-31 12:00"), "1706702400000000"),
      Case("timestamp", (.timestamp, "2024-01-31 12:00"), "1706702400000000"),
      Case("date", (.date, "1970-01-02"), "86400000000"),
      Case("bigint", (.bigint, "-9223372036854775808"), "-9223372036854775808"),
      Case("integer", (.integer, "-5"), "-5"), Case("smallint", (.smallint, "32767"), "32767"),
      Case("uuid", (.uuid, "2024-01-31T12:00:00Z"), "1706702400000000"),
      Case("infinity", (.timestamptz, "infinity"), "9223372036854775807"),
    ] as [Case<(TimeType, String), String>])
  func texts(_ row: Case<(TimeType, String), String>) async throws {
    let database = try await #require(TestServer.newest).makeDatabase()
    let question: SQL = "SELECT \(row.input.0.internalValue(of: row.input.1))"
    let found = try await database.withConnection { try $0.value(question) }
    #expect(found == row.expected)
  }

  /// A UUIDv7's time as TimescaleDB takes it is on the same side of a bound as the UUID of the boundary.
  @Test("cut UUIDs where TimescaleDB cuts them", .needs(withUUIDs), arguments: withUUIDs)
  func uuids(server: TestServer) async throws {
    try await server.makeDatabase().withConnection { connection throws in
      var random = SeededRandom(seed: 5)
      var rows: [SQL] = []
      for _ in 0..<300 {
        let moment = Int64.random(in: 1...4_000_000_000_000_000, using: &random)
        let bound =
          [moment, moment / 1000 * 1000, moment + 1, moment - 999, moment / 1000 * 1000 + 1].randomElement(
            using: &random) ?? moment
        rows.append("(\(moment)::int8, \(bound)::int8, \(TimeType.uuid.constant(bound)))")
      }
      let wrong = try connection.values(
        """
        SELECT u || ' ' || bound FROM (VALUES \(rows.joined(separator: ", "))) AS v (moment, bound, boundary)
        CROSS JOIN LATERAL (
          SELECT public.to_uuidv7(_timescaledb_functions.to_timestamp(moment)) AS u
          UNION ALL SELECT public.to_uuidv7_boundary(_timescaledb_functions.to_timestamp(moment))
        ) AS x
        WHERE (u >= boundary) <> (_timescaledb_functions.time_to_internal(u) >= bound)
        """)
      #expect(wrong == [])
    }
  }
}
