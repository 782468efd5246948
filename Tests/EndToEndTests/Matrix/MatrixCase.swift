import Foundation
import TestServers

/// One row of the matrix: something that TimescaleDB can put in chunks. Each case lives in a schema of its name, so
/// that all of them go through one migration.
///
/// SQL is run paragraph by paragraph, each in a transaction of its own, with the case's schema, then the extension's,
/// in search_path.
struct MatrixCase: Sendable {
  let name: String
  /// The Apache edition can do it, when what compresses is left out.
  var isForEveryEdition = false
  /// Of the versions that can do it at all.
  var versions: ClosedRange<TimescaleVersion> = .oldest ... .newest
  /// How the target may have come by its schema.
  var targets: Set<TargetOrigin> = [.dumped, .byHand]
  var tables: [MatrixTable] = [MatrixTable()]
  /// Types, hypertables, settings: what a target made by hand has too.
  var schema: String
  /// The source's rows, and what became of them.
  var data: String
  /// The same, for what only a superuser may do.
  var dataAsSuperuser = ""
  /// What happens on either side once the target has its schema.
  var sourceBeforeStaging = ""
  var targetBeforeStaging = ""
  /// What happens on either side between staging and copying. `dropped` and the like show what a run must survive.
  var sourceBeforeCopying = ""
  var targetBeforeCopying = ""
  var expected: ExpectedChunks = .asOnSource
  /// Queries with the same answer on both sides beside those that are asked of every table.
  var queries: [String] = []
  /// What the target, and only it, has to answer.
  var onTarget: [(query: String, answer: String)] = []
  /// What the source has to answer, or else the case doesn't show what it says.
  var onSource: [(query: String, answer: String)] = []
  /// What one of the tasks has to say the first time.
  var remark: String?
}

/// How a target came by its schema, and who migrates into it.
enum TargetOrigin: String, Sendable, Hashable, CaseIterable {
  /// pg_dump and pg_restore, so that every chunk is there, empty, and the catalog is the source's. The role has all
  /// privileges that a superuser may give it, and nothing may be logged as invalidation.
  case dumped
  /// The schema's own SQL, in a database whose extension is in another schema: no chunk is there. The role is the
  /// ordinary owner.
  case byHand = "by hand"
}

/// What the target's chunks should be like.
enum ExpectedChunks: Sendable {
  /// The same slices, statuses and numbers of batches.
  case asOnSource
  /// The same slices, compressed and frozen like the source's; but batches may have been made anew.
  case asOnSourceButRecompressed
  /// The same, but that chunks whose batches overlapped may have been put in order.
  case asOnSourceOrOrdered
  /// The same slices, stored as rows.
  case uncompressed
  /// Only what is said in `onTarget`.
  case otherwise
}

/// A hypertable or continuous aggregate to be compared.
struct MatrixTable: Sendable {
  enum TimeType: Sendable {
    case timestamp
    case integer
    case uuid
  }

  var name = "m"
  var time = "time"
  var type = TimeType.timestamp
  /// A column to look up one value of; nil for none.
  var segment: String? = "dev"

  /// The migrated range.
  var range: String {
    switch type {
    case .timestamp: "\(time) >= '\(Self.from)' AND \(time) < '\(Self.until)'"
    case .integer: "\(time) >= \(Self.integerFrom) AND \(time) < \(Self.integerUntil)"
    case .uuid:
      "\(time) >= to_uuidv7_boundary('\(Self.from)') AND \(time) < to_uuidv7_boundary('\(Self.until)')"
    }
  }

  /// The time column's bare name.
  var dimension: String { time.replacingOccurrences(of: "\"", with: "") }

  /// Where the range ends, as the catalog writes it.
  var end: Int64 { type == .integer ? Int64(Self.integerUntil) : 1_704_628_800_000_000 }

  static let from = "2024-01-01T12:00:00Z"
  static let until = "2024-01-07T12:00:00Z"
  static let integerFrom = -300
  static let integerUntil = 450
}

extension MatrixCase {
  /// Cases with integer times are staged by themselves; their schemas' names say so.
  static let integerPrefix = "int_"

  /// A hypertable like most: a chunk a day, by device.
  static let metrics = metrics(constraint: "")

  /// The same with a constraint, which 2.14 takes only before compression is turned on.
  static func metrics(constraint: String) -> String {
    """
    CREATE TABLE m (time timestamptz NOT NULL, dev int NOT NULL, val float8, txt text\(constraint));
    SELECT create_hypertable('m', 'time', chunk_time_interval => interval '1 day');
    ALTER TABLE m SET (timescaledb.compress, timescaledb.compress_segmentby = 'dev',
      timescaledb.compress_orderby = 'time DESC');
    """
  }

  static let withKey = metrics(constraint: ", PRIMARY KEY (time, dev)")

  /// Two days of rows.
  static let twoDays = """
    INSERT INTO m SELECT t, d, extract(epoch FROM t)::int % 997 / d::float8, md5(t::text || d)
    FROM generate_series('2024-01-02Z'::timestamptz, '2024-01-03 23:50Z', '10 min') AS t,
      generate_series(1, 3) AS d;
    """

  static let compressAll =
    "SELECT compress_chunk(c) FROM show_chunks('m', older_than => '2024-01-10Z'::timestamptz) AS c;"

  /// Rows that come late, into the first chunk.
  static let lateRows = """
    INSERT INTO m SELECT t, d, -1, 'late'
    FROM generate_series('2024-01-02 00:05Z'::timestamptz, '2024-01-02 06:00Z', '1 hour') AS t,
      generate_series(2, 4) AS d;
    """

  /// The same under the eyes of a continuous aggregate that is refreshed to beyond the migrated range, so that every
  /// write that isn't kept out of the invalidation log shows there.
  var watched: MatrixCase {
    var copy = self
    copy.tables.append(MatrixTable(name: "watch", time: "bucket", segment: nil))
    copy.schema +=
      "\n\n" + Self.watch + "\n\n" + Self.dayLongChunks(of: "watch") + "\n\n" + Self.liveRow + "\n\n"
      + Self.refreshWatch
    copy.data += "\n\n" + Self.refreshWatch
    copy.targetBeforeStaging = Self.liveRow + "\n\n" + copy.targetBeforeStaging
    return copy
  }

  /// Its chunks as long as the hypertable's, or the migrated range would end inside one.
  static func dayLongChunks(of aggregate: String) -> String {
    """
    SELECT set_chunk_time_interval(
      format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)::regclass, interval '1 day')
    FROM timescaledb_information.continuous_aggregates
    WHERE view_schema = current_schema AND view_name = '\(aggregate)'
    """
  }

  static let watch = """
    CREATE MATERIALIZED VIEW watch WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 hour', time) AS bucket, dev, count(*) AS n, max(val) AS val
    FROM m GROUP BY 1, 2 WITH NO DATA
    """

  static let refreshWatch = "CALL refresh_continuous_aggregate('watch', NULL, NULL)"

  /// Written to both sides, after the range that is migrated.
  static let liveRow = """
    INSERT INTO m (time, dev) SELECT '2024-01-20Z', 1
    WHERE NOT EXISTS (SELECT FROM m WHERE time = '2024-01-20Z')
    """

  func runs(on server: TestServer, target: TargetOrigin) -> Bool {
    versions.contains(server.timescaleVersion) && targets.contains(target)
      && (server.isCommunity || isForEveryEdition)
  }

  /// Whether an ordinary owner can't but log some of it as invalidation: everything from 2.23 on, where the extension
  /// itself writes the log, until 2.28 brought a setting; before, where live rows may be written to the same chunk.
  func isLoggedForOwner(on server: TestServer) -> Bool {
    server.timescaleVersion < TimescaleVersion(2, 28, 0)
      && (server.timescaleVersion >= TimescaleVersion(2, 23, 0) || name.hasPrefix("until_inside"))
  }

  /// The same for the role that copies into such a target. On PostgreSQL 14 only superusers may set what keeps rows out of
  /// the log, so the privileged role is no more than an ordinary owner there.
  func mayBeLogged(on server: TestServer, target: TargetOrigin) -> Bool {
    (target == .byHand || server.pgMajor < 15) && isLoggedForOwner(on: server)
  }

  /// Aggregates that are refreshed without harm, whatever was logged.
  var refreshable: [MatrixTable] { tables.filter { $0.name == "watch" } }

  /// The same without anything that compresses, for the Apache edition.
  var withoutCompression: MatrixCase {
    var copy = self
    for script in [
      \MatrixCase.schema, \.data, \.sourceBeforeStaging, \.targetBeforeStaging, \.sourceBeforeCopying,
      \.targetBeforeCopying,
    ] { copy[keyPath: script] = Self.withoutCompression(copy[keyPath: script]) }
    copy.remark = remark == "compressed anew" ? nil : remark
    return copy
  }

  private static func withoutCompression(_ script: String) -> String {
    script.components(separatedBy: "\n\n").map { paragraph in
      paragraph.components(separatedBy: ";").filter { !$0.contains("compress") }.joined(separator: ";")
    }.joined(separator: "\n\n")
  }
}

extension TimescaleVersion {
  static let oldest = TimescaleVersion(2, 14, 0)
  static let newest = TimescaleVersion(99, 0, 0)
}
