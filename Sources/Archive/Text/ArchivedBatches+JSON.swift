internal import JSONValues
internal import Postgres
internal import TimescaleDB

extension ArchivedFile {
  /// As a description has them beside others. How many tuples there are, its members of another name tell.
  var members: [JSON.Member] {
    [
      .init("copy_format", .string(format.rawValue)), .init("bytes", .whole(bytes)),
      .init("copy_bytes", .whole(copiedBytes)), .init("sha256", .string(sha256)),
      .init("copy_rows", .whole(tuples)), .init("copy_columns", .texts(columns.map(\.name))),
    ]
  }

  init(_ json: JSON, name: String) throws(JSON.Mismatch) {
    // Up to format 1 there are no batches, so that these are all rows.
    let tuples = json["copy_rows"] == .null ? "rows" : "copy_rows"
    self.init(
      name: name, format: try json.text("copy_format", among: Format.self),
      columns: try json.texts("copy_columns").map { Identifier($0) },
      tuples: try json.number(tuples), copiedBytes: try json.number("copy_bytes"),
      bytes: try json.number("bytes"), sha256: try json.text("sha256"))
  }
}

extension ArchivedBatches {
  /// - Parameter relation: what they stood in.
  func json(of relation: ChunkDescription.CompressedRelation) -> JSON {
    .members(
      [.init("relation", relation.name.json), .init("rows", .whole(rows))] + file.members + [
        .init("origin", origin.json), .init("settings", settings.json),
        .init("sizes", .array(relation.sizes.map { .whole($0) })),
        .init("columns", .array(relation.columns.map(\.json))),
      ])
  }

  /// - Parameters:
  ///   - name: the chunk's files'.
  ///   - chunk: whose compressed relation is described.
  init(_ json: JSON, name: String, in chunk: ChunkDescription) throws(JSON.Mismatch) {
    self.init(
      file: try ArchivedFile(json, name: ArchivedChunk.batchFile(name)), rows: try json.number("rows"),
      settings: try CompressionSettings(json["settings"]), origin: try BatchOrigin(json["origin"]))
    // A relation that was filled without one of its columns would have NULL there.
    let columns = (chunk.compressed?.columns ?? []).filter { !$0.isGenerated }.map(\.name)
    guard !columns.isEmpty, Set(columns) == Set(file.columns), columns.count == file.columns.count else {
      throw .init(member: "copy_columns")
    }
  }
}

extension ChunkDescription.CompressedRelation {
  /// Of an archive's rows nothing but the settings is told.
  init?(archived json: JSON, of chunk: QualifiedName) throws(JSON.Mismatch) {
    guard let settings = try json.optionalText("compression") else { return nil }
    let batches = json["batches"]
    guard batches != .null else {
      self.init(name: chunk, columns: [], settings: settings)
      return
    }
    var columns: [Column] = []
    for column in try batches.array("columns") { columns.append(try Column(column)) }
    self.init(
      name: try QualifiedName(batches["relation"]), columns: columns, settings: settings,
      sizes: try batches.numbers("sizes"))
  }
}

extension BatchOrigin {
  fileprivate var json: JSON {
    .object([
      "timescaledb": .string(timescaleVersion), "postgresql": .string(postgresVersion),
      "encoding": .string(encoding), "default_collation": .string(defaultCollation),
      "bloom_hash": .text(bloomHash),
    ])
  }

  fileprivate init(_ json: JSON) throws(JSON.Mismatch) {
    self.init(
      timescaleVersion: try json.text("timescaledb"), postgresVersion: try json.text("postgresql"),
      encoding: try json.text("encoding"), defaultCollation: try json.text("default_collation"),
      bloomHash: try json.optionalText("bloom_hash"))
  }
}

extension CompressionSettings {
  fileprivate var json: JSON {
    .object([
      "segment_by": segmentBy.map { .texts($0.map(\.name)) } ?? .null,
      "order_by": orderBy.map { order in
        .array(
          order.map {
            .object([
              "column": .string($0.column.name), "descending": .flag($0.isDescending),
              "nulls_first": .flag($0.nullsFirst),
            ])
          })
      } ?? .null, "indexes": .text(indexes),
    ])
  }

  fileprivate init(_ json: JSON) throws(JSON.Mismatch) {
    var orders: [Order]?
    if json["order_by"] != .null {
      var found: [Order] = []
      for order in try json.array("order_by") {
        found.append(
          Order(
            column: Identifier(try order.text("column")), isDescending: try order.flag("descending"),
            nullsFirst: try order.flag("nulls_first")))
      }
      orders = found
    }
    self.init(
      segmentBy: json["segment_by"] == .null ? nil : try json.texts("segment_by").map { Identifier($0) },
      orderBy: orders, indexes: try json.optionalText("indexes"))
  }
}
