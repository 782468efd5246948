import Foundation

extension MatrixCase {
  /// A range that begins or ends inside a chunk: the target's rows on the other side stay, and so does the chunk's form.
  static let boundaries: [MatrixCase] = [
    Self(
      name: "until_inside_compressed", schema: metrics, data: lastDays,
      targetBeforeStaging: "\(lastRows)\n\n\(compressAll)", expected: .otherwise,
      onTarget: [(keptAfter, kept), (replaced, "0"), (lastStatus, "1")]
    ).watched,
    Self(
      name: "until_inside_partial", schema: withKey, data: "\(lastDays)\n\n\(lastRows)",
      targetBeforeStaging: "\(compressAll)\n\n\(lastRows)", expected: .otherwise,
      onTarget: [(keptAfter, kept), (replaced, "1")]
    ).watched,
    .init(
      name: "until_inside_open", isForEveryEdition: true, targets: [.byHand], schema: metrics, data: lastDays,
      targetBeforeStaging: lastRows, expected: .otherwise,
      onTarget: [(keptAfter, kept), (replaced, "0"), (lastStatus, "0")]),
    .init(
      name: "until_inside_new", schema: metrics, data: lastDays, expected: .otherwise,
      onTarget: [(keptAfter, ""), (lastStatus, "1")]),
    .init(
      name: "until_inside_frozen", schema: metrics, data: lastDays,
      targetBeforeStaging: "\(lastRows)\n\n\(compressAll)", targetBeforeCopying: freeze,
      expected: .otherwise, onTarget: [(keptAfter, kept), (replaced, "0"), (lastStatus, "5")]),
    Self(
      name: "until_inside_plain", schema: metrics,
      data: lastDays.replacingOccurrences(of: compressAll, with: ""),
      targetBeforeStaging: lastRows, expected: .otherwise,
      onTarget: [(keptAfter, kept), (replaced, "0"), (lastStatus, "0")]
    ).watched,
    .init(
      name: "from_inside_compressed", schema: metrics, data: firstDays,
      targetBeforeStaging: "\(firstRows)\n\n\(compressAll)", expected: .otherwise,
      onTarget: [(keptBefore, kept), (replaced, "0"), (firstStatus, "1")]),
    Self(
      name: "from_inside_plain", schema: metrics,
      data: firstDays.replacingOccurrences(of: compressAll, with: ""),
      targetBeforeStaging: firstRows, expected: .otherwise,
      onTarget: [(keptBefore, kept), (replaced, "0"), (firstStatus, "0")]
    ).watched,
  ]

  private static let kept = "-5|kept"
  private static let replaced = "SELECT count(*) FROM m WHERE txt = 'replaced'"
  private static let keptAfter = """
    SELECT val, txt FROM m WHERE time >= '\(MatrixTable.until)' AND time < '2024-01-10Z' ORDER BY time
    """
  private static let keptBefore = "SELECT val, txt FROM m WHERE time < '\(MatrixTable.from)' ORDER BY time"
  private static let firstStatus = """
    SELECT _timescaledb_functions.chunk_status(c)
    FROM show_chunks('m', older_than => '2024-01-02Z'::timestamptz) AS c
    """
  private static let lastStatus = """
    SELECT _timescaledb_functions.chunk_status(c) FROM show_chunks(
      'm', newer_than => '2024-01-07Z'::timestamptz, older_than => '2024-01-08Z'::timestamptz) AS c
    """

  private static let lastDays = days(from: "2024-01-06", until: "2024-01-07")
  private static let firstDays = days(from: "2024-01-01", until: "2024-01-02")
  private static let lastRows = """
    INSERT INTO m VALUES ('2024-01-07 03:00:01Z', 1, -4, 'replaced'), ('2024-01-07 18:00:01Z', 1, -5, 'kept');
    """
  private static let firstRows = """
    INSERT INTO m VALUES ('2024-01-01 18:00:01Z', 1, -4, 'replaced'), ('2024-01-01 03:00:01Z', 1, -5, 'kept');
    """

  private static func days(from: String, until: String) -> String {
    """
    INSERT INTO m SELECT t, d, d, md5(t::text || d)
    FROM generate_series('\(from)Z'::timestamptz, '\(until) 23:50Z', '10 min') AS t, generate_series(1, 3) AS d;

    \(compressAll)
    """
  }
}
