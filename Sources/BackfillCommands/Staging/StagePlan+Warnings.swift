import Postgres
import TimescaleDB

extension StagePlan {
  /// One warning for each hypertable with chunks in object storage, whose rows aren't in the source's database.
  var tieredChunks: [String] {
    pairs.compactMap { pair in
      let tiered = chunks.filter { $0.isTiered && $0.hypertableID == pair.source.id }
      guard !tiered.isEmpty, let index = pair.source.dimensions.timeIndex else { return nil }
      let window = bounds.range(for: pair.source)
      let told = tiered.map { chunk -> String in
        guard let window, index < chunk.slices.count else { return "\(chunk.name)" }
        if chunk.slices[index].isParked { return "\(chunk.name), which may hold rows of the window" }
        return chunk.slices[index].overlaps(window)
          ? "\(chunk.name), which holds rows of the window"
          : "\(chunk.name), which lies outside of the window"
      }
      return "chunks of \(pair.source.knownName) that are tiered to object storage are left out: "
        + told.joined(separator: "; ") + ". Untier them on the source to have their rows copied"
    }
  }

  /// Why nothing at all is staged: where the data is; nil where there is a part in the window.
  ///
  /// - Throws: `PostgresError`.
  func emptyWindow(
    until: String, from: String?, on source: borrowing Connection
  ) throws(PostgresError) -> String? {
    guard work.isEmpty else { return nil }
    let window = (from.map { "--from \($0) and " } ?? "") + "--until \(until)"
    var extents: [SQL] = []
    for pair in pairs {
      guard let index = pair.source.dimensions.timeIndex, let type = pair.source.dimensions[index].timeType
      else { continue }
      let slices = chunks.filter { $0.hypertableID == pair.source.id && !$0.isTiered }.map {
        $0.slices[index]
      }
      guard let lower = slices.map(\.lower).min(), let upper = slices.map(\.upper).max() else { continue }
      extents.append(
        "(\("\(pair.source.knownName)"), \(type.boundText(lower)), \(type.boundText(upper)))")
    }
    guard !extents.isEmpty else {
      return "nothing to stage: the selected hypertables have no chunks on the source"
    }
    let found = try source.query(
      """
      SELECT format('%s has chunks from %s to %s', name, lower, upper)
      FROM (VALUES \(extents.prefix(5).joined(separator: ", "))) AS extent (name, lower, upper)
      """, doing: "telling where the data is"
    ) { row throws(PostgresError) in try row.text(0) }
    let more = extents.count > found.count ? "; and \(extents.count - found.count) more hypertables" : ""
    return "nothing to stage: no chunk has rows for \(window); " + found.joined(separator: "; ") + more
  }
}

extension Dimension.Range {
  /// The end of time, where TimescaleDB puts a tiered chunk whose range it doesn't know
  /// (fill_hypercube_for_osm_chunk, src/chunk.c).
  fileprivate var isParked: Bool { lower == .max - 1 && upper == .max }
}

extension TimeType {
  /// A slice's bound as text, for people.
  fileprivate func boundText(_ value: Int64) -> SQL {
    switch value {
    case .min: "'the beginning of time'"
    case .max: "'the end of time'"
    default: text(ofInternalValue: "\(value)::bigint")
    }
  }
}
