import Foundation
import Loading

/// How fast a file is cut at its records' ends, in memory: what of it there is to read is looked at once more, from the
/// first byte to the last, until two seconds are over.
enum SplitterBenchmark {
  private struct Kind: Sendable {
    let name: String
    let format: RecordFormat
    let record: @Sendable (Int) -> String
  }

  private static let kinds = [
    Kind(name: "plain CSV", format: RecordFormat()) {
      "2024-01-01 00:\(10 + $0 % 50):00+00,\($0 % 300),0.\($0),\($0 * 3 / 2).5,\($0 % 300),device \($0 % 300)\n"
    },
    Kind(name: "CSV, every text quoted", format: RecordFormat()) {
      "2024-01-01 00:\(10 + $0 % 50):00+00,\($0 % 300),0.\($0),\"device \"\"\($0 % 300)\"\"\"\n"
    },
    Kind(name: "CSV, newlines in values", format: RecordFormat()) {
      "2024-01-01 00:\(10 + $0 % 50):00+00,\"line one\nline \($0)\n\"\n"
    },
    Kind(name: "text without backslashes", format: RecordFormat(.text)) {
      "2024-01-01 00:\(10 + $0 % 50):00+00\t\($0 % 300)\t0.\($0)\tdevice \($0 % 300)\n"
    },
    Kind(name: "text with NULLs", format: RecordFormat(.text)) {
      "2024-01-01 00:\(10 + $0 % 50):00+00\t\\N\t0.\($0)\t\\N\n"
    },
    Kind(name: "CSV with an escape of its own", format: RecordFormat(.csv, escape: UInt8(ascii: "\\"))) {
      "2024-01-01 00:\(10 + $0 % 50):00+00,\($0),\"a \\\" b\"\n"
    },
  ]

  static var table: Table {
    var table = Table(
      title: "splitter: records told apart, one core", header: ["records", "GB/s", "million/s"])
    for kind in kinds {
      let (bytes, records, seconds) = measure(kind)
      table.rows.append([
        kind.name, Figure.short(Double(bytes) / 1e9 / seconds), Figure.short(Double(records) / 1e6 / seconds),
      ])
    }
    return table
  }

  private static func measure(_ kind: Kind) -> (bytes: Int, records: Int, seconds: Double) {
    let text = Array((0..<400_000).map(kind.record).joined().utf8)
    var (bytes, records) = (0, 0)
    let began = ContinuousClock.now
    var seconds = 0.0
    while seconds < 2 {
      var scanner = RecordScanner(kind.format)
      records += text.withUnsafeBytes { whole -> Int in
        // As a reader does it.
        stride(from: 0, to: whole.count, by: 256 * 1024).reduce(0) { sum, start in
          let block = UnsafeRawBufferPointer(rebasing: whole[start..<min(whole.count, start + 256 * 1024)])
          return sum + scanner.scan(block).records
        }
      }
      bytes += text.count
      seconds = began.duration(to: .now) / .seconds(1)
    }
    return (bytes, records, seconds)
  }
}
