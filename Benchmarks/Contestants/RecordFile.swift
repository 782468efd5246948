import Foundation

/// The rows of a fixture's source as a file of CSV, made once.
enum RecordFile {
  enum Order: String, CaseIterable {
    /// That in which rows were made.
    case time
    /// `load` sorts its batches.
    case random
    /// At random, but for blocks of as many records as `load` has in a batch, each of which is in the order of time: what
    /// is left for the server when `load` has nothing to sort.
    case sortedBlocks
  }

  /// Records of a wide dataset in 4 MB, the size of a batch.
  private static let block = 65_000

  /// - Returns: its path.
  static func make(_ course: Course, order: Order = .time) throws -> String {
    let path = course.fixture.directory + "/\(order.rawValue).csv"
    guard !FileManager.default.fileExists(atPath: path) else { return path }
    let copy = "\\copy (\(query(order))) TO '\(path)' (FORMAT csv)"
    let outcome = try MeasuredProcess.run(
      Command(words: [course.psql, "-qX", "-v", "ON_ERROR_STOP=1", "-d", course.source, "-c", copy]))
    guard outcome.isSuccess else { throw BenchmarkError("writing the CSV file fails: \(outcome.errors)") }
    return path
  }

  /// Parts of the file in the order of time, each of whole lines.
  ///
  /// - Returns: a pattern that a shell finds them by.
  static func parts(_ count: Int, _ course: Course) throws -> String {
    let prefix = course.fixture.directory + "/part-\(count)."
    if !FileManager.default.fileExists(atPath: prefix + "aa") {
      // No value of a dataset has a newline in it.
      let cut = ["split", "-n", "l/\(count)", try make(course), prefix]
      guard try MeasuredProcess.run(Command(words: cut)).isSuccess else {
        throw BenchmarkError("split fails")
      }
    }
    return prefix + "*"
  }

  /// At random, and the same at every run.
  private static func query(_ order: Order) -> String {
    let random = "hashint8(extract(epoch FROM time)::bigint * 100000 + device)"
    return switch order {
    case .time: "SELECT * FROM m ORDER BY time"
    case .random: "SELECT * FROM m ORDER BY \(random)"
    case .sortedBlocks:
      "SELECT (t.m).* FROM (SELECT m, row_number() OVER (ORDER BY \(random)) AS n FROM m) AS t "
        + "ORDER BY t.n / \(block), (t.m).time"
    }
  }
}
