import Postgres
import TestConnections
import Testing

@testable import Verification

@Suite("A difference in words") struct DifferenceTests {
  private static func difference(
    _ source: (Int64, [String]), _ target: (Int64, [String]), columns: [String] = ["time", "a b"]
  ) -> Difference {
    Difference(
      source: Checksum(rows: source.0, sums: source.1), target: Checksum(rows: target.0, sums: target.1),
      columns: columns.map(Identifier.init))
  }

  @Test(
    "tells how many rows there are and which columns differ",
    arguments: [
      Case(
        "one column", difference((5, ["1", "2"]), (5, ["1", "3"])),
        #"5 rows on both sides; column "a b" differs"#),
      Case(
        "several columns", difference((5, ["1", "2"]), (5, ["2", "3"])),
        #"5 rows on both sides; columns "time", "a b" differ"#),
      Case(
        "other number of rows", difference((5, ["1", "2"]), (4, ["0", "1"])),
        #"5 rows on the source, 4 on the target; columns "time", "a b" differ"#),
      Case(
        "other number, same sums", difference((5, ["0", "0"]), (0, ["0", "0"])),
        "5 rows on the source, 0 on the target"),
      Case(
        "values in other rows", difference((5, ["1", "2"]), (5, ["1", "2"])),
        "5 rows on both sides, each column by itself has equal values but rows combine them differently"),
    ])
  func words(_ row: Case<Difference, String>) {
    #expect(row.input.description == row.expected)
  }
}
