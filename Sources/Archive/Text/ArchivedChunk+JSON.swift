internal import Postgres
internal import TimescaleDB

extension ArchivedChunk {
  static let format: Int64 = 1

  /// - Parameter archive: which one it belongs to.
  func json(archive: String) -> JSONText {
    .members([
      "format": .number(Self.format), "archive": .text(archive), "name": .text(name),
      "kind": .text(kind.rawValue), "copy_format": .text(format.rawValue), "rows": .number(rows),
      "bytes": .number(bytes), "copy_bytes": .number(copiedBytes), "sha256": .text(sha256),
      "checksum": .text(checksum), "position": .optional(position),
      "hypertable": chunk.hypertable.json, "chunk": chunk.name.json,
      "lower_bound": .optional(range.lower == .min ? nil : range.lower),
      "upper_bound": .optional(range.upper == .max ? nil : range.upper),
      "dimensions": .array(
        zip(chunk.dimensions, chunk.slices).map { dimension, slice in
          .object(
            dimension.members + [.init("start", .number(slice.lower)), .init("end", .number(slice.upper))])
        }),
      "status": .number(chunk.status.rawValue), "stored_bytes": .number(chunk.storedSize),
      "heap_bytes": .number(chunk.size), "compression": .optional(chunk.compressed?.settings),
      "copy_columns": .texts(columns.map(\.name)), "columns": .array(chunk.columns.map(\.json)),
    ])
  }

  init(_ json: JSONText) throws(JSONText.Mismatch) {
    guard let kind = Kind(rawValue: try json.text("kind")) else { throw .init(member: "kind") }
    guard let format = Format(rawValue: try json.text("copy_format")) else {
      throw .init(member: "copy_format")
    }
    self.init(
      name: try json.text("name"), chunk: try ChunkDescription(archived: json),
      range: Dimension.Range(
        lower: try json.optionalNumber("lower_bound") ?? .min,
        upper: try json.optionalNumber("upper_bound") ?? .max), kind: kind, format: format,
      columns: try json.texts("copy_columns").map { Identifier($0) }, rows: try json.number("rows"),
      copiedBytes: try json.number("copy_bytes"), bytes: try json.number("bytes"),
      sha256: try json.text("sha256"), checksum: try json.text("checksum"),
      position: try json.optionalText("position"))
  }
}

extension ChunkDescription {
  fileprivate init(archived json: JSONText) throws(JSONText.Mismatch) {
    var dimensions: [Dimension] = []
    var slices: [Dimension.Range] = []
    for part in try json.array("dimensions") {
      dimensions.append(try Dimension(part))
      slices.append(Dimension.Range(lower: try part.number("start"), upper: try part.number("end")))
    }
    var columns: [Column] = []
    for column in try json.array("columns") { columns.append(try Column(column)) }
    let name = try QualifiedName(json["chunk"])
    let settings = try json.optionalText("compression")
    self.init(
      name: name, status: ChunkStatus(rawValue: try json.number("status")),
      hypertable: try QualifiedName(json["hypertable"]), dimensions: dimensions, slices: slices,
      columns: columns, hypertableNumbers: [:], size: try json.number("heap_bytes"),
      storedSize: try json.number("stored_bytes"),
      compressed: settings.map { CompressedRelation(name: name, columns: [], settings: $0) })
  }
}

extension QualifiedName {
  var json: JSONText { .members(["schema": .text(schema.name), "name": .text(name.name)]) }

  init(_ json: JSONText) throws(JSONText.Mismatch) {
    self.init(try json.text("schema"), try json.text("name"))
  }
}

extension Dimension {
  var members: [JSONText.Member] {
    [
      .init("column", .text(column.name)), .init("type", .text(type)), .init("open", .flag(isOpen)),
      .init("function", partitioningFunction?.json ?? .null),
    ]
  }

  init(_ json: JSONText) throws(JSONText.Mismatch) {
    self.init(
      column: Identifier(try json.text("column")), type: try json.text("type"), isOpen: try json.flag("open"),
      partitioningFunction: json["function"] == .null ? nil : try QualifiedName(json["function"]))
  }
}

extension Column {
  var json: JSONText {
    .members([
      "name": .text(name.name), "type": .text(type), "number": .number(number),
      "generated": .flag(isGenerated), "binary": .flag(hasPortableBinaryForm),
      "batches": .flag(hasPortableBatches), "builtin_type": .optional(builtinType),
      "collatable": .flag(isCollatable), "collation": .text(collation), "definition": .text(typeDefinition),
      "enum_order": .text(enumOrder), "missing_value": .optional(missingValue),
    ])
  }

  init(_ json: JSONText) throws(JSONText.Mismatch) {
    self.init(
      name: Identifier(try json.text("name")), type: try json.text("type"), number: try json.number("number"),
      isGenerated: try json.flag("generated"), hasPortableBinaryForm: try json.flag("binary"),
      hasPortableBatches: try json.flag("batches"), builtinType: try json.optionalNumber("builtin_type"),
      isCollatable: try json.flag("collatable"), missingValue: try json.optionalText("missing_value"),
      collation: try json.text("collation"), typeDefinition: try json.text("definition"),
      enumOrder: try json.text("enum_order"))
  }
}
