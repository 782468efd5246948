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
  private static func hypertable(_ type: String, id: Int64 = 1) -> Hypertable {
    Hypertable(
      id: id, name: QualifiedName("public", type),
      dimensions: [
        Dimension(column: Identifier("t"), type: type, isOpen: true, partitioningFunction: nil)
      ], aggregate: nil, rawHypertableID: nil)
  }

  /// The range for each of the types, or what is found of the values.
  private func bounds(
    from: String? = nil, until: String, _ types: [String]
  ) async throws -> Result<[Dimension.Range?], Refused> {
    let database = try await #require(TestServer.newest).makeDatabase()
    return try await database.withConnection { connection throws in
      let hypertables = types.enumerated().map { Self.hypertable($1, id: Int64($0) + 1) }
      do {
        let bounds = try TimeBounds(
          from: from, until: CompletionPoint(until), hypertables: hypertables, on: connection)
        return .success(hypertables.map { bounds.range(for: $0) })
      } catch let error as CommandFailure {
        switch error {
        case .usage(.time(let finding)): return .failure(Refused(isUsage: true, finding: finding))
        case .failed(.time(let finding)): return .failure(Refused(isUsage: false, finding: finding))
        default: throw error
        }
      }
    }
  }

  struct Refused: Error, Equatable {
    let isUsage: Bool
    let finding: TimeFinding
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
    #expect(found == .failure(Refused(isUsage: true, finding: .unreadable(.until, until))))
  }

  @Test("must be in this order", arguments: [("2024-02-01", "2024-01-01"), ("2024-01-01", "2024-01-01")])
  func order(from: String, until: String) async throws {
    let found = try await bounds(from: from, until: until, ["date"])
    // Only of equal values it has to be told how they are read.
    let same = from == until ? TimeReading(text: until, type: "date") : nil
    #expect(found == .failure(Refused(isUsage: true, finding: .reversed(same: same))))
  }

  @Test("that no hypertable's time can be compared with name them") func wrongType() async throws {
    let found = try await bounds(until: "2024-01-01", ["bigint", "integer"])
    let incomparable = ["bigint", "integer"].map {
      IncomparableTime(hypertable: QualifiedName("public", $0), time: .type($0))
    }
    #expect(
      found
        == .failure(
          Refused(isUsage: false, finding: .incomparable(from: nil, until: "2024-01-01", incomparable))))
  }

  @Test("leave out hypertables whose time they can't be compared with, where others can") func leftOut()
    async throws
  {
    let database = try await #require(TestServer.newest).makeDatabase()
    try await database.withConnection { connection throws in
      let hypertables = ["date", "bigint", "numeric"].enumerated().map {
        Self.hypertable($1, id: Int64($0) + 1)
      }
      let bounds = try TimeBounds(
        from: nil, until: CompletionPoint("2024-01-31"), hypertables: hypertables, on: connection)
      #expect(hypertables.map { bounds.apply(to: $0) } == [true, false, false])
      #expect(
        bounds.leftOut == [
          IncomparableTime(hypertable: QualifiedName("public", "bigint"), time: .type("bigint")),
          IncomparableTime(
            hypertable: QualifiedName("public", "numeric"), time: .column(Identifier("t"), type: "numeric")),
        ])
    }
  }

  /// Two hypertables, and an aggregate on an aggregate on the second.
  private static let stack: [Hypertable] = [
    (1, "times", "date", nil), (2, "Numbers", "bigint", nil), (3, "hourly", "bigint", 2),
    (4, "daily", "bigint", 3),
  ].map { (id: Int64, name: String, type: String, raw: Int64?) in
    Hypertable(
      id: id, name: QualifiedName("public", raw == nil ? name : "_materialized_\(id)"),
      dimensions: [Dimension(column: Identifier("t"), type: type, isOpen: true, partitioningFunction: nil)],
      aggregate: raw.map { _ in QualifiedName("public", name) }, rawHypertableID: raw)
  }

  @Test(
    "have others for single hypertables, and for the aggregates on them",
    arguments: [
      Case("none", [], [nil, nil, nil, nil]),
      Case("as it is called", [("public.Numbers", "7")], [nil, "7", "7", "7"]),
      Case("as it is quoted", [("\"public\".\"Numbers\"", "7")], [nil, "7", "7", "7"]),
      Case("of an aggregate", [("public.Numbers", "7"), ("public.hourly", "5")], [nil, "7", "5", "5"]),
      Case("of the last one", [("public.daily", "5")], [nil, nil, nil, "5"]),
    ] as [Case<[(String, String)], [String?]>])
  func exceptions(_ row: Case<[(String, String)], [String?]>) {
    let point = CompletionPoint(
      "2024-01-31", exceptions: row.input.map { .init(relation: $0.0, until: $0.1) })
    let assigned = point.assigned(to: Self.stack)
    #expect(Self.stack.map { assigned.exceptions[$0.id] } == row.expected)
    #expect(assigned.unknown == [])
  }

  @Test(
    "are refused for hypertables that aren't chosen",
    arguments: ["public.numbers", "Numbers", "public._materialized_3", "other.Numbers", "public.Numbers "])
  func unknownRelation(_ relation: String) {
    let point = CompletionPoint("2024-01-31", exceptions: [.init(relation: relation, until: "7")])
    #expect(point.assigned(to: Self.stack).unknown == [relation])
  }

  @Test("are read for each hypertable by itself, and have to fit where they are meant for one") func single()
    async throws
  {
    let numbers = Dimension.Range(lower: .min, upper: 7)
    let times = Dimension.Range(lower: .min, upper: 1_706_659_200_000_000)
    let cases: [(until: String, ranges: [Dimension.Range?]?)] = [
      ("7", [times, numbers, numbers, numbers]), ("2024-01-31", nil), ("soon", nil),
    ]
    let database = try await #require(TestServer.newest).makeDatabase()
    try await database.withConnection { connection throws in
      for (until, ranges) in cases {
        let point = CompletionPoint(
          "2024-01-31", exceptions: [.init(relation: "public.Numbers", until: until)])
        do {
          let bounds = try TimeBounds(from: nil, until: point, hypertables: Self.stack, on: connection)
          #expect(Self.stack.map { bounds.range(for: $0) } == ranges, "\(until)")
        } catch is CommandFailure {
          #expect(ranges == nil, "\(until)")
        }
      }
    }
  }

  @Test("can't bound a type that isn't understood") func unknownType() async throws {
    let found = try await bounds(until: "5", ["numeric"])
    let incomparable = IncomparableTime(
      hypertable: QualifiedName("public", "numeric"), time: .column(Identifier("t"), type: "numeric"))
    #expect(
      found
        == .failure(
          Refused(isUsage: false, finding: .incomparable(from: nil, until: "5", [incomparable]))))
  }
}
