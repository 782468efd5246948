import Testing

@testable import TimescaleDB

/// One line per minor version, as TIMESCALEDB.md's matrix tells them apart.
@Suite("Capabilities") struct CapabilitiesTests {
  struct Row: Sendable, CustomStringConvertible {
    let version: String
    let chunks: Capabilities.ChunkCatalog
    let slices: Capabilities.SliceCatalog
    let invalidation: Capabilities.InvalidationControl
    let copyIsOwn: Bool
    let mark: Capabilities.CompressionMark
    let chosen: Bool

    var description: String { version }
  }

  static let rows: [Row] = [
    row("2.14.2", .namesWithDropped, .shared, .trigger),
    row("2.15.3", .namesWithDropped, .shared, .trigger),
    row("2.16.1", .namesWithDropped, .shared, .trigger),
    row("2.17.2", .namesWithDropped, .shared, .trigger),
    row("2.18.2", .namesWithDropped, .shared, .trigger),
    row("2.19.3", .namesWithDropped, .shared, .trigger),
    row("2.20.3", .namesWithDropped, .shared, .trigger),
    row("2.21.4", .namesWithDropped, .shared, .trigger),
    row("2.22.1", .namesWithDropped, .shared, .trigger, chosen: true),
    row("2.23.1", .namesWithDropped, .shared, .none, copyIsOwn: true, chosen: true),
    row("2.24.0", .namesWithDropped, .shared, .none, copyIsOwn: true, chosen: true),
    row("2.25.2", .namesWithDropped, .shared, .none, copyIsOwn: true, chosen: true),
    row("2.26.4", .names, .shared, .none, copyIsOwn: true, chosen: true),
    row("2.27.2", .names, .shared, .none, copyIsOwn: true, chosen: true),
    row("2.28.3", .names, .owned, .setting, copyIsOwn: true, chosen: true),
    row("2.29.2", .relations, .owned, .setting, copyIsOwn: true, mark: .status, chosen: true),
    row("2.30.0", .relations, .owned, .setting, copyIsOwn: true, mark: .status, chosen: true),
    row("2.31.0", .relations, .owned, .setting, copyIsOwn: true, mark: .status, chosen: true),
    row("3.0.0", .relations, .owned, .setting, copyIsOwn: true, mark: .status, chosen: true),
  ]

  private static func row(
    _ version: String, _ chunks: Capabilities.ChunkCatalog, _ slices: Capabilities.SliceCatalog,
    _ invalidation: Capabilities.InvalidationControl, copyIsOwn: Bool = false,
    mark: Capabilities.CompressionMark = .state, chosen: Bool = false
  ) -> Row {
    Row(
      version: version, chunks: chunks, slices: slices, invalidation: invalidation, copyIsOwn: copyIsOwn,
      mark: mark, chosen: chosen)
  }

  private func capabilities(_ version: String, isCommunity: Bool = true) throws -> Capabilities {
    Capabilities(version: try #require(TimescaleVersion(version)), isCommunity: isCommunity)
  }

  @Test("follow from the version", arguments: rows)
  func follow(_ row: Row) throws {
    let found = try capabilities(row.version)
    #expect(found.chunkCatalog == row.chunks)
    #expect(found.sliceCatalog == row.slices)
    #expect(found.invalidationControl == row.invalidation)
    #expect(found.copyIntoChunkIsOwn == row.copyIsOwn)
    #expect(found.compressionMark == row.mark)
    #expect(found.indexesCanBeChosen == row.chosen)
  }

  @Test(
    "change at the versions where TimescaleDB changed, not before",
    arguments: [
      ("2.18.99", "2.19.0"), ("2.19.99", "2.20.0"), ("2.21.99", "2.22.0"), ("2.22.99", "2.23.0"),
      ("2.23.99", "2.24.0"), ("2.25.99", "2.26.0"),
      ("2.26.3", "2.26.4"), ("2.27.99", "2.28.0"), ("2.28.99", "2.29.0"),
    ])
  func steps(before: String, from: String) throws {
    let old = try capabilities(before)
    let new = try capabilities(from)
    let differences = [
      old.chunkCatalog != new.chunkCatalog, old.sliceCatalog != new.sliceCatalog,
      old.settingsKey != new.settingsKey, old.settingsCanBeReset != new.settingsCanBeReset,
      old.invalidationControl != new.invalidationControl, old.copyIntoChunkIsOwn != new.copyIntoChunkIsOwn,
      old.recompressRestoresOrder != new.recompressRestoresOrder,
      old.indexesCanBeChosen != new.indexesCanBeChosen, old.compressionMark != new.compressionMark,
      old.bloomHashDependsOnBuild != new.bloomHashDependsOnBuild,
    ]
    #expect(differences.contains(true))
    // The patch releases beside are like them.
    #expect(try capabilities(from + "-dev").chunkCatalog == new.chunkCatalog)
  }

  @Test("of the Apache edition lack creating chunks") func apache() throws {
    #expect(try capabilities("2.29.2").canCreateChunks)
    #expect(try capabilities("2.29.2", isCommunity: false).canCreateChunks == false)
  }

  @Test("know which versions are too old, and which are newer than any that was tried") func limits() throws {
    #expect(try capabilities("2.13.1").isTooOld)
    #expect(try capabilities("1.7.5").isTooOld)
    #expect(try capabilities("2.14.0").isTooOld == false)
    #expect(try capabilities("2.31.9").isNewerThanTried == false)
    #expect(try capabilities("2.32.0").isNewerThanTried)
    #expect(try capabilities("3.0.0").isNewerThanTried)
  }
}
