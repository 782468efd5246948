import ChunkCatalog
import Postgres
import TimescaleDB

/// What `refresh-caggs --watermarks-to` writes and `--watermarks-from` reads: a JSON document with a checksum over what is
/// in it. Servers make it and take it apart, so that numbers and names stay what they are.
struct WatermarkFile {
  /// For people.
  var path: String

  /// Changes where a member changes its meaning or goes.
  static let format: Int64 = 1

  private static let kind = "timescaledb-backfill watermarks"

  /// How many of an aggregate's buckets are listed, and of how many rows they are at most: a file is to be small, and
  /// reading old buckets is rarely of use, as they were copied.
  private static let (bucketLimit, rowLimit): (Int64, Int64) = (10_000, 1_000_000)

  // MARK: Writing

  /// - Returns: the file's text.
  /// - Throws: `PostgresError`.
  static func text(of aggregates: SourceAggregates, on source: borrowing Connection) throws(PostgresError)
    -> String
  {
    var entries: [SQL] = []
    for aggregate in aggregates.aggregates {
      entries.append(try entry(aggregate, on: source))
    }
    let links = aggregates.needed.sorted { $0.key < $1.key }.map { id, link in
      """
      jsonb_build_object('id', \(id), 'schema', \(link.name.schema.name)::text, 'name', \(link.name.name.name)::text,
        'time_column', \(link.timeColumn?.name)::text, 'raw', \(link.rawHypertableID)::bigint)
      """ as SQL
    }
    return try source.query(
      """
      SELECT jsonb_pretty(jsonb_build_object('kind', \(kind)::text, 'format', \(format), 'sha256', \(digest(of: "c.content")),
        'content', c.content)) AS text
      FROM (SELECT jsonb_build_object('written', now(), 'fingerprint', \(aggregates.fingerprint.json),
        'position', \(aggregates.fingerprint.position?.description)::text,
        'in_recovery', \(aggregates.fingerprint.isInRecovery), 'source', \(aggregates.database.json),
        'hypertables', jsonb_build_array(\(links.joined(separator: ", "))),
        'aggregates', jsonb_build_array(\(entries.joined(separator: ", ")))) AS content) AS c
      """, doing: "writing down watermarks"
    ) { row throws(PostgresError) in try row.text("text") }.first ?? ""
  }

  private static func entry(
    _ aggregate: Watermark, on source: borrowing Connection
  ) throws(PostgresError) -> SQL {
    let buckets = try source.query(
      buckets(of: aggregate), doing: "reading the buckets of \(aggregate.aggregate)"
    ) { row throws(PostgresError) in try row.text("buckets") }
    return """
      jsonb_build_object('view_schema', \(aggregate.aggregate.schema.name)::text,
        'view_name', \(aggregate.aggregate.name.name)::text, 'id', \(aggregate.materializedID),
        'raw', \(aggregate.rawHypertableID), 'schema', \(aggregate.materialized.schema.name)::text,
        'name', \(aggregate.materialized.name.name)::text, 'time_column', \(aggregate.timeColumn.name)::text,
        'time_type', \(aggregate.timeType?.rawValue)::text, 'watermark', \(aggregate.value)::bigint,
        'bucket_width', \(aggregate.bucketWidth)::text, 'buckets', \(buckets.first ?? "null")::jsonb)
      """
  }

  /// The newest buckets before the watermark, equally spaced ones as one.
  private static func buckets(of aggregate: Watermark) -> SQL {
    guard let type = aggregate.timeType, let watermark = aggregate.refreshedTo else {
      return "SELECT '{\"from\": null, \"runs\": []}' AS buckets"
    }
    let column: SQL = "\(aggregate.timeColumn)"
    return """
      WITH newest AS MATERIALIZED (
        SELECT \(column) AS t FROM \(aggregate.materialized) WHERE \(column) < \(type.constant(watermark))
        ORDER BY \(column) DESC LIMIT \(rowLimit)
      ), bucket AS MATERIALIZED (
        SELECT \(type.internalValue(ofExpression: "t")) AS v FROM (SELECT DISTINCT t FROM newest) AS d
        ORDER BY t DESC LIMIT \(bucketLimit)
      ), spaced AS (
        SELECT v, v - lag(v) OVER w AS gap, lag(v) OVER w - lag(v, 2) OVER w AS gap_before FROM bucket
        WINDOW w AS (ORDER BY v)
      ), numbered AS (
        SELECT v, count(*) FILTER (WHERE gap IS DISTINCT FROM gap_before) OVER (ORDER BY v) AS run FROM spaced
      ), islands AS (
        SELECT min(v) AS first, max(v) AS last, count(*) AS count FROM numbered GROUP BY run
      )
      SELECT jsonb_build_object(
        'from', CASE WHEN (SELECT count(*) FROM newest) >= \(rowLimit) OR (SELECT count(*) FROM bucket) >= \(bucketLimit)
          THEN (SELECT min(v) FROM bucket) END,
        'runs', (SELECT coalesce(jsonb_agg(jsonb_build_array(first, last, count) ORDER BY first), '[]') FROM islands)) AS buckets
      """
  }

  // MARK: Reading

  /// - Throws: `CommandFailure` for a file of another kind or a damaged one; `PostgresError`.
  func read(_ text: String, on target: borrowing Connection) throws -> SourceAggregates {
    try check(text, on: target)
    do throws(PostgresError) {
      let content: SQL = "((\(text)::jsonb) -> 'content')"
      let head = try target.query(
        """
        SELECT content ->> 'position' AS position, (content ->> 'in_recovery')::boolean AS in_recovery,
          \(Fingerprint.members(of: "content -> 'fingerprint'", as: "source")),
          \(RecordedDatabase.texts("content -> 'source'")) AS source
        FROM (SELECT \(content) AS content OFFSET 0) AS file
        """, doing: "reading watermarks"
      ) { row throws(PostgresError) in
        (
          Fingerprint(
            keys: try row.texts("source_keys"), values: try row.texts("source_values"),
            isInRecovery: try row.flag("in_recovery"),
            position: try row.optionalText("position").flatMap { WALPosition($0) }),
          RecordedDatabase(try row.texts("source"))
        )
      }.first
      guard let (fingerprint, recorded) = head, let database = recorded else {
        throw damaged("its head is missing")
      }
      return SourceAggregates(
        fingerprint: fingerprint, database: database, aggregates: try aggregates(content, on: target),
        links: try links(content, on: target), listed: try listed(content, on: target))
    } catch {
      guard error.kind == .unexpectedAnswer || error.sqlState?.hasPrefix("22") == true else { throw error }
      throw CommandFailure.failed(.refresh(.unreadableFile(path: path, .damaged)))
    }
  }

  private func damaged(_ message: String) -> PostgresError {
    .unexpected(message, .target, doing: "reading watermarks")
  }

  /// - Throws: `CommandFailure` where it isn't what was written; `PostgresError`.
  private func check(_ text: String, on target: borrowing Connection) throws {
    let found: (kind: String?, format: String?, isWhole: Bool)?
    do throws(PostgresError) {
      found = try target.query(
        """
        SELECT doc ->> 'kind' AS kind, doc ->> 'format' AS format,
          coalesce(doc ->> 'sha256' = \(Self.digest(of: "doc -> 'content'")), false) AS is_whole
        FROM (SELECT \(text)::jsonb AS doc OFFSET 0) AS file
        """, doing: "reading watermarks"
      ) { row throws(PostgresError) in
        (
          kind: try row.optionalText("kind"), format: try row.optionalText("format"),
          isWhole: try row.flag("is_whole")
        )
      }.first
    } catch {
      // Not JSON, or not all of it.
      guard error.sqlState?.hasPrefix("22") == true || error.sqlState == SQLState.statementTooComplex else {
        throw error
      }
      throw CommandFailure.failed(.refresh(.unreadableFile(path: path, .foreign)))
    }
    guard let found, found.kind == Self.kind else {
      throw CommandFailure.failed(.refresh(.unreadableFile(path: path, .foreign)))
    }
    guard found.format == "\(Self.format)" else {
      throw CommandFailure.failed(.refresh(.unreadableFile(path: path, .otherFormat(found.format ?? "none"))))
    }
    guard found.isWhole else {
      throw CommandFailure.failed(.refresh(.unreadableFile(path: path, .damaged)))
    }
  }

  private func aggregates(
    _ content: SQL, on target: borrowing Connection
  ) throws(PostgresError) -> [Watermark] {
    try target.query(
      """
      SELECT a.* FROM jsonb_to_recordset(\(content) -> 'aggregates') AS a (view_schema text, view_name text, id bigint,
        raw bigint, schema text, name text, time_column text, time_type text, watermark bigint, bucket_width text)
      """, doing: "reading watermarks"
    ) { row throws(PostgresError) in
      Watermark(
        aggregate: try row.name("view_schema", "view_name"), materializedID: try row.integer("id"),
        rawHypertableID: try row.integer("raw"),
        timeType: try row.optionalText("time_type").flatMap { TimeType(rawValue: $0) },
        materialized: try row.name("schema", "name"), timeColumn: Identifier(try row.text("time_column")),
        value: try row.optionalInteger("watermark"), bucketWidth: try row.optionalText("bucket_width"))
    }
  }

  private func links(
    _ content: SQL, on target: borrowing Connection
  ) throws(PostgresError) -> [Int64: SourceAggregates.Link] {
    let found = try target.query(
      """
      SELECT h.* FROM jsonb_to_recordset(\(content) -> 'hypertables') AS h (id bigint, schema text, name text,
        time_column text, raw bigint)
      """, doing: "reading watermarks"
    ) { row throws(PostgresError) in
      (
        try row.integer("id"),
        SourceAggregates.Link(
          name: try row.name("schema", "name"),
          timeColumn: try row.optionalText("time_column").map { Identifier($0) },
          rawHypertableID: try row.optionalInteger("raw"))
      )
    }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  private func listed(
    _ content: SQL, on target: borrowing Connection
  ) throws(PostgresError) -> [Int64: ListedBuckets] {
    let found = try target.query(
      """
      SELECT (a ->> 'id')::bigint AS id, (a #>> '{buckets,from}')::bigint AS known_from,
        ARRAY(SELECT (r ->> 0)::bigint FROM jsonb_array_elements(a #> '{buckets,runs}') AS r) AS first,
        ARRAY(SELECT (r ->> 1)::bigint FROM jsonb_array_elements(a #> '{buckets,runs}') AS r) AS last,
        ARRAY(SELECT (r ->> 2)::bigint FROM jsonb_array_elements(a #> '{buckets,runs}') AS r) AS count
      FROM jsonb_array_elements(\(content) -> 'aggregates') AS a
      """, doing: "reading watermarks"
    ) { row throws(PostgresError) in
      let (first, last, count) = (
        try row.integers("first"), try row.integers("last"), try row.integers("count")
      )
      let runs = zip(zip(first, last), count).map { ListedBuckets.Run(first: $0.0, last: $0.1, count: $1) }
      return (try row.integer("id"), ListedBuckets(runs: runs, from: try row.optionalInteger("known_from")))
    }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  /// Of a jsonb value, whose text is the same on every server.
  private static func digest(of value: SQL) -> SQL {
    "encode(sha256(convert_to((\(value))::text, 'UTF8')), 'hex')"
  }
}

extension SourceAggregates {
  /// The links that its aggregates need.
  fileprivate var needed: [Int64: Link] {
    var needed: [Int64: Link] = [:]
    var next = aggregates.map(\.rawHypertableID)
    while let id = next.popLast() {
      guard needed[id] == nil, let link = links[id] else { continue }
      needed[id] = link
      if let raw = link.rawHypertableID { next.append(raw) }
    }
    return needed
  }
}
