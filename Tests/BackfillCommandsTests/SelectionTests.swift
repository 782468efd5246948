import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@testable import BackfillCommands
@testable import TimescaleDB

@Suite(
  "Filters", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct SelectionTests {
  static let hypertables = [
    Hypertable(
      id: 1, name: QualifiedName("public", "Metrics"), dimensions: [], aggregate: nil, rawHypertableID: nil),
    Hypertable(
      id: 2, name: QualifiedName("it's", "ÄPFEL"), dimensions: [], aggregate: nil, rawHypertableID: nil),
    Hypertable(
      id: 3, name: QualifiedName("_timescaledb_internal", "_materialized_hypertable_3"), dimensions: [],
      aggregate: QualifiedName("public", "daily"), rawHypertableID: 1),
  ]

  private func chosen(_ selection: Selection) async throws -> [Int64] {
    let database = try await TestDatabase.plain()
    return try await database.withConnection { connection throws in
      try selection.chosen(from: Self.hypertables, on: connection).map(\.id)
    }
  }

  @Test(
    "match schema.table and schema.view as regular expressions without regard to case",
    arguments: [
      Case("no filter", nil, [1, 2, 3]), Case("everything", "", [1, 2, 3]), Case("a part", "metrics", [1]),
      Case("with its schema", "^public\\.", [1, 3]), Case("the view, not its table", "daily$", [3]),
      Case("never the materialised table", "materialized", []),
      Case("alternatives", "metrics|daily", [1, 3]),
      Case("case beyond ASCII", "äpfel", [2]), Case("a quote", "it's", [2]), Case("nothing", "^$", []),
      Case("quotes, as PostgreSQL writes them", "^public\\.\"Metrics\"$", [1]),
      Case("no quotes where PostgreSQL writes them", "^public\\.metrics$", [1]),
      Case("a schema in quotes", "^\"it's\"\\.", [2]),
      Case("quotes where PostgreSQL writes none", "^public\\.\"daily\"$", []),
    ] as [Case<String?, [Int64]>])
  func matches(_ row: Case<String?, [Int64]>) async throws {
    #expect(try await chosen(Selection(filter: row.input)) == row.expected)
  }

  @Test("cascade from what they match, and keep the order given") func cascades() async throws {
    #expect(try await chosen(Selection(filter: "metrics", cascadeUp: true)) == [1, 3])
    #expect(try await chosen(Selection(filter: "daily", cascadeDown: true)) == [1, 3])
  }

  @Test("leave out what is excluded, whatever chose it") func excluded() async throws {
    #expect(try await chosen(Selection(exclude: "^public\\.DAILY$")) == [1, 2])
    #expect(try await chosen(Selection(filter: "metrics", exclude: "daily", cascadeUp: true)) == [1])
    #expect(try await chosen(Selection(filter: "daily", exclude: "daily", cascadeDown: true)) == [1])
    #expect(try await chosen(Selection(filter: "daily", exclude: "nothing")) == [3])
    #expect(try await chosen(Selection(exclude: ".")) == [])
  }

  @Test("that aren't regular expressions are a matter of usage", arguments: ["(", "[", "*(", "a{2,1}"])
  func invalid(_ filter: String) async throws {
    do {
      let found = try await chosen(Selection(filter: filter))
      Issue.record("chose \(found)")
    } catch let failure as CommandFailure {
      guard case .usage(.selection(.invalidExpression(.filter, let named, let reason))) = failure else {
        Issue.record("\(failure)")
        return
      }
      #expect(named == filter)
      #expect(!reason.isEmpty)
    }
  }

  @Test("are checked even where there is nothing to match") func nothingThere() async throws {
    let database = try await TestDatabase.plain()
    await #expect(throws: CommandFailure.self) {
      try await database.withConnection { connection throws in
        _ = try Selection(filter: "(").chosen(from: [], on: connection)
      }
    }
  }
}
