import Postgres
import TestConnections
import Testing

@testable import TimescaleDB

@Suite("Compression settings") struct CompressionSettingsTests {
  static let ordered = CompressionSettings.Order(
    column: Identifier("t"), isDescending: true, nullsFirst: true)
  static let table = QualifiedName("s", "t")

  static func settings(
    _ segments: [String]?, _ order: [CompressionSettings.Order]?, indexes: String? = nil
  ) -> CompressionSettings {
    CompressionSettings(
      segmentBy: segments.map { $0.map(Identifier.init) }, orderBy: order, indexes: indexes)
  }

  private func capabilities(_ text: String) throws -> Capabilities {
    Capabilities(version: try #require(TimescaleVersion(text)), isCommunity: true)
  }

  @Test(
    "are the same when tuples mean the same",
    arguments: [
      Case("equal", (settings(["d"], [ordered]), settings(["d"], [ordered])), true),
      Case("none and an empty list of segments", (settings(nil, [ordered]), settings([], [ordered])), true),
      Case("other segments", (settings(["d"], [ordered]), settings(["e"], [ordered])), false),
      Case("segments in another order", (settings(["d", "e"], nil), settings(["e", "d"], nil)), false),
      Case("other order", (settings(["d"], [ordered]), settings(["d"], [])), false),
      Case(
        "other direction",
        (
          settings([], [ordered]),
          settings([], [.init(column: Identifier("t"), isDescending: false, nullsFirst: true)])
        ), false),
      Case("no order and an empty one", (settings([], nil), settings([], [])), false),
      Case(
        "other sparse indexes", (settings([], nil, indexes: "bloom(a)"), settings([], nil, indexes: "")),
        false
      ),
      Case("chosen to be none, and not chosen", (settings([], nil, indexes: ""), settings([], nil)), false),
    ])
  func same(_ row: Case<(CompressionSettings, CompressionSettings), Bool>) {
    #expect(row.input.0.isSame(as: row.input.1) == row.expected)
    #expect(row.input.1.isSame(as: row.input.0) == row.expected)
  }

  @Test("are set with names quoted twice: as identifiers, inside a literal") func quoting() throws {
    let hostile = CompressionSettings(
      segmentBy: [Identifier("it's"), Identifier("a\"b")],
      orderBy: [.init(column: Identifier("Time"), isDescending: false, nullsFirst: false), Self.ordered])
    #expect(
      hostile.replace(Self.unset, on: Self.table, capabilities: try capabilities("2.21.4")).text == #"""
        ALTER TABLE "s"."t" SET (timescaledb.compress_segmentby = '"it''s", "a""b"',
          timescaledb.compress_orderby = '"Time" ASC NULLS LAST, "t" DESC NULLS FIRST');
        """#)
  }

  private static let unset = settings(nil, nil)
  private static let reset =
    #"ALTER TABLE "s"."t" RESET (timescaledb.compress_segmentby, timescaledb.compress_orderby);"#

  private func change(_ old: CompressionSettings, to new: CompressionSettings) throws -> String {
    new.replace(old, on: Self.table, capabilities: try capabilities("2.22.0")).text
  }

  @Test("are replaced by RESET where that is known, and unset stays unset") func replaced() throws {
    let set = Self.settings(["d"], [Self.ordered])
    #expect(try change(set, to: Self.unset) == Self.reset)
    #expect(
      try change(Self.unset, to: set) == Self.reset
        + #"ALTER TABLE "s"."t" SET (timescaledb.compress_segmentby = '"d"');"#
        + #"ALTER TABLE "s"."t" SET (timescaledb.compress_orderby = '"t" DESC NULLS FIRST');"#)
    let indexed = Self.settings(nil, nil, indexes: "bloom(a)")
    #expect(
      try change(Self.unset, to: indexed) == Self.reset
        + #"ALTER TABLE "s"."t" SET (timescaledb.compress_index = 'bloom(a)');"#)
    #expect(
      try change(indexed, to: Self.unset) == #"ALTER TABLE "s"."t" RESET (timescaledb.compress_index);"#
        + Self.reset)
  }

  @Test("of a chunk are left unset where they are, then emptied") func ways() throws {
    let new = try capabilities("2.22.0")
    let old = try capabilities("2.21.4")
    func ways(_ settings: CompressionSettings, _ capabilities: Capabilities) -> [SQL] {
      settings.ways(on: Self.table, from: Self.unset, capabilities: capabilities)
    }
    func replaced(_ settings: CompressionSettings, _ capabilities: Capabilities) -> SQL {
      settings.replace(Self.unset, on: Self.table, capabilities: capabilities)
    }
    let unset = Self.settings(nil, [Self.ordered])
    let empty = Self.settings([], [Self.ordered])
    #expect(ways(unset, new) == [replaced(unset, new), replaced(empty, new)])
    #expect(ways(empty, new) == [replaced(empty, new)])
    #expect(ways(unset, old) == [replaced(unset, old)])
  }
}
