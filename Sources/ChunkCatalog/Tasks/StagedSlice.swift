public import Postgres
public import TimescaleDB

/// One of a chunk's slices as staging noted it.
public struct StagedSlice: Sendable, Hashable {
  public let column: Identifier
  public let range: Dimension.Range

  public init(_ column: Identifier, _ range: Dimension.Range) {
    self.column = column
    self.range = range
  }

  /// The slices of a chunk in the order of its dimensions.
  public static func all(of dimensions: [Dimension], _ slices: [Dimension.Range]) -> [StagedSlice] {
    zip(dimensions, slices).map { StagedSlice($0.column, $1) }
  }

  /// What `all(in:)` reads, a select list: an array of texts, each "lower upper column".
  static let texts: SQL = """
    CASE WHEN jsonb_typeof(dimensions) = 'array' THEN ARRAY(
      SELECT concat_ws(' ', d ->> 'range_start', d ->> 'range_end', d ->> 'column_name')
      FROM jsonb_array_elements(dimensions) AS d) ELSE '{}' END AS slices
    """

  /// Empty where another tool noted them in a way that can't be read.
  static func all(in row: Row) throws(PostgresError) -> [StagedSlice] { all(try row.texts("slices")) }

  private static func all(_ texts: [String]) -> [StagedSlice] {
    var slices: [StagedSlice] = []
    for text in texts {
      let words = text.utf8.split(
        separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false
      )
      .map(Substring.init)
      guard words.count == 3, let lower = Int64(words[0]), let upper = Int64(words[1]) else { return [] }
      slices.append(StagedSlice(Identifier(String(words[2])), Dimension.Range(lower: lower, upper: upper)))
    }
    return slices
  }
}
