import Foundation

extension MatrixCase {
  /// Continuous aggregates, whose rows are chunks of hypertables of their own.
  static let aggregates: [MatrixCase] = [
    .init(
      name: "aggregate_compressed", tables: [MatrixTable(), hourly],
      schema:
        "\(metrics)\n\n\(watchNamed("hourly"))\n\n\(dayLongChunks(of: "hourly"))\n\n\(liveRow)\n\n\(refresh("hourly"))\n\n\(compressing("hourly"))",
      data: "\(partial)\n\n\(refresh("hourly"))\n\n\(compressChunks(of: "hourly"))",
      targetBeforeStaging: liveRow),
    .init(
      name: "aggregate_on_aggregate", tables: [MatrixTable(), hourly, daily],
      schema: """
        \(metrics)

        \(watchNamed("hourly"))

        \(dayLongChunks(of: "hourly"))

        \(dailyOnHourly)

        \(liveRow)

        \(refresh("hourly"))

        \(refresh("daily"))
        """,
      data: "\(partial)\n\n\(refresh("hourly"))\n\n\(refresh("daily"))", targetBeforeStaging: liveRow),
    .init(
      name: "aggregate_real_time", tables: [MatrixTable(), hourly],
      schema: """
        \(metrics)

        \(watchNamed("hourly"))

        ALTER MATERIALIZED VIEW hourly SET (timescaledb.materialized_only = false)

        \(liveRow)

        \(refresh("hourly"))
        """,
      data: "\(partial)\n\n\(refresh("hourly"))", targetBeforeStaging: liveRow),
    .init(
      name: "aggregate_outlives_raw", tables: [MatrixTable(), hourly],
      schema:
        "\(metrics)\n\n\(watchNamed("hourly"))\n\n\(dayLongChunks(of: "hourly"))\n\n\(liveRow)\n\n\(refresh("hourly"))",
      data: """
        \(partial)

        \(refresh("hourly"))

        SELECT drop_chunks('m', older_than => '2024-01-03Z'::timestamptz)
        """, targetBeforeStaging: liveRow,
      onTarget: [
        ("SELECT count(*) > 60 FROM hourly WHERE bucket < '2024-01-03Z'", "t"),
        ("SELECT count(*) FROM m WHERE time < '2024-01-03Z'", "0"),
      ]),
  ]

  private static let hourly = MatrixTable(name: "hourly", time: "bucket", segment: nil)
  private static let daily = MatrixTable(name: "daily", time: "day", segment: nil)

  static func watchNamed(_ name: String) -> String {
    watch.replacingOccurrences(of: "VIEW watch", with: "VIEW \(name)")
  }

  static func refresh(_ name: String) -> String {
    refreshWatch.replacingOccurrences(of: "watch", with: name)
  }

  static func compressing(_ name: String) -> String {
    "ALTER MATERIALIZED VIEW \(name) SET (timescaledb.compress = true)"
  }

  static func compressChunks(of name: String) -> String {
    compressAll.replacingOccurrences(of: "'m'", with: "'\(name)'")
  }

  static let dailyOnHourly = """
    CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
    SELECT time_bucket('1 day', bucket) AS day, dev, sum(n) AS n, max(val) AS val
    FROM hourly GROUP BY 1, 2 WITH NO DATA
    """
}
