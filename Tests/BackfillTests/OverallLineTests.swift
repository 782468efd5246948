import TestConnections
import Testing

@testable import backfill

@Suite("The line for the whole") struct OverallLineTests {
  private static func full() -> OverallLine {
    var line = OverallLine(activity: "Copying", done: 113, all: 210)
    line.fraction = 0.43
    line.bytes = 1_400_000_000
    line.allBytes = 3_300_000_000
    line.rate = "25.3 MB/s"
    line.average = "22.1 MB/s"
    line.elapsed = .seconds(303)
    line.rest = WorkProgress.Rest(left: .seconds(200), basis: .bytes)
    line.failed = 2
    line.differing = 1
    return line
  }

  private static let widths: [Case<Int, String>] = [
    Case("in 20 columns", 20, "113/210 chunks 43 %"),
    Case("in 40 columns", 40, "113/210 43 %, 3m 20s left, 2 failed"),
    Case("in 60 columns", 60, "113/210 43 %, 25.3 MB/s, 3m 20s left, 2 failed, 1 differ"),
    Case(
      "in 80 columns", 80, "113/210 chunks [======>       ] 43 %, 25.3 MB/s, 3m 20s left, 2 failed, 1 differ"),
    Case(
      "in 120 columns", 120,
      "113/210 chunks [====>     ] 43 %, 1.4 GB of about 3.3 GB, 25.3 MB/s (average 22.1 MB/s), 3m 20s left, 2 failed, 1 differ"
    ),
    Case(
      "in 200 columns", 200,
      "Copying 113/210 chunks [=============>                 ] 43 %, 1.4 GB of about 3.3 GB, 25.3 MB/s (average 22.1 MB/s), "
        + "5m 03s so far, 3m 20s left if the rest goes as fast (by bytes), 2 failed, 1 differ"),
    Case(
      "in a log", 0,
      "Copying 113/210 chunks 43 %, 1.4 GB of about 3.3 GB, 25.3 MB/s (average 22.1 MB/s), 5m 03s so far, "
        + "3m 20s left if the rest goes as fast (by bytes), 2 failed, 1 differ"),
  ]

  @Test("has what matters most, and more where there is room", arguments: widths)
  func text(width: Case<Int, String>) {
    #expect(Self.full().text(columns: width.input == 0 ? nil : width.input) == width.expected)
  }

  @Test("fits into every window that takes its counter", arguments: 7...240)
  func fits(columns: Int) {
    #expect(Self.full().text(columns: columns).count <= columns)
  }

  @Test("has nothing of what isn't known") func unknown() {
    let line = OverallLine(activity: "Verifying", done: 0, all: 5)
    #expect(line.text(columns: 100) == "Verifying 0/5 chunks, 0s so far")
  }

  @Test("has a bar that is full when all is done, and not before", arguments: [0, 0.5, 0.999, 1])
  func bar(fraction: Double) {
    var line = OverallLine(activity: "Copying", done: 1, all: 2)
    line.fraction = fraction
    let text = line.text(columns: 100)
    #expect(text.contains("=]") == (fraction == 1))
    #expect(text.contains(">") == (fraction < 1))
  }
}
