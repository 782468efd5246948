extension Dataset {
  /// 3.5 million rows, 240 MB of COPY data: what the first measurements of this project were made with.
  static let wide2 = Dataset(name: "wide_2", chunks: 8, devices: 300)

  static let wide4 = Dataset(
    name: "wide_4", indexes: wide2.indexes + ["(a)", "(c, time)"], chunks: 8, devices: 300)

  /// A tenth of the rows in as many chunks.
  static let wideTenth = Dataset(name: "wide_tenth", chunks: 8, devices: 30)

  static let narrow = Dataset(
    name: "narrow", columns: .narrow, indexes: ["(device, time DESC)"], chunks: 8, devices: 300)

  static let manyIndexes = Dataset(
    name: "many_indexes",
    indexes: wide4.indexes + ["(b, time)", "(d)", "(d, time DESC)", "(c, a)"], chunks: 8, devices: 100)

  static let compressed = Dataset(name: "compressed", chunks: 8, devices: 300, isCompressed: true)

  /// 10 million rows, 700 MB of COPY data.
  static let tenMillion = Dataset(name: "ten_million", chunks: 10, step: 108, devices: 1250)

  /// More chunks than COPY has buffers for (MAX_PARTITION_BUFFERS, 32, in PostgreSQL's copyfrom.c).
  static let fiftyChunks = Dataset(name: "fifty_chunks", chunks: 50, devices: 40)

  /// All rows in one chunk.
  static let huge = Dataset(name: "huge", chunks: 1, chunkSeconds: 8 * 86_400, devices: 300)

  /// Chunks of an hour, a row each minute.
  static func tiny(_ chunks: Int, targetHasChunks: Bool = true, scaled: Scaled = .chunks) -> Dataset {
    Dataset(
      name: "tiny_\(chunks)" + (targetHasChunks ? "" : "_missing"), chunks: chunks, chunkSeconds: 3600,
      devices: 1, targetHasChunks: targetHasChunks, scaled: scaled)
  }

  /// Chunks just large enough for work on the target to be deferred.
  static func middling(_ chunks: Int, isCompressed: Bool = false) -> Dataset {
    Dataset(
      name: isCompressed ? "batches_\(chunks)" : "middling_\(chunks)", chunks: chunks, devices: 70,
      isCompressed: isCompressed, scaled: .nothing)
  }
}
