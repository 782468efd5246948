import Postgres
import TestConnections
import Testing

@testable import BackfillCommands

@Suite("Definitions of continuous aggregates") struct AggregateComparisonTests {
  private static let on15 = """
     SELECT public.time_bucket('01:00:00'::interval, raw."time") AS b,
        sum(raw.v) AS s
       FROM public.raw
      GROUP BY (public.time_bucket('01:00:00'::interval, raw."time"));
    """
  private static let on18 = """
     SELECT public.time_bucket('01:00:00'::interval, "time") AS b,
        sum(v) AS s
       FROM public.raw
      GROUP BY (public.time_bucket('01:00:00'::interval, "time"));
    """

  private func difference(
    _ source: String, _ target: String, schemas: [String] = ["public", "public"], isSameMajor: Bool = true
  ) -> [String]? {
    AggregateComparison.difference(
      source, target, extensionSchemas: schemas.map(Identifier.init), isSameMajor: isSameMajor
    ).map { [$0.source, $0.target] }
  }

  @Test("are equal as two versions of PostgreSQL write them") func versions() {
    #expect(difference(Self.on15, Self.on18, isSameMajor: false) == nil)
    #expect(difference(Self.on15, Self.on18, isSameMajor: true) != nil)
    #expect(
      difference(Self.on15, Self.on18.replacing("sum(v)", with: "max(v)"), isSameMajor: false)
        == ["sum(raw.v) AS s", "max(v) AS s"])
  }

  @Test("are equal with the extension in another schema") func schemas() {
    let moved = Self.on18.replacing("public.time_bucket", with: "ts.time_bucket")
    #expect(difference(Self.on18, moved, schemas: ["public", "ts"]) == nil)
    #expect(difference(Self.on18, moved) != nil)
  }

  @Test("differ in what is quoted, spaces and dots in it too") func quoted() {
    let query = "SELECT time_bucket('1 day', t), count(*) FROM raw WHERE name = 'a. b' AND \"x . y\" = ''''"
    #expect(difference(query, query) == nil)
    for (old, new) in [("a. b", "a.b"), ("\"x . y\"", "\"x. y\""), ("''''", "''")] {
      #expect(difference(query, query.replacing(old, with: new)) != nil)
    }
    #expect(difference(query, query.replacing(" AND", with: "\n    AND")) == nil)
  }
}
