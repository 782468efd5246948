internal import JSONValues
internal import Postgres
internal import TimescaleDB

extension ArchivedChunk {
  /// 1 knew rows alone.
  static let formats: ClosedRange<Int64> = 1...2
  private static let firstWithBatches: Int64 = 2

  /// - Parameter archive: which one it belongs to.
  func json(archive: String) -> JSON {
    let format = batches == nil ? Self.formats.lowerBound : Self.firstWithBatches
    let head: JSON = .object([
      "format": .whole(format), "archive": .string(archive), "name": .string(name),
      "kind": .string(kind.rawValue), "rows": .whole(rows), "checksum": .string(checksum),
      "position": .text(position), "hypertable": chunk.hypertable.json, "chunk": chunk.name.json,
      "lower_bound": .integer(range.lower == .min ? nil : range.lower),
      "upper_bound": .integer(range.upper == .max ? nil : range.upper),
      "dimensions": .array(
        zip(chunk.dimensions, chunk.slices).map { dimension, slice in
          .members(
            dimension.members + [.init("start", .whole(slice.lower)), .init("end", .whole(slice.upper))])
        }),
      "status": .whole(chunk.status.rawValue), "stored_bytes": .whole(chunk.storedSize),
      "heap_bytes": .whole(chunk.size), "compression": .text(chunk.compressed?.settings),
      "columns": .array(chunk.columns.map(\.json)),
    ])
    var members = head.allMembers + (rowFile?.members ?? [])
    if let batches, let relation = chunk.compressed {
      members += [
        .init("column_ranges", .string(chunk.columnRanges)),
        .init("enforced", .texts(chunk.enforced.sorted())),
        .init("batches", batches.json(of: relation)),
      ]
    }
    return JSON.members(members).sealed
  }

  /// - Throws: `JSON.Mismatch`; `ArchiveFault` for a description that isn't as it was written.
  init(_ json: JSON) throws {
    let name = try json.text("name")
    let kind = try json.text("kind", among: Kind.self)
    let chunk = try ChunkDescription(archived: json)
    self.init(
      name: name, chunk: chunk,
      range: Dimension.Range(
        lower: try json.optionalNumber("lower_bound") ?? .min,
        upper: try json.optionalNumber("upper_bound") ?? .max),
      rowFile: kind == .batches ? nil : try ArchivedFile(json, name: Self.dataFile(name)),
      batches: kind == .rows ? nil : try ArchivedBatches(json["batches"], name: name, in: chunk),
      rows: try json.number("rows"), checksum: try json.text("checksum"),
      position: try json.optionalText("position"))
    guard batches == nil || isConsistent else { throw JSON.Mismatch(member: "kind") }
    guard json.isAsSealed(unsealedIsFine: batches == nil) else {
      throw ArchiveFault.otherBytes(file: Self.descriptionFile(name))
    }
  }

  /// Batches are of a whole chunk that says of itself that it has them, and whether it has rows beside.
  private var isConsistent: Bool {
    range.isUnbounded && chunk.status.contains(.compressed)
      && chunk.status.contains(.partial) == (rowFile != nil)
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
    self.init(
      name: name, status: ChunkStatus(rawValue: try json.number("status")),
      hypertable: try QualifiedName(json["hypertable"]), dimensions: dimensions, slices: slices,
      columns: columns, hypertableNumbers: [:], size: try json.number("heap_bytes"),
      storedSize: try json.number("stored_bytes"),
      columnRanges: try json.optionalText("column_ranges") ?? "",
      compressed: try CompressedRelation(archived: json, of: name),
      enforced: Set(json["enforced"] == .null ? [] : try json.texts("enforced")))
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
