import Foundation

/// What a source hypertable `m` looks like: its columns, its chunks, its rows, its indexes.
///
/// Rows are regular: one per device and step of time, so that every chunk has the same number.
struct Dataset: Sendable, Hashable {
  /// Unique among datasets; scenarios that name the same one share its source database.
  let name: String
  var columns = Columns.wide
  var indexes = ["(time DESC)", "(device, time DESC)"]
  var chunks: Int
  /// Seconds of time in a chunk; chunks are aligned to multiples of it.
  var chunkSeconds = 86_400
  /// Seconds from one row of a device to its next.
  var step = 60
  var devices: Int
  var isCompressed = false
  /// Whether the target has the (empty) chunks before anything is measured, as under dual writes, or
  /// staging has to make them.
  var targetHasChunks = true
  /// What `--rows-scale` makes fewer.
  var scaled = Scaled.devices

  enum Columns: Sendable, Hashable { case wide, narrow }
  enum Scaled: Sendable, Hashable { case devices, chunks, nothing }

  var rowsPerChunk: Int { chunkSeconds / step * devices }
  var rows: Int { rowsPerChunk * chunks }

  /// The first multiple of a chunk's interval in 2024, in seconds since 1970.
  var start: Int { (1_704_067_200 + chunkSeconds - 1) / chunkSeconds * chunkSeconds }
  var end: Int { start + chunks * chunkSeconds }
  /// For `--until`: after the last row.
  var until: String {
    Date(timeIntervalSince1970: TimeInterval(end)).formatted(.iso8601)
  }

  /// The same with fewer (or more) rows or chunks. A day's worth of rows of one device is the least.
  func scaled(by factor: Double) -> Dataset {
    var other = self
    switch scaled {
    case .devices: other.devices = max(1, Int((Double(devices) * factor).rounded()))
    case .chunks: other.chunks = max(2, Int((Double(chunks) * factor).rounded()))
    case .nothing: break
    }
    return other
  }

  /// For people: what makes this dataset what it is.
  var summary: String {
    let compression = isCompressed ? ", compressed" : ""
    let missing = targetHasChunks ? "" : ", missing on the target"
    return
      "\(chunks) chunks of \(rowsPerChunk) \(columns) rows, \(indexes.count) indexes\(compression)\(missing)"
  }
}
