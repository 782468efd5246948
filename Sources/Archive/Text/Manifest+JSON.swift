internal import JSONValues
internal import Postgres
internal import TimescaleDB

extension Manifest {
  /// 1 has rows alone, and earlier versions of this program read it.
  private static let formats: ClosedRange<Int64> = 1...2
  private static let kind = "timescaledb-backfill archive"

  private var format: Int64 { request.asRows ? 1 : 2 }

  var json: JSON {
    .object([
      "kind": .string(Self.kind), "format": .whole(format), "archive": .string(id),
      "created": .string(created), "program": .string(program), "source": source.json,
      "request": request.json,
      "snapshots": .whole(snapshots), "hypertables": .array(hypertables.map(\.json)), "files": .texts(files),
    ])
  }

  init(_ json: JSON, file: String) throws {
    guard json["kind"] == .string(Self.kind) else {
      throw ArchiveFault.unreadable(file: file, .otherKind((try? json.text("kind")) ?? ""))
    }
    let format = try json.number("format")
    guard Self.formats.contains(format) else {
      throw ArchiveFault.unreadable(file: file, .otherFormat(format))
    }
    var hypertables: [ArchivedHypertable] = []
    for hypertable in try json.array("hypertables") { hypertables.append(try ArchivedHypertable(hypertable)) }
    self.init(
      id: try json.text("archive"), created: try json.text("created"), program: try json.text("program"),
      source: try Source(json["source"]), request: try Request(json["request"]), hypertables: hypertables,
      files: try json.texts("files"), snapshots: try json.number("snapshots"))
  }
}

extension Manifest.Source {
  fileprivate var json: JSON {
    .object([
      "address": .string(address), "database": .string(database), "user": .string(user),
      "postgresql": .string(postgresVersion), "timescaledb": .string(timescaleVersion),
      "encoding": .string(encoding), "schema": .string(schema),
      "fingerprint": .members(
        fingerprint.parts.sorted { $0.key < $1.key }.map { .init($0.key.recordedName, .string($0.value)) }),
      "position": .text(fingerprint.position?.description),
    ])
  }

  fileprivate init(_ json: JSON) throws(JSON.Mismatch) {
    self.init(
      address: try json.text("address"), database: try json.text("database"), user: try json.text("user"),
      postgresVersion: try json.text("postgresql"), timescaleVersion: try json.text("timescaledb"),
      encoding: try json.text("encoding"), schema: try json.text("schema"),
      fingerprint: Fingerprint(
        recorded: try json.dictionary("fingerprint"),
        position: try json.optionalText("position").flatMap { WALPosition($0) }))
  }
}

extension Manifest.Request {
  fileprivate var json: JSON {
    .object([
      "until": .texts(until), "from": .text(from), "filter": .text(filter),
      "exclude": .text(exclude), "cascade_up": .flag(cascadeUp), "cascade_down": .flag(cascadeDown),
      "rows": .flag(asRows),
    ])
  }

  fileprivate init(_ json: JSON) throws(JSON.Mismatch) {
    self.init(
      until: try json.texts("until"), from: try json.optionalText("from"),
      filter: try json.optionalText("filter"), exclude: try json.optionalText("exclude"),
      cascadeUp: try json.flag("cascade_up"), cascadeDown: try json.flag("cascade_down"),
      // Without it, the archive is of a version that knew nothing else.
      asRows: try json.optionalFlag("rows") ?? true)
  }
}

extension ArchivedHypertable {
  fileprivate var json: JSON {
    .object([
      "id": .whole(hypertable.id), "hypertable": hypertable.name.json,
      "aggregate": hypertable.aggregate?.json ?? .null, "raw_id": .integer(hypertable.rawHypertableID),
      "compresses": .flag(compresses), "has_window": .flag(window != nil),
      "window_start": .integer(window?.lower), "window_end": .integer(window?.upper),
      "is_tiered": .flag(isTiered),
      "watermark": .integer(watermark), "definition": .text(definition),
      "dimensions": .array(
        zip(hypertable.dimensions, intervals).map { dimension, interval in
          .members(dimension.members + [.init("interval", .integer(interval))])
        }), "columns": .array(columns.map(\.json)),
    ])
  }

  fileprivate init(_ json: JSON) throws(JSON.Mismatch) {
    var dimensions: [Dimension] = []
    var intervals: [Int64?] = []
    for part in try json.array("dimensions") {
      dimensions.append(try Dimension(part))
      intervals.append(try part.optionalNumber("interval"))
    }
    var columns: [Column] = []
    for column in try json.array("columns") { columns.append(try Column(column)) }
    let window: Dimension.Range? =
      try json.flag("has_window")
      ? Dimension.Range(lower: try json.number("window_start"), upper: try json.number("window_end")) : nil
    self.init(
      hypertable: Hypertable(
        id: try json.number("id"), name: try QualifiedName(json["hypertable"]), dimensions: dimensions,
        aggregate: json["aggregate"] == .null ? nil : try QualifiedName(json["aggregate"]),
        rawHypertableID: try json.optionalNumber("raw_id")), intervals: intervals, columns: columns,
      compresses: try json.flag("compresses"), window: window,
      // Earlier versions didn't say.
      isTiered: try json.optionalFlag("is_tiered") ?? false,
      definition: try json.optionalText("definition"), watermark: try json.optionalNumber("watermark"))
  }
}
