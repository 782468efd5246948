internal import JSONValues
internal import Postgres
internal import TimescaleDB

extension ArchivedChunk {
  static let format: Int64 = 1

  /// - Parameter archive: which one it belongs to.
  func json(archive: String) -> JSON {
    .object([
      "format": .whole(Self.format), "archive": .string(archive), "name": .string(name),
      "kind": .string(kind.rawValue), "copy_format": .string(format.rawValue), "rows": .whole(rows),
      "bytes": .whole(bytes), "copy_bytes": .whole(copiedBytes), "sha256": .string(sha256),
      "checksum": .string(checksum), "position": .text(position),
      "hypertable": chunk.hypertable.json, "chunk": chunk.name.json,
      "lower_bound": .integer(range.lower == .min ? nil : range.lower),
      "upper_bound": .integer(range.upper == .max ? nil : range.upper),
      "dimensions": .array(
        zip(chunk.dimensions, chunk.slices).map { dimension, slice in
          .members(
            dimension.members + [.init("start", .whole(slice.lower)), .init("end", .whole(slice.upper))])
        }),
      "status": .whole(chunk.status.rawValue), "stored_bytes": .whole(chunk.storedSize),
      "heap_bytes": .whole(chunk.size), "compression": .text(chunk.compressed?.settings),
      "copy_columns": .texts(columns.map(\.name)), "columns": .array(chunk.columns.map(\.json)),
    ])
  }

  init(_ json: JSON) throws(JSON.Mismatch) {
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
  fileprivate init(archived json: JSON) throws(JSON.Mismatch) {
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
  var json: JSON { .object(["schema": .string(schema.name), "name": .string(name.name)]) }

  init(_ json: JSON) throws(JSON.Mismatch) {
    self.init(try json.text("schema"), try json.text("name"))
  }
}

extension Dimension {
  var members: [JSON.Member] {
    [
      .init("column", .string(column.name)), .init("type", .string(type)), .init("open", .flag(isOpen)),
      .init("function", partitioningFunction?.json ?? .null),
    ]
  }

  init(_ json: JSON) throws(JSON.Mismatch) {
    self.init(
      column: Identifier(try json.text("column")), type: try json.text("type"), isOpen: try json.flag("open"),
      partitioningFunction: json["function"] == .null ? nil : try QualifiedName(json["function"]))
  }
}

extension Column {
  var json: JSON {
    .object([
      "name": .string(name.name), "type": .string(type), "number": .whole(number),
      "generated": .flag(isGenerated), "binary": .flag(hasPortableBinaryForm),
      "batches": .flag(hasPortableBatches), "builtin_type": .integer(builtinType),
      "collatable": .flag(isCollatable), "collation": .string(collation),
      "definition": .string(typeDefinition),
      "enum_order": .string(enumOrder), "missing_value": .text(missingValue),
    ])
  }

  init(_ json: JSON) throws(JSON.Mismatch) {
    self.init(
      name: Identifier(try json.text("name")), type: try json.text("type"), number: try json.number("number"),
      isGenerated: try json.flag("generated"), hasPortableBinaryForm: try json.flag("binary"),
      hasPortableBatches: try json.flag("batches"), builtinType: try json.optionalNumber("builtin_type"),
      isCollatable: try json.flag("collatable"), missingValue: try json.optionalText("missing_value"),
      collation: try json.text("collation"), typeDefinition: try json.text("definition"),
      enumOrder: try json.text("enum_order"))
  }
}
