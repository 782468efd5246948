import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite(
  "--from and --until", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct TimeBoundsTests {
  private static func hypertable(_ type: String) -> Hypertable {
    Hypertable(
      id: 1, name: QualifiedName("public", type),
      dimensions: [
        Dimension(column: Identifier("t"), type: type, isOpen: true, partitioningFunction: nil)
      ], aggregate: nil, rawHypertableID: nil)
  }

  /// The range for each of the types, or the failure's text.
  private func bounds(
    from: String? = nil, until: String, _ types: [String]
  ) async throws -> Result<[Dimension.Range?], Failed> {
    let database = try await #require(TestServer.newest).makeDatabase()
    return try await database.withConnection { connection throws in
      let hypertables = types.map(Self.hypertable)
      do {
        let bounds = try TimeBounds(from: from, until: until, hypertables: hypertables, on: connection)
        return .success(hypertables.map { bounds.range(for: $0) })
      } catch let error as CommandFailure {
        switch error {
        case .usage(let text, _): return .failure(Failed(kind: "usage", text: text))
        case .failed(let text, _): return .failure(Failed(kind: "failed", text: text))
        case .stopped(let text): return .failure(Failed(kind: "stopped", text: text))
        }
      }
    }
  }

  struct Failed: Error, Equatable {
    let kind: String
    let text: String
  }

  @Test(
    "are read as each time dimension's type",
    arguments: [
      Case("timestamptz", ("2024-01-31T12:00:00Z", "timestamp with time zone"), 1_706_702_400_000_000),
      Case("an offset", ("2024-01-31T12:00:00+02", "timestamp with time zone"), 1_706_695_200_000_000),
      Case("timestamp", ("2024-01-31 12:00", "timestamp without time zone"), 1_706_702_400_000_000),
      Case("date", ("2024-01-31", "date"), 1_706_659_200_000_000),
      Case(
        "an offset on a timestamp", ("2024-01-31T12:00:00+02", "timestamp without time zone"),
        1_706_695_200_000_000),
      Case(
        "a time of day on a date, whose midnight is before it", ("2024-01-31 00:00:00.000001", "date"),
        1_706_745_600_000_000),
      Case("a midnight in UTC on a date", ("2024-02-01T02:00:00+02", "date"), 1_706_745_600_000_000),
      Case("a time of day before 1970 on a date", ("1969-12-30 23:00", "date"), -86_400_000_000),
      Case("bigint", ("-5", "bigint"), -5), Case("integer", ("2147483647", "integer"), 2_147_483_647),
      Case("smallint", ("7", "smallint"), 7),
    ] as [Case<(String, String), Int64>])
  func reading(_ row: Case<(String, String), Int64>) async throws {
    let found = try await bounds(until: row.input.0, [row.input.1])
    #expect(found == .success([Dimension.Range(lower: .min, upper: row.expected)]))
  }

  @Test("bound several types at once") func several() async throws {
    let found = try await bounds(
      from: "2024-01-01", until: "2024-02-01",
      ["date", "timestamp with time zone", "timestamp without time zone"])
    let range = Dimension.Range(lower: 1_704_067_200_000_000, upper: 1_706_745_600_000_000)
    #expect(found == .success([range, range, range]))
  }

  @Test(
    "that make no sense are refused as usage",
    arguments: [
      ("soon", "2024-01-01"), ("2024-13-01", "x"), ("'; DROP TABLE t; --", "x"), ("", "x"),
    ])
  func nonsense(until: String, from: String) async throws {
    let found = try await bounds(until: until, ["bigint"])
    #expect(
      found == .failure(Failed(kind: "usage", text: "--until: \"\(until)\" is neither a time nor an integer"))
    )
  }

  @Test("must be in this order", arguments: [("2024-02-01", "2024-01-01"), ("2024-01-01", "2024-01-01")])
  func order(from: String, until: String) async throws {
    let found = try await bounds(from: from, until: until, ["date"])
    #expect(found == .failure(Failed(kind: "usage", text: "--from is not before --until")))
  }

  @Test("that a hypertable's time can't be compared with name it") func wrongType() async throws {
    let found = try await bounds(until: "2024-01-01", ["date", "bigint"])
    guard case .failure(let failed) = found else {
      Issue.record("taken")
      return
    }
    #expect(failed.kind == "failed")
    #expect(failed.text.contains(#""public"."bigint""#))
    #expect(!failed.text.contains(#""public"."date""#))
  }

  @Test("can't bound a type that isn't understood") func unknownType() async throws {
    guard case .failure(let failed) = try await bounds(until: "5", ["numeric"]) else {
      Issue.record("taken")
      return
    }
    #expect(failed.text.contains("numeric"))
  }
}
