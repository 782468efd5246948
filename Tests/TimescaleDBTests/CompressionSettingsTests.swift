import Postgres
import TestConnections
import Testing

@testable import TimescaleDB

@Suite("Compression settings") struct CompressionSettingsTests {
  static let ordered = CompressionSettings.Order(
    column: Identifier("t"), isDescending: true, nullsFirst: true)
  static let table = QualifiedName("s", "t")

  static func settings(_ segments: [String]?, _ order: [CompressionSettings.Order]?) -> CompressionSettings {
    CompressionSettings(segmentBy: segments.map { $0.map(Identifier.init) }, orderBy: order)
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
    ])
  func same(_ row: Case<(CompressionSettings, CompressionSettings), Bool>) {
    #expect(row.input.0.isSame(as: row.input.1) == row.expected)
    #expect(row.input.1.isSame(as: row.input.0) == row.expected)
  }

  @Test("are set with names quoted twice: as identifiers, inside a literal") func quoting() {
    let hostile = CompressionSettings(
      segmentBy: [Identifier("it's"), Identifier("a\"b")],
      orderBy: [.init(column: Identifier("Time"), isDescending: false, nullsFirst: false), Self.ordered])
    #expect(
      hostile.set(on: Self.table).text == #"""
        ALTER TABLE "s"."t" SET (timescaledb.compress_segmentby = '"it''s", "a""b"',
          timescaledb.compress_orderby = '"Time" ASC NULLS LAST, "t" DESC NULLS FIRST');
        """#)
  }

  @Test("have a chunk's left unset where they are, then emptied") func ways() throws {
    let new = try capabilities("2.22.0")
    let old = try capabilities("2.21.4")
    let unset = Self.settings(nil, [Self.ordered])
    #expect(
      unset.ways(on: Self.table, capabilities: new) == [
        unset.restore(on: Self.table, capabilities: new), unset.set(on: Self.table),
      ])
    #expect(unset.ways(on: Self.table, capabilities: old) == [unset.set(on: Self.table)])
    let empty = Self.settings([], [Self.ordered])
    #expect(empty.ways(on: Self.table, capabilities: new) == [empty.set(on: Self.table)])
  }

  @Test("are put back by RESET where that is known, and unset stays unset") func restore() throws {
    let new = try capabilities("2.22.0")
    let old = try capabilities("2.21.4")
    let unset = Self.settings(nil, nil)
    #expect(unset.restore(on: Self.table, capabilities: new).text.contains("RESET"))
    #expect(!unset.restore(on: Self.table, capabilities: new).text.contains(" SET ("))
    #expect(unset.restore(on: Self.table, capabilities: old) == unset.set(on: Self.table))
    let set = Self.settings(["d"], [Self.ordered])
    #expect(set.restore(on: Self.table, capabilities: new).text.contains(#"compress_segmentby = '"d"'"#))
    #expect(set.restore(on: Self.table, capabilities: new).text.contains("compress_orderby"))
  }
}
