import Postgres
import TestConnections
import Testing

@testable import Verification

@Suite("A difference in words") struct DifferenceTests {
  private static func difference(
    _ source: Int64, _ target: Int64, columns: [String] = [], ends: (String, String)? = nil
  ) -> Difference {
    Difference(
      rows: (source, target), columns: columns.map(Identifier.init),
      ends: ends.map { Difference.Ends(first: $0.0, last: $0.1) })
  }

  @Test(
    "tells how many rows there are, which columns differ and when",
    arguments: [
      Case("one column", difference(5, 5, columns: ["a b"]), #"5 rows on both sides; column "a b" differs"#),
      Case(
        "at one time", difference(5, 5, columns: ["a b"], ends: ("12", "12")),
        #"5 rows on both sides; column "a b" differs at 12"#),
      Case(
        "several columns", difference(5, 5, columns: ["time", "a b"]),
        #"5 rows on both sides; columns "time", "a b" differ"#),
      Case(
        "at several times", difference(5, 5, columns: ["time", "a b"], ends: ("12", "15")),
        #"5 rows on both sides; columns "time", "a b" differ between 12 and 15"#),
      Case(
        "other number of rows", difference(5, 4, ends: ("12", "12")),
        "5 rows on the source, 4 on the target; the difference is at 12"),
      Case("nobody knows when", difference(5, 0), "5 rows on the source, 0 on the target"),
      Case(
        "values in other rows", difference(5, 5, ends: ("12", "15")),
        """
        5 rows on both sides, each column by itself has equal values but rows combine them differently between 12 and 15
        """),
    ])
  func words(_ row: Case<Difference, String>) {
    #expect(row.input.description == row.expected)
  }
}
