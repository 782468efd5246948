import Postgres
import TimescaleDB

extension StagePlan {
  /// One finding for each hypertable with chunks in object storage, whose rows aren't in the source's database.
  var tieredChunks: [StagingFinding] {
    pairs.compactMap { pair in
      let tiered = chunks.filter { $0.isTiered && $0.hypertableID == pair.source.id }
      guard !tiered.isEmpty, let index = pair.source.dimensions.timeIndex else { return nil }
      let window = bounds.range(for: pair.source)
      return .tiered(
        hypertable: pair.source.knownName,
        tiered.map { TieredChunk(chunk: $0.name, place: Self.place(of: $0, index, in: window)) })
    }
  }

  private static func place(
    of chunk: Chunk, _ index: Int, in window: Dimension.Range?
  ) -> TieredChunk.Place {
    guard let window, !window.isUnbounded, index < chunk.slices.count else { return .noWindow }
    if chunk.slices[index].isParked { return .unknown }
    return chunk.slices[index].overlaps(window) ? .inWindow : .outsideWindow
  }

  /// Where the data is, when nothing at all is staged; nil where there is a part in the window.
  ///
  /// - Throws: `PostgresError`.
  func emptyWindow(
    until: String, from: String?, on source: borrowing Connection
  ) throws(PostgresError) -> TimeFinding? {
    guard work.isEmpty else { return nil }
    var extents: [(hypertable: QualifiedName, type: TimeType, range: Dimension.Range)] = []
    for pair in pairs {
      guard let index = pair.source.dimensions.timeIndex, let type = pair.source.dimensions[index].timeType
      else { continue }
      let own = chunks.filter { $0.hypertableID == pair.source.id && !$0.isTiered }
      guard let range = Dimension.Range(hullOf: own.map { $0.slices[index] }) else { continue }
      extents.append((pair.source.knownName, type, range))
    }
    let bounds = extents.flatMap { [($0.type, $0.range.lower), ($0.type, $0.range.upper)] }
    let texts = try Self.texts(bounds, on: source)
    let chunks = extents.enumerated().map { number, extent in
      ChunkExtent(hypertable: extent.hypertable, from: texts[2 * number], to: texts[2 * number + 1])
    }
    return .emptyWindow(from: from, until: until, chunks: chunks)
  }

  private static func texts(
    _ values: [(type: TimeType, value: Int64)], on source: borrowing Connection
  ) throws(PostgresError) -> [TimeText] {
    guard !values.isEmpty else { return [] }
    let parts = values.map { type, value -> SQL in
      value == .min || value == .max ? "''" : type.text(ofInternalValue: "\(value)::bigint")
    }
    let texts =
      try source.query(
        "SELECT ARRAY[\(parts.joined(separator: ", "))] AS times", doing: "telling where the data is"
      ) { row throws(PostgresError) in try row.texts("times") }.first ?? []
    return zip(values, texts).map { TimeText($0.value, text: $1) }
  }
}

extension Dimension.Range {
  /// The end of time, where TimescaleDB puts a tiered chunk whose range it doesn't know
  /// (fill_hypercube_for_osm_chunk, src/chunk.c).
  fileprivate var isParked: Bool { lower == .max - 1 && upper == .max }
}
